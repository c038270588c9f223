// SPDX-License-Identifier: GPL-3.0-or-later
// Which job runs when. A job that waits is a row. Whoever adds one, stops one or ends one looks who
// is next: one at a time, under the lock on queue.lock. A watcher does it for a job that was
// killed.
#include <signal.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "core/base/log.h"
#include "core/engine/jobs.h"
#include "core/engine/jobs/finish.h"
#include "core/engine/jobs/kinds.h"
#include "core/engine/jobs/spawn.h"

namespace loupe::engine {

namespace {

namespace fs = std::filesystem;
using store::FileLock;
using store::JobRow;
using store::JobStatus;

// Where the job may run, in order; kept in its row, since to find out may take reading its data.
Result<std::vector<std::string>> devices_of(store::Workspace& workspace, const JobKind& kind,
                                            const JobRow& job) {
  std::vector<std::string> names;
  std::istringstream known(job.device);
  for (std::string name; known >> name;) names.push_back(name);
  if (!names.empty()) return names;
  LOUPE_TRY(names, kind.devices(workspace, job));
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : " ") + name;
  LOUPE_CHECK(workspace.set_job_device(job.id, text));
  return names;
}

// The job's lock is ours before the row says that it runs, and the process's from its first moment:
// a running job whose lock is free is dead. False when it does not run.
Result<bool> start(store::Workspace& workspace, const JobRow& job, const std::string& device) {
  LOUPE_TRY(const auto lock, FileLock::acquire(workspace.job_lock_path(job.id)));
  LOUPE_TRY(const bool begun, workspace.begin_job(job.id, device));
  if (!begun) return false;  // stopped a moment ago
  const auto started = start_program({this_program().string(), "job", std::to_string(job.id),
                                      "--workspace", workspace.folder().string()},
                                     workspace.artifacts(job.id) / "log", lock);
  if (!started) finish_job(workspace, job, started.error());
  return started.ok();
}

// One watcher while jobs wait: it waits, in turn, for one of these running jobs to be gone.
Result<void> watch(const store::Workspace& workspace, const std::vector<int64_t>& running) {
  const fs::path file = workspace.folder() / "watcher.lock";
  std::string wanted;
  for (const int64_t id : running) wanted.append(1, ' ').append(std::to_string(id));
  if (FileLock::is_held(file)) {
    int pid = 0;
    std::string watched;
    std::ifstream stream(file);
    stream >> pid;
    std::getline(stream, watched);
    if (watched == wanted) return {};
    // Without its number it cannot be ended. It will look at the queue when its own job is gone.
    if (pid <= 0) return {};
    ::kill(pid, SIGKILL);
  }
  if (running.empty()) return {};
  LOUPE_TRY(const auto lock, FileLock::acquire(file));
  // Never the number of a watcher that is gone beside a held lock.
  { const std::ofstream emptied(file, std::ios::trunc); }
  std::vector<std::string> words{(this_program().parent_path() / "rewardloupe-watcher").string(),
                                 this_program().string(), workspace.folder().string()};
  for (const int64_t id : running) words.push_back(workspace.job_lock_path(id).string());
  LOUPE_TRY(const pid_t pid,
            start_program(words, workspace.folder() / "artifacts" / "queue.log", lock));
  std::ofstream(file) << pid << wanted << "\n";
  return {};
}

}  // namespace

Result<void> dispatch(store::Workspace& workspace) {
  LOUPE_TRY(const auto turn, FileLock::acquire(workspace.folder() / "queue.lock"));
  LOUPE_CHECK(workspace.reap_dead_jobs());
  LOUPE_TRY(const auto jobs, workspace.living_jobs());
  std::set<std::string> taken;
  for (const auto& job : jobs)
    if (job.status == JobStatus::running) taken.insert(job.device);
  for (const auto& job : jobs) {
    if (job.status != JobStatus::queued) continue;
    const JobKind* kind = job_kind(job.kind);
    if (kind == nullptr) {
      finish_job(workspace, job, no_such_kind(job));
      continue;
    }
    std::string device;
    if (kind->takes_device) {
      const auto names = devices_of(workspace, *kind, job);
      if (!names) {
        finish_job(workspace, job, names.error());
        continue;
      }
      const auto free = std::find_if(names->begin(), names->end(),
                                     [&](const auto& name) { return !taken.contains(name); });
      if (free == names->end()) continue;
      device = *free;
    }
    LOUPE_TRY(const bool runs, start(workspace, job, device));
    if (runs) taken.insert(device);
  }
  LOUPE_TRY(const auto now, workspace.living_jobs());
  std::vector<int64_t> running;
  bool waits = false;
  for (const auto& job : now) {
    waits = waits || job.status == JobStatus::queued;
    if (job.status == JobStatus::running && !job.device.empty()) running.push_back(job.id);
  }
  if (!waits) running.clear();
  // The jobs run without a watcher too: it is for those that are killed.
  if (const auto watched = watch(workspace, running); !watched) log_warning(watched.error().text());
  return {};
}

Result<void> stop_job(store::Workspace& workspace, int64_t id) {
  LOUPE_CHECK(workspace.reap_dead_jobs());
  LOUPE_TRY(const auto job, workspace.job(id));
  if (is_final(job.status))
    return Error{
        ErrorCode::invalid_input,
        "job " + std::to_string(id) + " is " + store::job_status_name(job.status) + " already", "",
        ""};
  LOUPE_CHECK(workspace.request_stop(id));
  return dispatch(workspace);
}

}  // namespace loupe::engine
