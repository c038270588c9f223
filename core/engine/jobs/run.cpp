// SPDX-License-Identifier: GPL-3.0-or-later
// What runs inside `rewardloupe-engine job ID`.
#include <sys/resource.h>

#include <atomic>
#include <csignal>

#include "core/base/log.h"
#include "core/engine/guarded.h"
#include "core/engine/jobs.h"
#include "core/engine/jobs/finish.h"
#include "core/engine/jobs/kinds.h"
#include "core/engine/jobs/spawn.h"
#include "core/engine/wire.h"

namespace loupe::engine {

using store::JobStatus;

namespace {

std::atomic<bool> terminated{false};

}  // namespace

bool JobContext::stop_wanted() {
  if (terminated) return true;
  const auto now = std::chrono::steady_clock::now();
  if (now - last_look_ < std::chrono::milliseconds(200)) return false;
  last_look_ = now;
  const auto stop = workspace.stop_requested(job.id);
  return stop.ok() && *stop;
}

Error no_such_kind(const store::JobRow& job) {
  return {ErrorCode::unsupported, "this program has no jobs of kind \"" + job.kind + "\"", "", ""};
}

bool finish_job(store::Workspace& workspace, const store::JobRow& job,
                const Result<JobStatus>& status) {
  const JobStatus final_status = status ? *status : JobStatus::failed;
  const std::string name = store::job_status_name(final_status);
  std::string text;
  if (!status) {
    log_error(status.error().text());
    text = dump(error_json(status.error()));
  }
  if (const JobKind* kind = job_kind(job.kind); kind != nullptr && kind->owns_run) {
    if (!status)
      if (auto run = workspace.run(job.run_id)) {
        json summary = run->summary.is_object() ? run->summary : json::object();
        summary["error"] = status.error().text();
        summary["job"] = job.id;
        (void)workspace.set_run_summary(job.run_id, summary).ok();
      }
    (void)workspace.set_run_status(job.run_id, name).ok();
  }
  const auto written = workspace.set_job_status(job.id, final_status, text);
  log_info("job " + std::to_string(job.id) + " " + name);
  return written.ok();
}

int run_job(const std::string& workspace_folder, int64_t job_id) {
  std::signal(SIGTERM, [](int) { terminated = true; });
  std::signal(SIGXFSZ, SIG_IGN);
  // The user's own programs go first.
  ::setpriority(PRIO_PROCESS, 0, 5);
  const auto refuse = [](const Error& error) {
    log_error(error.text());
    return 1;
  };
  auto opened = store::Workspace::open(workspace_folder, store::Workspace::Mode::open);
  if (!opened) return refuse(opened.error());
  store::Workspace workspace = std::move(opened).value();
  const auto lock = store::FileLock::adopt(workspace.job_lock_path(job_id), lock_descriptor);
  if (!lock) return refuse(lock.error());
  const auto job = workspace.job(job_id);
  if (!job) return refuse(job.error());
  auto status = guarded([&]() -> Result<JobStatus> {
    const JobKind* kind = job_kind(job->kind);
    if (kind == nullptr) return no_such_kind(*job);
    JobContext context(workspace, *job);
    return kind->body(context);
  });
  if (!status && status.error().code == ErrorCode::cancelled) status = JobStatus::stopped;
  const bool written = finish_job(workspace, *job, status);
  // The next one is started while we hold our lock: no watcher thinks that nobody did.
  if (const auto next = dispatch(workspace); !next) log_error(next.error().text());
  return status && written ? 0 : 1;
}

}  // namespace loupe::engine
