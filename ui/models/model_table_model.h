// SPDX-License-Identifier: GPL-3.0-or-later
// The table of models. Names and notes are edited in place.
#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "core/api/models.h"

namespace loupe::ui {

class ModelTableModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  // Words first, numbers behind them.
  enum Column {
    name,
    kind,
    architecture,
    dtype,
    source,
    status,
    parameters,
    context,
    size,
    runs,
    note,
    column_count
  };
  enum Role { sort_role = Qt::UserRole, id_role };

  using QAbstractTableModel::QAbstractTableModel;

  // Only what differs is told to the views, so that selection, scrolling and an open editor stay.
  void set_models(const std::vector<api::Model>& models);
  const api::Model& model(int row) const { return models_[static_cast<size_t>(row)]; }
  // The given rows with a header line: every column, path and time of import; full precision.
  QByteArray csv(const QList<int>& rows) const;

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  bool setData(const QModelIndex& index, const QVariant& value, int role = Qt::EditRole) override;
  Qt::ItemFlags flags(const QModelIndex& index) const override;
  QVariant headerData(int section, Qt::Orientation orientation,
                      int role = Qt::DisplayRole) const override;

 signals:
  // Typed into the table; the row shows it already.
  void renamed(qint64 model, const QString& name);
  void note_written(qint64 model, const QString& note);

 private:
  static QString text(const api::Model& model, int column);
  static QString exact(const api::Model& model, int column);
  static QVariant sort_value(const api::Model& model, int column);
  QString tooltip(const api::Model& model, int column) const;
  QString name_of(qint64 id) const;
  bool take_rows(const std::vector<api::Model>& models);
  void update_row(int row, const api::Model& fresh);

  std::vector<api::Model> models_;
};

}  // namespace loupe::ui
