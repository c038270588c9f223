// SPDX-License-Identifier: GPL-3.0-or-later
// Jobs: rows in the workspace. Each gets a process of its own, which outlives whoever started it,
// when its turn comes: one job a device at a time, in the order in which they were added. The kinds
// of job are in jobs/kinds.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/api/messages.h"
#include "core/base/result.h"
#include "core/data/project.h"
#include "core/data/source.h"
#include "core/store/workspace.h"
#include "core/train/recipe.h"

namespace loupe::engine {

using nlohmann::json;

struct TrainRequest {
  std::string name;   // of the run; "" makes one
  std::string model;  // a name in the workspace
  train::Recipe recipe;
  json train;  // data specs
  std::vector<json> eval;
};

struct StartedJob {
  int64_t job = 0, run = 0;
};

// Adds the run and its job, queued; dispatch() lets it run.
Result<StartedJob> add_training(store::Workspace& workspace, TrainRequest request);
// A new job that goes on with a run that is stopped, interrupted or failed.
Result<StartedJob> add_resume(store::Workspace& workspace, int64_t run_id);
// Fetches the demo model and imports it; one that is under way already comes back.
Result<StartedJob> add_fetch(store::Workspace& workspace);
Result<StartedJob> add_evaluation(store::Workspace& workspace, int64_t run_id,
                                  std::vector<json> sets);

// Starts the jobs whose turn it is, each as `rewardloupe-engine job ID` in a session of its own
// with output to artifacts/ID/log. To be called after adding or stopping one, and when a workspace
// is opened; a job calls it as it ends, and a small watcher process does when one is killed while
// others wait. A job that cannot be started is failed, with the reason in its row.
Result<void> dispatch(store::Workspace& workspace);

// The whole of that process: returns its exit code. Holds the job's lock, which was handed over to
// it, throughout; SIGTERM and a stop row end it after a checkpoint; whatever goes wrong is written
// into the job's row.
int run_job(const std::string& workspace_folder, int64_t job_id);

// Asks a job to end after a checkpoint, or takes it out of the queue; refused for one that has
// ended.
Result<void> stop_job(store::Workspace& workspace, int64_t job_id);

bool is_final(store::JobStatus status);
std::string job_log_tail(const store::Workspace& workspace, int64_t job_id, size_t bytes = 4000);
api::Job to_api(const store::Workspace& workspace, const store::JobRow& row);
api::Run to_api(const store::RunRow& row);
api::EvalSummary to_api(const store::EvalMetric& metric);

}  // namespace loupe::engine
