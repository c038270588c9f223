// SPDX-License-Identifier: GPL-3.0-or-later
// The jobs of the workspace as a table: what runs first, then the queue, then what has ended, the
// newest first.
#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "core/api/messages.h"

namespace loupe::ui {

class JobTableModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { title, status, progress, left, started, column_count };
  enum Role { id_role = Qt::UserRole, share_role };  // share_role: 0 to 1; -1: not known

  using QAbstractTableModel::QAbstractTableModel;
  void set_jobs(std::vector<api::Job> jobs);
  const api::Job& job(int row) const { return jobs_[size_t(row)]; }
  int row_of(qint64 job) const;  // -1: none

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  std::vector<api::Job> jobs_;
};

// 0 to 1; -1 where the job has not said how far it is.
double share_done(const api::Job& job);
// "evaluate im-persona-s0", whatever the engine left empty.
QString job_title(const api::Job& job);
// Whether its training can go on, from a checkpoint.
bool can_resume(const api::Job& job, const std::vector<api::Job>& all);

}  // namespace loupe::ui
