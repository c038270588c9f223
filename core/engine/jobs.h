// SPDX-License-Identifier: GPL-3.0-or-later
// Jobs: rows in the workspace, each worked on by a process of its own that outlives whoever started
// it.
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

// Adds the run and its job; start_process makes it run.
Result<StartedJob> add_training(store::Workspace& workspace, TrainRequest request);
// A new job that goes on with a run that is stopped, interrupted or failed.
Result<StartedJob> add_resume(store::Workspace& workspace, int64_t run_id);
// Fetches the demo model and imports it; one that is under way already comes back.
Result<StartedJob> add_fetch(store::Workspace& workspace);
Result<StartedJob> add_evaluation(store::Workspace& workspace, int64_t run_id,
                                  std::vector<json> sets);

// `rewardloupe-engine job ID` in a session of its own, stdin from /dev/null, output to
// artifacts/ID/log, everything else closed. `program`: the engine's path, "" for this very program.
// When it cannot be started, the job and its run are marked failed.
Result<void> start_process(store::Workspace& workspace, int64_t job_id,
                           const std::string& program = "");

// The body of that process: returns its exit code. Holds the job's lock throughout; SIGTERM and a
// stop row end it after a checkpoint; whatever goes wrong is written into the job's row.
int run_job(const std::string& workspace_folder, int64_t job_id);

// Asks a job to end after a checkpoint; refused for one that has ended.
Result<void> stop_job(store::Workspace& workspace, int64_t job_id);

bool is_final(store::JobStatus status);
std::string job_log_tail(const store::Workspace& workspace, int64_t job_id, size_t bytes = 4000);
api::Job to_api(const store::Workspace& workspace, const store::JobRow& row);
api::Run to_api(const store::Workspace& workspace, const store::RunRow& row);
api::EvalSummary to_api(const store::EvalMetric& metric);

}  // namespace loupe::engine
