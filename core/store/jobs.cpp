// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>

#include "core/store/impl.h"

namespace loupe::store {

namespace {

constexpr std::array kStatuses = {JobStatus::queued,  JobStatus::running, JobStatus::done,
                                  JobStatus::stopped, JobStatus::failed,  JobStatus::interrupted};

const std::string kSelectJob =
    "SELECT id, kind, status, request, progress, error, host, run_id, created, started, ended "
    "FROM jobs ";

JobRow job_from(SQLite::Statement& row) {
  JobRow job;
  job.id = column_int(row, 0);
  job.kind = column_text(row, 1);
  // A name that this program does not know says that the job is over, at least.
  job.status = job_status_from_name(column_text(row, 2)).value_or(JobStatus::interrupted);
  job.request = column_json(row, 3);
  job.progress = column_json(row, 4);
  job.error = column_text(row, 5);
  job.host = column_text(row, 6);
  job.run_id = column_int(row, 7);
  job.created = column_real(row, 8);
  job.started = column_real(row, 9);
  job.ended = column_real(row, 10);
  return job;
}

std::vector<int64_t> running_jobs(SQLite::Database& database) {
  SQLite::Statement query(database, "SELECT id FROM jobs WHERE status = 'running' ORDER BY id");
  std::vector<int64_t> ids;
  while (query.executeStep()) ids.push_back(column_int(query, 0));
  return ids;
}

void interrupt_job(SQLite::Database& database, int64_t id) {
  SQLite::Statement update(database,
                           "UPDATE jobs SET status = 'interrupted', ended = ? WHERE id = ?");
  SQLite::bind(update, now(), id);
  update.exec();
}

// A run stays as it is while another job that lives, or is about to, works on it.
void interrupt_run_of(SQLite::Database& database, int64_t job_id) {
  SQLite::Statement update(database, R"sql(
    UPDATE runs SET status = 'interrupted', ended = ?
    WHERE id = (SELECT run_id FROM jobs WHERE id = ?)
      AND (status = 'running' AND NOT EXISTS (
             SELECT 1 FROM jobs WHERE run_id = runs.id AND status = 'running')
        OR status = 'queued' AND NOT EXISTS (
             SELECT 1 FROM jobs WHERE run_id = runs.id AND status IN ('running', 'queued')))
  )sql");
  SQLite::bind(update, now(), job_id);
  update.exec();
}

}  // namespace

const char* job_status_name(JobStatus status) {
  switch (status) {
    case JobStatus::queued:
      return "queued";
    case JobStatus::running:
      return "running";
    case JobStatus::done:
      return "done";
    case JobStatus::stopped:
      return "stopped";
    case JobStatus::failed:
      return "failed";
    case JobStatus::interrupted:
      return "interrupted";
  }
  return "interrupted";
}

std::optional<JobStatus> job_status_from_name(const std::string& name) {
  for (JobStatus status : kStatuses) {
    if (name == job_status_name(status)) return status;
  }
  return std::nullopt;
}

Result<int64_t> Workspace::add_job(const std::string& kind, const json& request, int64_t run_id) {
  return impl_->write([&](SQLite::Database& database) -> Result<int64_t> {
    SQLite::Statement insert(database,
                             "INSERT INTO jobs (kind, status, request, progress, error, host, "
                             "run_id, created, started, ended) "
                             "VALUES (?, 'queued', ?, 'null', '', ?, nullif(?, 0), ?, 0, 0)");
    SQLite::bind(insert, kind, json_to_text(request), host_name(), run_id, now());
    insert.exec();
    return database.getLastInsertRowid();
  });
}

Result<JobRow> Workspace::job(int64_t id) const {
  return impl_->one("job", job_from, kSelectJob + "WHERE id = ?", id);
}

Result<std::vector<JobRow>> Workspace::jobs(int64_t limit, int64_t offset) const {
  return impl_->list(job_from, kSelectJob + "ORDER BY id DESC LIMIT ? OFFSET ?",
                     std::max<int64_t>(limit, 0), offset);
}

Result<void> Workspace::set_job_status(int64_t id, JobStatus status, const std::string& error) {
  const bool runs = status == JobStatus::running;
  const bool over = !runs && status != JobStatus::queued;
  const double time = now();
  return impl_->update("job", id,
                       "UPDATE jobs SET status = ?, error = ?, "
                       "started = CASE WHEN ? AND started = 0 THEN ? ELSE started END, "
                       "ended = ? WHERE id = ?",
                       job_status_name(status), error, int{runs}, time, over ? time : 0.0);
}

Result<void> Workspace::set_job_progress(int64_t id, const json& progress) {
  return guarded(nullptr, impl_->file(), [&] {
    return impl_->update("job", id, "UPDATE jobs SET progress = ? WHERE id = ?",
                         json_to_text(progress));
  });
}

Result<void> Workspace::set_job_run(int64_t id, int64_t run_id) {
  return impl_->update("job", id, "UPDATE jobs SET run_id = nullif(?, 0) WHERE id = ?", run_id);
}

Result<void> Workspace::request_stop(int64_t job_id) {
  return impl_->write([&](SQLite::Database& database) -> Result<void> {
    SQLite::Statement insert(database,
                             "INSERT OR IGNORE INTO job_stops (job_id, created) VALUES (?, ?)");
    SQLite::bind(insert, job_id, now());
    insert.exec();
    return {};
  });
}

Result<bool> Workspace::stop_requested(int64_t job_id) const {
  return impl_->read([&](SQLite::Database& database) -> Result<bool> {
    SQLite::Statement query(database, "SELECT 1 FROM job_stops WHERE job_id = ?");
    query.bind(1, job_id);
    return query.executeStep();
  });
}

Result<void> Workspace::clear_stop(int64_t job_id) {
  return impl_->write([&](SQLite::Database& database) -> Result<void> {
    SQLite::Statement remove(database, "DELETE FROM job_stops WHERE job_id = ?");
    remove.bind(1, job_id);
    remove.exec();
    return {};
  });
}

std::filesystem::path Workspace::job_lock_path(int64_t job_id) const {
  return artifacts(job_id) / "lock";
}

Result<int64_t> Workspace::reap_dead_jobs() {
  // Polled often: writers are kept waiting only when there may be something to do.
  LOUPE_TRY(const std::vector<int64_t> candidates,
            impl_->read([&](SQLite::Database& database) -> Result<std::vector<int64_t>> {
              return running_jobs(database);
            }));
  const auto dead = [&](int64_t id) {
    return !FileLock::is_held(impl_->artifacts_folder() / std::to_string(id) / "lock");
  };
  if (std::none_of(candidates.begin(), candidates.end(), dead)) return 0;
  return impl_->write([&](SQLite::Database& database) -> Result<int64_t> {
    // Looked at again inside the transaction: a job that ended well has said so before it let go
    // of its lock.
    std::vector<int64_t> ids = running_jobs(database);
    std::erase_if(ids, [&](int64_t id) { return !dead(id); });
    for (int64_t id : ids) interrupt_job(database, id);
    for (int64_t id : ids) interrupt_run_of(database, id);
    return static_cast<int64_t>(ids.size());
  });
}

}  // namespace loupe::store
