// SPDX-License-Identifier: GPL-3.0-or-later
// The job that trains a run.
#include <ATen/ATen.h>

#include <algorithm>
#include <filesystem>

#include "core/base/log.h"
#include "core/engine/estimate.h"
#include "core/engine/installation.h"
#include "core/engine/jobs/job_data.h"
#include "core/engine/jobs/kinds.h"
#include "core/engine/jobs/recorder.h"
#include "core/engine/models.h"
#include "core/engine/placement.h"
#include "core/model/compute.h"
#include "core/model/kernels.h"
#include "core/reward/kinds.h"
#include "core/train/trainable.h"
#include "core/train/trainer.h"

namespace loupe::engine {

namespace {

using Clock = std::chrono::steady_clock;
using store::JobStatus;
namespace fs = std::filesystem;

json versions() {
  return {{"rewardloupe", LOUPE_VERSION},
          {"torch", torch_version()},
          {"kernels", model::kernels::instruction_set()},
          {"threads", thread_count()}};
}

// Writes the new checkpoint, registers it, and only then lets go of the older ones.
Result<void> write_checkpoint(store::Workspace& workspace, const train::Trainer& trainer,
                              int64_t job, int64_t run, int64_t step, double epoch, bool last) {
  char name[64];
  std::snprintf(name, sizeof(name), "checkpoint-%08lld%s.safetensors", static_cast<long long>(step),
                last ? "-final" : "");
  store::CheckpointRow row;
  row.run_id = run;
  row.step = step;
  row.epoch = epoch;
  row.path = std::to_string(job) + "/" + name;
  row.has_optimizer = !last;
  (void)workspace.artifacts(job);
  LOUPE_CHECK(trainer.save_checkpoint(workspace.artifact_path(row.path), !last));
  LOUPE_TRY(const auto older, workspace.checkpoints(run));
  LOUPE_TRY([[maybe_unused]] const int64_t id, workspace.add_checkpoint(row));
  for (const auto& checkpoint : older) {
    if (checkpoint.path == row.path) continue;
    LOUPE_CHECK(workspace.remove_checkpoint(checkpoint.id));
    std::error_code ignored;
    fs::remove(workspace.artifact_path(checkpoint.path), ignored);
  }
  return {};
}

// A process that was killed may leave half a checkpoint, or a whole one that it had not registered:
// as large as a model, and of no use to anybody.
Result<void> remove_leftovers(const store::Workspace& workspace, int64_t run) {
  LOUPE_TRY(const auto kept, workspace.checkpoints(run));
  LOUPE_TRY(const auto jobs, workspace.jobs_of_run(run));
  for (const auto& job : jobs) {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(workspace.artifacts(job.id), ignored)) {
      const std::string name = entry.path().filename().string();
      if (!name.starts_with(".loupe-") && !name.starts_with("checkpoint-")) continue;
      const std::string path = std::to_string(job.id) + "/" + name;
      if (std::none_of(kept.begin(), kept.end(), [&](const auto& c) { return c.path == path; }))
        fs::remove(entry.path(), ignored);
    }
  }
  return {};
}

// Refused before the machine starts to swap: with room for what the formula does not know.
Result<void> check_memory(at::Device device, double needed) {
  const double available = room_on(device, Room::whole);
  if (available == 0 || needed <= 1.25 * available) return {};
  char text[160];
  std::snprintf(text, sizeof(text), "training takes about %.1f GB, and %s has %.1f GB",
                needed / 1e9, device.str().c_str(), available / 1e9);
  return Error{ErrorCode::out_of_memory, text, host_name(),
               "use a smaller batch with more accumulation, shorter texts, or another machine"};
}

Result<JobStatus> train_body(JobContext& context) {
  auto& workspace = context.workspace;
  const auto& job = context.job;
  LOUPE_TRY(const auto run, workspace.run(job.run_id));
  LOUPE_TRY(const auto recipe, train::recipe_from_json(run.recipe));
  LOUPE_TRY(const auto model_row, workspace.model(run.model_id));
  LOUPE_TRY(const auto device, choose_device(job.device));
  set_threads(recipe.threads);
  LOUPE_CHECK(workspace.set_run_started(run.id, device.str(), host_name(), versions()));
  const auto start = Clock::now();

  Recorder recorder(workspace, job.id, run.id);
  model::LoadOptions loading;
  loading.device = device;
  loading.progress = [&](const Progress& p) { recorder.progress(p); };
  LOUPE_TRY(auto language, load_row(workspace, model_row, loading));
  LOUPE_TRY(auto train_set, encode_spec(job.request.at("train"), language, recipe));
  std::vector<data::EncodedDataset> eval_sets;
  for (const auto& spec : job.request.at("eval")) {
    LOUPE_TRY(auto set, encode_spec(spec, language, recipe));
    eval_sets.push_back(std::move(set));
  }
  const bool bf16 = model::compute_type(recipe.compute_dtype, device) == at::kBFloat16;
  recorder.summary()["compute"] = bf16 ? "bf16" : "fp32";
  if (recipe.compute_dtype == "bf16" && !bf16)
    log_warning(
        "this processor has no bf16 products (AVX-512); fp32 is used, which is faster here");
  recorder.summary()["left_out"] = train_set.left_out.size();
  const auto lengths = pair_lengths(train_set);
  LOUPE_CHECK(check_memory(
      device, training_memory(language.decoder->config(), model_row.parameters, recipe, lengths)));
  int64_t eval_tokens = 0;
  for (const auto& set : eval_sets) eval_tokens += pair_lengths(set).total();
  LOUPE_TRY(language.decoder, train::make_trainable(language.decoder, recipe));
  LOUPE_TRY(const auto* kind, reward::kind_named(recipe.type));
  LOUPE_TRY(auto reward, kind->fresh(language, recipe));
  train::Trainer trainer(std::move(reward), recipe, std::move(train_set), std::move(eval_sets));
  if (job.request.value("resume", false)) {
    LOUPE_TRY(const auto checkpoints, workspace.checkpoints(run.id));
    int64_t from = 0;
    if (!checkpoints.empty()) {
      from = checkpoints.back().step;
      LOUPE_CHECK(trainer.resume_from(workspace.artifact_path(checkpoints.back().path)));
    }
    LOUPE_CHECK(remove_leftovers(workspace, run.id));
    LOUPE_CHECK(workspace.forget_after(run.id, from == 0 ? -1 : from));
    log_info("resuming run " + run.name + " at step " + std::to_string(from));
  }
  train::Observer observer;
  observer.on_step = [&](const train::StepEvent& e) { recorder.step(e); };
  observer.on_eval = [&](const train::EvalEvent& e) { recorder.evaluated(e); };
  observer.on_progress = [&](const Progress& p) { recorder.progress(p); };
  observer.on_checkpoint = [&](int64_t step, double epoch, bool last) -> Result<void> {
    recorder.flush(true);
    return write_checkpoint(workspace, trainer, job.id, run.id, step, epoch, last);
  };
  observer.stop = [&] { return recorder.failure() || context.stop_wanted(); };
  LOUPE_TRY(const auto outcome, trainer.run(observer));
  recorder.summary()["wall_seconds"] = std::chrono::duration<double>(Clock::now() - start).count();
  recorder.summary()["peak_memory"] = peak_memory();
  // Of a resumed run this process knows only the last part.
  if (!job.request.value("resume", false))
    recorder.summary()["work"] = training_work(recipe, lengths.total(), eval_tokens);
  recorder.flush(true);
  if (recorder.failure()) return *recorder.failure();
  return outcome == train::Outcome::done ? JobStatus::done : JobStatus::stopped;
}

Result<std::vector<std::string>> train_devices(const store::Workspace& workspace,
                                               const store::JobRow& job) {
  LOUPE_TRY(const auto run, workspace.run(job.run_id));
  LOUPE_TRY(const auto recipe, train::recipe_from_json(run.recipe));
  LOUPE_TRY(const auto model, workspace.model(run.model_id));
  return Estimator(workspace).devices_for(model, recipe, job.request.at("train"), {});
}

}  // namespace

const JobKind train_job{.id = "train",
                        .title = "%1",
                        .resumable = true,
                        .owns_run = true,
                        .devices = train_devices,
                        .body = train_body};

}  // namespace loupe::engine
