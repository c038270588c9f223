// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/frame/job_table_model.h"

#include <QDateTime>
#include <algorithm>
#include <utility>

#include "ui/client/engine_client.h"
#include "ui/client/workspace_mirror.h"
#include "ui/runs/run_status.h"
#include "ui/widgets/format.h"

namespace loupe::ui {
namespace {

int rank(const api::Job& job) {
  return job.status == "running" ? 0 : job.status == "queued" ? 1 : 2;
}

QString when(double seconds) {
  if (seconds <= 0) return {};
  return QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(seconds * 1000))
      .toString(QStringLiteral("yyyy-MM-dd HH:mm"));
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

void JobTableModel::set_jobs(std::vector<api::Job> jobs) {
  std::stable_sort(jobs.begin(), jobs.end(), [](const api::Job& a, const api::Job& b) {
    if (rank(a) != rank(b)) return rank(a) < rank(b);
    return rank(a) == 2 ? a.id > b.id : a.id < b.id;
  });
  const bool same = std::equal(jobs.begin(), jobs.end(), jobs_.begin(), jobs_.end(),
                               [](const auto& a, const auto& b) { return a.id == b.id; });
  if (same) {
    jobs_ = std::move(jobs);
    if (!jobs_.empty()) emit dataChanged(index(0, 0), index(rowCount() - 1, column_count - 1));
    return;
  }
  beginResetModel();
  jobs_ = std::move(jobs);
  endResetModel();
}

int JobTableModel::row_of(qint64 job) const {
  const auto it =
      std::find_if(jobs_.begin(), jobs_.end(), [&](const api::Job& one) { return one.id == job; });
  return it == jobs_.end() ? -1 : static_cast<int>(it - jobs_.begin());
}

int JobTableModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(jobs_.size());
}

int JobTableModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : column_count;
}

QVariant JobTableModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  const api::Job& one = job(index.row());
  if (role == id_role) return QVariant::fromValue<qint64>(one.id);
  if (role == share_role) return share_done(one);
  if (role == Qt::DecorationRole && index.column() == status) return status_icon(one.status);
  if (role == Qt::TextAlignmentRole && index.column() == left) {
    return QVariant(Qt::AlignRight | Qt::AlignVCenter);
  }
  if (role == Qt::ToolTipRole) {
    const QString error = one.error.empty() ? QString() : failure_from_text(one.error).what;
    return error.isEmpty() ? QVariant(job_title(one))
                           : QVariant(job_title(one) + QLatin1Char('\n') + error);
  }
  if (role != Qt::DisplayRole) return {};
  switch (index.column()) {
    case title:
      return job_title(one);
    case status:
      return status_word(one.status);
    case progress:
      return qstr(one.phase);
    case left:
      return is_active(one.status) && one.seconds_left >= 0 ? duration(one.seconds_left)
                                                            : QString();
    default:
      return when(one.started > 0 ? one.started : one.created);
  }
}

QVariant JobTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  if (role == Qt::TextAlignmentRole) {
    return QVariant((section == left ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
  }
  if (role != Qt::DisplayRole) return {};
  const QString titles[] = {tr("Job"), tr("Status"), tr("Progress"), tr("Time left"),
                            tr("Started")};
  return section >= 0 && section < column_count ? titles[section] : QVariant();
}

}  // namespace loupe::ui
