// SPDX-License-Identifier: GPL-3.0-or-later
// The job that evaluates a run on further sets.
#include <ATen/ATen.h>

#include "core/engine/jobs/job_data.h"
#include "core/engine/jobs/kinds.h"
#include "core/engine/model_cache.h"
#include "core/engine/placement.h"
#include "core/engine/wire.h"
#include "core/model/compute.h"
#include "core/reward/score_plan.h"

namespace loupe::engine {

namespace {

using Clock = std::chrono::steady_clock;
using store::JobStatus;

Result<JobStatus> eval_body(JobContext& context) {
  auto& workspace = context.workspace;
  const auto& job = context.job;
  LOUPE_TRY(const auto run_row, workspace.run(job.run_id));
  LOUPE_TRY(const auto recipe, train::recipe_from_json(run_row.recipe));
  LOUPE_TRY(const auto device, choose_device(job.device));
  set_threads(recipe.threads);
  ModelCache cache(workspace, device);
  LOUPE_TRY(const auto loaded, cache.run(job.run_id));
  model::ForwardOptions options;
  options.compute = model::compute_type(recipe.compute_dtype, loaded->language.decoder->device());
  auto last = Clock::now() - std::chrono::seconds(1);
  for (const auto& spec : job.request.at("eval")) {
    LOUPE_TRY(const auto set, encode_spec(spec, loaded->language, recipe));
    const reward::ScorePlan plan({std::span<const data::EncodedPair>(set.pairs)},
                                 loaded->language.decoder->config());
    std::optional<Error> failed;
    const auto rewards = reward::score(*loaded->reward, plan, options, {}, [&](const Progress& p) {
      if (context.stop_wanted()) options.cancel.cancel();
      if (Clock::now() - last < std::chrono::seconds(1)) return;
      last = Clock::now();
      const auto written = workspace.set_job_progress(
          job.id, progress_json({"evaluating " + set.name, p.done, p.total, -1}));
      if (!written) failed = written.error();
    });
    if (failed) return *failed;
    train::EvalEvent event = train::eval_event(set, plan, 0, rewards);
    event.step = loaded->step;
    event.epoch = loaded->epoch;
    LOUPE_TRY([[maybe_unused]] const int64_t id, store_evaluation(workspace, job.run_id, event));
  }
  return JobStatus::done;
}

Result<std::vector<std::string>> eval_devices(const store::Workspace& workspace,
                                              const store::JobRow& job) {
  LOUPE_TRY(const auto run, workspace.run(job.run_id));
  LOUPE_TRY(const double needed, scoring_memory(workspace, run));
  return job_devices(run.recipe.value("device", "auto"), needed);
}

}  // namespace

const JobKind eval_job{
    .id = "eval", .title = "evaluate %1", .devices = eval_devices, .body = eval_body};

}  // namespace loupe::engine
