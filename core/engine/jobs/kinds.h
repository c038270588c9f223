// SPDX-License-Identifier: GPL-3.0-or-later
// The kinds of job there are. To add one: a file with its JobKind beside this one, its name
// below, and in the list in kinds.cpp. No torch here.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/store/workspace.h"

namespace loupe::engine {

// What a job's body works with, inside the job's process.
class JobContext {
 public:
  JobContext(store::Workspace& workspace, const store::JobRow& job)
      : workspace(workspace), job(job) {}
  store::Workspace& workspace;
  const store::JobRow& job;  // job.device: the one that it got, "" for a kind that takes none
  // Whether it is to end now, with what it has. Cheap enough to ask at every step.
  bool stop_wanted();

 private:
  std::chrono::steady_clock::time_point last_look_{};
};

struct JobKind {
  std::string_view id;     // of the row
  std::string_view title;  // in lists; %1: the run's name
  bool takes_device = true;
  bool resumable = false;  // a new job may go on where it ended; the request then says "resume"
  bool owns_run = false;   // the run's status is the job's
  // With takes_device: where it may run, in order. Asked once, before it is started.
  Result<std::vector<std::string>> (*devices)(const store::Workspace&,
                                              const store::JobRow&) = nullptr;
  // May throw what `guarded` catches. Writes its progress and results itself.
  Result<store::JobStatus> (*body)(JobContext&) = nullptr;
};

extern const JobKind train_job, eval_job, fetch_job;

const std::vector<const JobKind*>& job_kinds();
const JobKind* job_kind(std::string_view id);  // null: this program has none of that name

}  // namespace loupe::engine
