// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/frame/job_table_model.h"

#include <algorithm>

#include "ui/client/engine_client.h"
#include "ui/client/workspace_mirror.h"
#include "ui/runs/run_status.h"

namespace loupe::ui {
namespace {

int rank(const api::Job& job) {
  return job.status == "running" ? 0 : job.status == "queued" ? 1 : 2;
}

}  // namespace

double share_done(const api::Job& job) {
  if (job.status == "done") return 1;
  return job.total > 0 ? std::clamp(job.done / job.total, 0.0, 1.0) : -1;
}

QString job_title(const api::Job& job) {
  return job.title.empty() ? QStringLiteral("%1 %2").arg(qstr(job.kind)).arg(job.id)
                           : qstr(job.title);
}

bool can_resume(const api::Job& job, const std::vector<api::Job>& all) {
  const bool ended_early =
      job.status == "stopped" || job.status == "interrupted" || job.status == "failed";
  if (job.kind != "train" || job.run_id == 0 || !ended_early) return false;
  // A later job of the run has taken over.
  return std::none_of(all.begin(), all.end(), [&](const api::Job& other) {
    return other.run_id == job.run_id && other.kind == "train" && other.id > job.id;
  });
}

JobTableModel::JobTableModel(QObject* parent) : ColumnTable(parent) {
  using Job = api::Job;
  auto title = text_column<Job>("job", tr("Job"), {}, job_title);
  auto status = text_column<Job>("status", tr("Status"), {},
                                 [](const Job& job) { return status_word(job.status); });
  status.icon = [](const Job& job) { return status_icon(job.status); };
  // How far it is, is drawn; as a text it is what tells the view that the bar has moved.
  auto progress = text_column<Job>("progress", tr("Progress"), {},
                                   [](const Job& job) { return qstr(job.phase); });
  progress.exact = [](const Job& job) { return full_precision(share_done(job)); };
  auto left = text_column<Job>("left", tr("Time left"), {}, [](const Job& job) {
    return is_active(job.status) && job.seconds_left >= 0 ? duration(job.seconds_left) : QString();
  });
  left.align = Qt::AlignRight;
  auto started = text_column<Job>("started", tr("Started"), {}, [](const Job& job) {
    return local_time(job.started > 0 ? job.started : job.created);
  });
  std::vector<TableColumn<Job>> columns{title, status, progress, left, started};
  for (auto& column : columns) {
    column.hint = [](const Job& job) {
      const QString error = job.error.empty() ? QString() : failure_from_text(job.error).what;
      return error.isEmpty() ? job_title(job) : job_title(job) + QLatin1Char('\n') + error;
    };
  }
  put(std::move(columns));
}

void JobTableModel::set_jobs(std::vector<api::Job> jobs) {
  std::stable_sort(jobs.begin(), jobs.end(), [](const api::Job& a, const api::Job& b) {
    if (rank(a) != rank(b)) return rank(a) < rank(b);
    return rank(a) == 2 ? a.id > b.id : a.id < b.id;
  });
  update_rows(std::move(jobs));
}

QVariant JobTableModel::data(const QModelIndex& index, int role) const {
  if (role == share_role && index.isValid()) return share_done(row_at(index.row()));
  return ColumnTable::data(index, role);
}

}  // namespace loupe::ui
