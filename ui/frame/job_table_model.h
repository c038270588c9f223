// SPDX-License-Identifier: GPL-3.0-or-later
// The jobs of the workspace as a table: what runs first, then the queue, then what has ended, the
// newest first.
#pragma once

#include "core/api/messages.h"
#include "ui/widgets/column_table.h"

namespace loupe::ui {

class JobTableModel : public ColumnTable<api::Job> {
  Q_OBJECT
 public:
  enum Column { title, status, progress, left, started };
  static constexpr int share_role = first_own_role;  // 0 to 1; -1: not known

  explicit JobTableModel(QObject* parent = nullptr);
  void set_jobs(std::vector<api::Job> jobs);
  const api::Job& job(int row) const { return row_at(row); }
  int row_of(qint64 job) const { return row_of_id(job); }  // -1: none

  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

 private:
  qint64 id_of(const api::Job& job) const override { return job.id; }
};

// 0 to 1; -1 where the job has not said how far it is.
double share_done(const api::Job& job);
// "evaluate im-persona-s0", whatever the engine left empty.
QString job_title(const api::Job& job);
// Whether its training can go on, from a checkpoint.
bool can_resume(const api::Job& job, const std::vector<api::Job>& all);

}  // namespace loupe::ui
