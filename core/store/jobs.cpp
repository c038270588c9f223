// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <filesystem>

#include "core/store/impl.h"

namespace loupe::store {

namespace {

constexpr std::array kStatuses = {JobStatus::queued,  JobStatus::running, JobStatus::done,
                                  JobStatus::stopped, JobStatus::failed,  JobStatus::interrupted};

const std::string kSelectJob =
    "SELECT j.id, j.kind, j.status, j.request, j.progress, j.error, j.host, j.run_id, j.created, "
    "j.started, j.ended, j.device, r.name, j.changed AS changed "
    "FROM jobs AS j LEFT JOIN runs AS r ON r.id = j.run_id ";

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
  job.device = column_text(row, 11);
  job.run_name = column_text(row, 12);
  job.changed = column_int(row, 13);
  return job;
}

std::vector<int64_t> running_jobs(SQLite::Database& database) {
  SQLite::Statement query(database, "SELECT id FROM jobs WHERE status = 'running' ORDER BY id");
  std::vector<int64_t> jobs;
  while (query.executeStep()) jobs.push_back(column_int(query, 0));
  return jobs;
}

void interrupt_job(SQLite::Database& database, int64_t id) {
  SQLite::Statement update(database,
                           "UPDATE jobs SET status = 'interrupted', ended = ? WHERE id = ?");
  SQLite::bind(update, now(), id);
  update.exec();
}

// A run stays as it is while another job that lives, or is about to, works on it.
void end_run_of(SQLite::Database& database, int64_t job_id, JobStatus status) {
  SQLite::Statement update(database, R"sql(
    UPDATE runs SET status = ?, ended = ?
    WHERE id = (SELECT run_id FROM jobs WHERE id = ?)
      AND (status = 'running' AND NOT EXISTS (
             SELECT 1 FROM jobs WHERE run_id = runs.id AND status = 'running')
        OR status = 'queued' AND NOT EXISTS (
             SELECT 1 FROM jobs WHERE run_id = runs.id AND status IN ('running', 'queued')))
  )sql");
  SQLite::bind(update, job_status_name(status), now(), job_id);
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
  return impl_->one("job", job_from, kSelectJob + "WHERE j.id = ?", id);
}

Result<std::vector<JobRow>> Workspace::jobs(int64_t limit, int64_t offset) const {
  return impl_->list(job_from, kSelectJob + "ORDER BY j.id DESC LIMIT ? OFFSET ?", limit, offset);
}

Result<std::vector<JobRow>> Workspace::jobs_of_run(int64_t run_id) const {
  return impl_->list(job_from, kSelectJob + "WHERE j.run_id = ? ORDER BY j.id DESC", run_id);
}

Result<std::vector<JobRow>> Workspace::living_jobs() const {
  return impl_->list(job_from,
                     kSelectJob + "WHERE j.status IN ('running', 'queued') ORDER BY j.id");
}

Result<Changes<JobRow>> Workspace::job_changes(int64_t since, int64_t limit) const {
  return impl_->changes(job_from, kSelectJob + "WHERE j.changed > ?", since, limit);
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

Result<void> Workspace::set_job_device(int64_t id, const std::string& device) {
  return impl_->update("job", id, "UPDATE jobs SET device = ? WHERE id = ?", device);
}

Result<bool> Workspace::begin_job(int64_t id, const std::string& device) {
  return impl_->write([&](SQLite::Database& database) -> Result<bool> {
    SQLite::Statement begin(database,
                            "UPDATE jobs SET status = 'running', device = ?, host = ?, started = ? "
                            "WHERE id = ? AND status = 'queued'");
    SQLite::bind(begin, device, host_name(), now(), id);
    return begin.exec() > 0;
  });
}

Result<void> Workspace::request_stop(int64_t job_id) {
  return impl_->write([&](SQLite::Database& database) -> Result<void> {
    SQLite::Statement stop(database,
                           "UPDATE jobs SET status = 'stopped', ended = ? "
                           "WHERE id = ? AND status = 'queued'");
    SQLite::bind(stop, now(), job_id);
    if (stop.exec() > 0) {
      end_run_of(database, job_id, JobStatus::stopped);
      return {};
    }
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
    std::vector<int64_t> jobs = running_jobs(database);
    std::erase_if(jobs, [&](int64_t id) { return !dead(id); });
    for (const int64_t id : jobs) interrupt_job(database, id);
    for (const int64_t id : jobs) end_run_of(database, id, JobStatus::interrupted);
    return static_cast<int64_t>(jobs.size());
  });
}

}  // namespace loupe::store
