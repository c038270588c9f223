// SPDX-License-Identifier: GPL-3.0-or-later
// Rows of jobs, and of the runs that they make.
#include <algorithm>
#include <set>

#include "core/data/source.h"
#include "core/engine/jobs.h"
#include "core/engine/jobs/kinds.h"
#include "core/engine/models.h"

namespace loupe::engine {

namespace {

// The data's content goes into the store, so that two runs can be told to have seen the same pairs.
// The hash goes into `spec`: the job refuses data that changed since.
Result<int64_t> register_dataset(store::Workspace& workspace, json& spec) {
  LOUPE_TRY(const auto dataset, data::load_spec(spec));
  store::DatasetRow row;
  row.name = dataset.name;
  row.path = dataset.path;
  row.sha256 = dataset.sha256;
  row.rows = static_cast<int64_t>(dataset.pairs.size());
  spec["sha256"] = dataset.sha256;
  row.details = spec;
  return workspace.add_dataset(row);
}

std::string default_name(const TrainRequest& request) {
  std::string type = request.recipe.type;
  std::transform(type.begin(), type.end(), type.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  std::string source = data::group_of(request.train);
  if (source.empty()) source = request.train.value("name", "data");
  return type + "-" + source + "-s" + std::to_string(request.recipe.seed);
}

}  // namespace

bool is_final(store::JobStatus status) {
  return status != store::JobStatus::queued && status != store::JobStatus::running;
}

Result<StartedJob> add_training(store::Workspace& workspace, TrainRequest request) {
  LOUPE_TRY(const auto model, workspace.model(request.model));
  LOUPE_CHECK(check_trainable(model));
  LOUPE_TRY([[maybe_unused]] const auto checked, train::recipe_from_json(request.recipe));
  std::set<std::string> names;
  for (const auto& spec : request.eval)
    if (!names.insert(spec.value("name", "")).second)
      return Error{ErrorCode::invalid_input,
                   "two evaluation sets are called \"" + spec.value("name", "") + "\"", "",
                   "give each its own NAME in --eval NAME=FILE"};
  store::RunRow run;
  run.name = request.name.empty() ? default_name(request) : request.name;
  run.type = request.recipe.type;
  run.model_id = model.id;
  LOUPE_TRY(run.dataset_id, register_dataset(workspace, request.train));
  for (auto& spec : request.eval) {
    LOUPE_TRY([[maybe_unused]] const int64_t id, register_dataset(workspace, spec));
  }
  run.recipe = request.recipe;
  run.status = store::job_status_name(store::JobStatus::queued);
  run.device = request.recipe.device;
  StartedJob started;
  LOUPE_TRY(started.run, workspace.add_run(run));
  LOUPE_TRY(
      started.job,
      workspace.add_job("train", {{"train", request.train}, {"eval", request.eval}}, started.run));
  return started;
}

Result<StartedJob> add_resume(store::Workspace& workspace, int64_t run_id) {
  LOUPE_CHECK(workspace.reap_dead_jobs());
  LOUPE_TRY(const auto run, workspace.run(run_id));
  if (run.status == "queued" || run.status == "running")
    return Error{ErrorCode::busy, "the run \"" + run.name + "\" is " + run.status,
                 "run " + std::to_string(run_id), "wait for it, or stop it first"};
  if (run.status == "done")
    return Error{ErrorCode::invalid_input, "the run \"" + run.name + "\" is done",
                 "run " + std::to_string(run_id), "start a new run to train longer"};
  LOUPE_TRY(const auto jobs, workspace.jobs_of_run(run_id));
  for (const auto& job : jobs) {
    const JobKind* kind = job_kind(job.kind);
    if (kind == nullptr || !kind->resumable) continue;
    StartedJob started;
    started.run = run_id;
    json request = job.request;
    request["resume"] = true;
    LOUPE_TRY(started.job, workspace.add_job(job.kind, request, run_id));
    LOUPE_CHECK(workspace.set_run_status(run_id, store::job_status_name(store::JobStatus::queued)));
    return started;
  }
  return Error{ErrorCode::not_found, "no job of this run was found",
               "run " + std::to_string(run_id), "train it again"};
}

Result<StartedJob> add_evaluation(store::Workspace& workspace, int64_t run_id,
                                  std::vector<json> sets) {
  LOUPE_TRY([[maybe_unused]] const auto run, workspace.run(run_id));
  for (auto& spec : sets) {
    LOUPE_TRY([[maybe_unused]] const int64_t id, register_dataset(workspace, spec));
  }
  StartedJob started;
  started.run = run_id;
  LOUPE_TRY(started.job, workspace.add_job("eval", {{"eval", sets}}, run_id));
  return started;
}

Result<StartedJob> add_fetch(store::Workspace& workspace) {
  LOUPE_CHECK(workspace.reap_dead_jobs());
  LOUPE_TRY(const auto jobs, workspace.living_jobs());
  for (const auto& job : jobs)
    if (job.kind == "fetch") return StartedJob{job.id, 0};
  StartedJob started;
  LOUPE_TRY(started.job, workspace.add_job("fetch", {{"what", "demo-model"}}));
  return started;
}

}  // namespace loupe::engine
