// SPDX-License-Identifier: GPL-3.0-or-later
// The table of runs: what is known of each, and one column for every evaluation set with the last
// accuracy on it. Names and notes are edited in place.
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
  // The columns behind those of the sets.
  enum Tail { time, created, device, learning_rate, epochs, note, tail_size };
  enum Role { sort_role = Qt::UserRole, id_role };

  explicit RunTableModel(QObject* parent = nullptr);

  // Only what differs is told to the views, so that selection, scrolling and an open editor survive
  // the news of every second; a new evaluation set is a new table.
  void set_runs(const std::vector<api::Run>& runs);
  const api::Run& run(int row) const { return runs_[static_cast<size_t>(row)]; }
  // In the order of the columns: training sets first, as the engine names them.
  const QStringList& sets() const { return sets_; }
  int column_of(Tail tail) const { return first_set + static_cast<int>(sets_.size()) + tail; }
  int time_column() const { return column_of(time); }
  // What a column is called in settings, e.g. "loss" or "set:test".
  QString key(int column) const;
  // The given rows with a header line, full precision.
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
  void renamed(qint64 run, const QString& name);
  void note_written(qint64 run, const QString& note);

 private:
  // Behind the sets: which column of the tail; tail_size where it is none.
  int tail_of(int column) const;
  bool is_number(int column) const;
  const api::EvalSummary* eval(const api::Run& run, int column) const;
  QString text(const api::Run& run, int column) const;
  QVariant sort_value(const api::Run& run, int column) const;
  QString tooltip(const api::Run& run, int column) const;
  QString exact(const api::Run& run, int column) const;
  QVariant decoration(const api::Run& run, int column) const;
  void drop_missing(const std::vector<api::Run>& runs);
  bool insert_new(const std::vector<api::Run>& runs);
  void update_row(int row, const api::Run& fresh);

  std::vector<api::Run> runs_;
  QStringList sets_;
};

}  // namespace loupe::ui
