// SPDX-License-Identifier: GPL-3.0-or-later
// The table of runs: fixed columns, and one for every evaluation set with the last accuracy on it.
#pragma once

#include <QAbstractTableModel>
#include <QStringList>
#include <vector>

#include "core/api/messages.h"

namespace loupe::ui {

class RunTableModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { name, type, model, data_set, seed, status, epoch, loss, first_set };
  enum Role { sort_role = Qt::UserRole, id_role };

  explicit RunTableModel(QObject* parent = nullptr);

  // A table whose runs are the same ones in the same order keeps its indexes, so that selection and
  // scrolling survive.
  void set_runs(const std::vector<api::Run>& runs);
  const api::Run& run(int row) const { return runs_[static_cast<size_t>(row)]; }
  // In the order of the columns: training sets first, as the engine names them.
  const QStringList& sets() const { return sets_; }
  int time_column() const { return first_set + static_cast<int>(sets_.size()); }
  // The given rows with a header line, full precision.
  QByteArray csv(const QList<int>& rows) const;

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation,
                      int role = Qt::DisplayRole) const override;

 private:
  const api::EvalSummary* eval(const api::Run& run, int column) const;
  QString text(const api::Run& run, int column) const;
  QVariant sort_value(const api::Run& run, int column) const;
  QString tooltip(const api::Run& run, int column) const;
  QString exact(const api::Run& run, int column) const;

  std::vector<api::Run> runs_;
  QStringList sets_;
};

// Whether an evaluation set says the same in other words; such sets are drawn dashed.
bool is_reworded(const QString& set);

}  // namespace loupe::ui
