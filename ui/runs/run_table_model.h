// SPDX-License-Identifier: GPL-3.0-or-later
// The table of runs: what is known of each, and one column for every evaluation set with the last
// accuracy on it. Names and notes are edited in place.
#pragma once

#include <QStringList>

#include "core/api/messages.h"
#include "ui/widgets/column_table.h"

namespace loupe::ui {

class RunTableModel : public ColumnTable<api::Run> {
  Q_OBJECT
 public:
  enum Column { name, type, model, data_set, seed, status, epoch, loss, first_set };
  // The columns behind those of the sets.
  enum Tail { time, created, device, learning_rate, epochs, note };

  explicit RunTableModel(QObject* parent = nullptr);

  // A new evaluation set is a new table; other news are told as what differs.
  void set_runs(const std::vector<api::Run>& runs);
  const api::Run& run(int row) const { return row_at(row); }
  // In the order of the columns: training sets first, as the engine names them.
  const QStringList& sets() const { return sets_; }
  int column_of(Tail tail) const { return first_set + static_cast<int>(sets_.size()) + tail; }
  int time_column() const { return column_of(time); }

 signals:
  // Typed into the table; the row shows it already.
  void renamed(qint64 run, const QString& name);
  void note_written(qint64 run, const QString& note);

 private:
  qint64 id_of(const api::Run& run) const override { return run.id; }
  bool same(const api::Run& a, const api::Run& b) const override;
  void typed(const api::Run& run, int column) override;
  std::vector<TableColumn<api::Run>> make_columns() const;

  QStringList sets_;
};

}  // namespace loupe::ui
