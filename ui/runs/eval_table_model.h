// SPDX-License-Identifier: GPL-3.0-or-later
// The last evaluation of the selected runs: one row a run and set, with the interval, the margins,
// ties and the number of pairs.
#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "core/api/messages.h"

namespace loupe::ui {

class EvalTableModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column {
    run,
    type,
    set,
    epoch,
    accuracy,
    interval,
    margin,
    margin_sd,
    normalised_margin,
    loss,
    ties,
    pairs,
    column_count
  };
  static constexpr int sort_role = Qt::UserRole;

  explicit EvalTableModel(QObject* parent = nullptr);

  void set_runs(const std::vector<api::Run>& runs);
  // All rows, full precision, the interval as two columns.
  QByteArray csv() const;

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation,
                      int role = Qt::DisplayRole) const override;

 private:
  struct Row {
    QString run, type;
    api::EvalSummary eval;
  };
  static double number(const Row& row, int column);
  static QString text(const Row& row, int column);

  std::vector<Row> rows_;
};

}  // namespace loupe::ui
