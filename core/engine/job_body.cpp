// SPDX-License-Identifier: GPL-3.0-or-later
// What runs inside `rewardloupe-engine job ID`.
#include <ATen/ATen.h>
#include <sys/resource.h>
#include <torch/version.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>

#include "core/base/log.h"
#include "core/engine/estimate.h"
#include "core/engine/guarded.h"
#include "core/engine/installation.h"
#include "core/engine/job_fetch.h"
#include "core/engine/jobs.h"
#include "core/engine/model_cache.h"
#include "core/engine/models.h"
#include "core/engine/placement.h"
#include "core/engine/wire.h"
#include "core/model/compute.h"
#include "core/model/kernels.h"
#include "core/reward/score_plan.h"
#include "core/train/trainable.h"
#include "core/train/trainer.h"

namespace loupe::engine {

namespace {

using Clock = std::chrono::steady_clock;
using store::JobStatus;
namespace fs = std::filesystem;

std::atomic<bool> terminated{false};

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

json versions() {
  return {{"rewardloupe", LOUPE_VERSION},
          {"torch", torch_version()},
          {"kernels", model::kernels::instruction_set()},
          {"threads", thread_count()}};
}

// An evaluation with its pairs, in one transaction.
Result<int64_t> store_evaluation(store::Workspace& workspace, int64_t run,
                                 const train::EvalEvent& e) {
  store::EvalMetric metric;
  metric.step = e.step;
  metric.epoch = e.epoch;
  metric.set = e.set;
  metric.measures = eval::to_json(e.measures);
  std::vector<store::EvalPair> pairs;
  for (size_t i = 0; i < e.index.size(); ++i)
    pairs.push_back({e.index[i], e.cluster[i], e.chosen[i], e.rejected[i]});
  return workspace.add_eval(run, metric, pairs);
}

// Everything a job writes, at most once a second for what comes fast.
class Recorder {
 public:
  Recorder(store::Workspace& workspace, int64_t job, int64_t run)
      : workspace_(workspace), job_(job), run_(run) {}

  void step(const train::StepEvent& e) {
    store::StepMetric metric;
    metric.step = e.step;
    metric.epoch = e.epoch;
    metric.loss = e.loss;
    metric.accuracy = e.accuracy;
    metric.chosen_reward = e.chosen_reward;
    metric.rejected_reward = e.rejected_reward;
    metric.grad_norm = e.grad_norm;
    metric.seconds = e.seconds;
    steps_.push_back(metric);
    summary_["loss"] = api::number_to_json(e.loss);
    summary_["epoch"] = e.epoch;
    summary_["seconds"] = e.seconds;
    flush(false);
  }
  void evaluated(const train::EvalEvent& e) {
    note(store_evaluation(workspace_, run_, e));
    summary_["accuracy"][e.set] = e.measures.at("accuracy");
    flush(true);
    log_info(e.set + " after epoch " + std::to_string(e.epoch) + ": accuracy " +
             std::to_string(e.measures.at("accuracy")) + ", mean margin " +
             std::to_string(e.measures.at("margin_mean")));
  }
  void progress(const Progress& p) {
    progress_ = progress_json(p);
    flush(false);
  }
  void flush(bool now) {
    if (!now && seconds_since(last_) < 1) return;
    last_ = Clock::now();
    if (!steps_.empty()) note(workspace_.add_steps(run_, steps_));
    steps_.clear();
    summary_["job"] = job_;
    note(workspace_.set_run_summary(run_, summary_));
    if (!progress_.is_null()) note(workspace_.set_job_progress(job_, progress_));
  }
  json& summary() { return summary_; }
  // The first write that failed: the job ends with it, since a result that cannot be kept is none.
  const std::optional<Error>& failure() const { return failure_; }

 private:
  template <class T>
  void note(const Result<T>& result) {
    if (!result.ok() && !failure_) failure_ = result.error();
  }
  store::Workspace& workspace_;
  int64_t job_, run_;
  std::vector<store::StepMetric> steps_;
  json summary_ = json::object();
  json progress_;
  std::optional<Error> failure_;
  Clock::time_point last_{};
};

struct Loaded {
  model::LanguageModel language;
  data::EncodedDataset train;
  std::vector<data::EncodedDataset> eval;
};

Result<data::EncodedDataset> encode_spec(const json& spec, const model::LanguageModel& language,
                                         const train::Recipe& recipe) {
  LOUPE_TRY(const auto dataset, data::load_spec(spec));
  LOUPE_TRY(const auto* kind, reward::kind_named(recipe.type));
  LOUPE_TRY(auto encoded,
            data::encode_dataset(dataset, kind->encoder(language),
                                 {recipe.max_prompt_tokens, recipe.max_response_tokens,
                                  language.decoder->config().max_positions}));
  if (!encoded.left_out.empty())
    log_warning(dataset.name + ": " + std::to_string(encoded.left_out.size()) + " of " +
                std::to_string(dataset.pairs.size()) +
                " pairs are over the length limit and left out, the first in row " +
                std::to_string(encoded.left_out.front().row));
  if (encoded.pairs.empty())
    return Error{ErrorCode::invalid_input, "no pair of \"" + dataset.name + "\" is left",
                 dataset.path,
                 encoded.left_out.empty() ? "give a file with pairs"
                                          : "every pair is over the length limit; raise it"};
  return encoded;
}

// Whether a job that was started earlier waits for the same device. One whose process has not taken
// its lock yet counts for a few seconds: it is on its way.
Result<bool> earlier_job_waits(const store::Workspace& workspace, int64_t job_id,
                               at::Device device) {
  LOUPE_TRY(const auto jobs, workspace.jobs());
  const double now =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  for (const auto& job : jobs) {
    if (job.id >= job_id || job.status != JobStatus::queued || job.run_id == 0) continue;
    if (now - job.created > 5 && !store::FileLock::is_held(workspace.job_lock_path(job.id)))
      continue;
    LOUPE_TRY(const auto run, workspace.run(job.run_id));
    const auto other = choose_device(run.recipe.value("device", "auto"));
    if (other && *other == device) return true;
  }
  return false;
}

// One training job a device at a time, in the order they were started; the others wait here,
// queued, and can be stopped while they wait.
Result<std::optional<store::FileLock>> wait_for_device(store::Workspace& workspace, int64_t job_id,
                                                       at::Device device) {
  const fs::path path = workspace.folder() / "artifacts" / ("device-" + device.str() + ".lock");
  while (true) {
    LOUPE_TRY(const bool wait, earlier_job_waits(workspace, job_id, device));
    if (!wait) {
      auto lock = store::FileLock::try_acquire(path, store::FileLock::Mode::exclusive);
      if (lock) return std::optional<store::FileLock>(std::move(lock).value());
      if (lock.error().code != ErrorCode::busy) return std::move(lock).error();
    }
    LOUPE_TRY(const bool stop, workspace.stop_requested(job_id));
    if (stop || terminated) return std::optional<store::FileLock>();
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
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
  LOUPE_TRY(const auto jobs, workspace.jobs());
  for (const auto& job : jobs) {
    if (job.run_id != run) continue;
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

Result<JobStatus> train_body(store::Workspace& workspace, const store::JobRow& job) {
  LOUPE_TRY(const auto run, workspace.run(job.run_id));
  LOUPE_TRY(const auto recipe, train::recipe_from_json(run.recipe));
  LOUPE_TRY(const auto model_row, workspace.model(run.model_id));
  LOUPE_TRY(const auto device,
            Estimator(workspace).device_for(model_row, recipe, job.request.at("train"), {}));
  LOUPE_TRY(const auto device_lock, wait_for_device(workspace, job.id, device));
  if (!device_lock) return JobStatus::stopped;
  set_threads(recipe.threads);
  LOUPE_CHECK(workspace.set_job_status(job.id, JobStatus::running));
  LOUPE_CHECK(workspace.set_run_status(run.id, store::job_status_name(JobStatus::running)));
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
  LOUPE_TRY(auto reward, kind->fresh(language, recipe.to_json()));
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
  auto last_look = Clock::now() - std::chrono::seconds(1);
  observer.stop = [&] {
    if (recorder.failure()) return true;
    if (terminated) return true;
    if (seconds_since(last_look) < 0.2) return false;
    last_look = Clock::now();
    const auto stop = workspace.stop_requested(job.id);
    return stop.ok() && *stop;
  };
  LOUPE_TRY(const auto outcome, trainer.run(observer));
  recorder.summary()["wall_seconds"] = seconds_since(start);
  recorder.summary()["peak_memory"] = peak_memory();
  // Of a resumed run this process knows only the last part.
  if (!job.request.value("resume", false))
    recorder.summary()["work"] = training_work(recipe, lengths.total(), eval_tokens);
  recorder.flush(true);
  if (recorder.failure()) return *recorder.failure();
  return outcome == train::Outcome::done ? JobStatus::done : JobStatus::stopped;
}

Result<JobStatus> eval_body(store::Workspace& workspace, const store::JobRow& job) {
  LOUPE_TRY(const auto run_row, workspace.run(job.run_id));
  LOUPE_TRY(const auto recipe, train::recipe_from_json(run_row.recipe));
  LOUPE_TRY(const double needed, scoring_memory(workspace, run_row));
  LOUPE_TRY(const auto device, place(recipe.device, needed, Room::whole));
  LOUPE_TRY(const auto device_lock, wait_for_device(workspace, job.id, device));
  if (!device_lock) return JobStatus::stopped;
  set_threads(recipe.threads);
  LOUPE_CHECK(workspace.set_job_status(job.id, JobStatus::running));
  ModelCache cache(workspace, device);
  LOUPE_TRY(const auto loaded, cache.run(job.run_id));
  LOUPE_TRY(const auto checkpoints, workspace.checkpoints(job.run_id));
  model::ForwardOptions options;
  options.compute = model::compute_type(recipe.compute_dtype, loaded->language.decoder->device());
  auto last = Clock::now() - std::chrono::seconds(1);
  for (const auto& spec : job.request.at("eval")) {
    LOUPE_TRY(const auto set, encode_spec(spec, loaded->language, recipe));
    const reward::ScorePlan plan({std::span<const data::EncodedPair>(set.pairs)},
                                 loaded->language.decoder->config());
    std::optional<Error> failed;
    const auto rewards = reward::score(*loaded->reward, plan, options, {}, [&](const Progress& p) {
      if (seconds_since(last) < 1) return;
      last = Clock::now();
      const auto written = workspace.set_job_progress(
          job.id, progress_json({"evaluating " + set.name, p.done, p.total, -1}));
      if (!written) failed = written.error();
      const auto stop = workspace.stop_requested(job.id);
      if (terminated || (stop.ok() && *stop)) options.cancel.cancel();
    });
    if (failed) return *failed;
    train::EvalEvent event = train::eval_event(set, plan, 0, rewards);
    event.step = checkpoints.back().step;
    event.epoch = checkpoints.back().epoch;
    LOUPE_TRY([[maybe_unused]] const int64_t id, store_evaluation(workspace, job.run_id, event));
  }
  return JobStatus::done;
}

Result<JobStatus> guarded_body(store::Workspace& workspace, const store::JobRow& job) {
  auto status = guarded([&]() -> Result<JobStatus> {
    if (job.kind == "train") return train_body(workspace, job);
    if (job.kind == "eval") return eval_body(workspace, job);
    if (job.kind == "fetch") return fetch_body(workspace, job, terminated);
    return Error{ErrorCode::unsupported, "this program has no jobs of kind \"" + job.kind + "\"",
                 "", ""};
  });
  if (!status && status.error().code == ErrorCode::cancelled) return JobStatus::stopped;
  return status;
}

}  // namespace

int run_job(const std::string& workspace_folder, int64_t job_id) {
  std::signal(SIGTERM, [](int) { terminated = true; });
  std::signal(SIGXFSZ, SIG_IGN);
  // The user's own programs go first.
  ::setpriority(PRIO_PROCESS, 0, 5);
  auto opened = store::Workspace::open(workspace_folder, store::Workspace::Mode::open);
  if (!opened) {
    log_error(opened.error().text());
    return 1;
  }
  store::Workspace workspace = std::move(opened).value();
  auto lock = store::FileLock::try_acquire(workspace.job_lock_path(job_id),
                                           store::FileLock::Mode::exclusive);
  if (!lock) {
    log_error("job " + std::to_string(job_id) +
              " is being worked on already: " + lock.error().text());
    return 1;
  }
  const auto job = workspace.job(job_id);
  if (!job) {
    log_error(job.error().text());
    return 1;
  }
  if (job->status != JobStatus::queued) {
    log_error("job " + std::to_string(job_id) + " is " + store::job_status_name(job->status) +
              ", not queued");
    return 1;
  }
  const auto status = guarded_body(workspace, *job);
  const JobStatus final_status = status ? *status : JobStatus::failed;
  std::string text;
  if (!status) {
    const Error& error = status.error();
    log_error(error.text());
    text = dump(error_json(error));
  }
  // A full disk may refuse these too; the next reader then finds a running job that nobody holds,
  // and says interrupted.
  if (job->kind == "train") {
    if (!status)
      if (auto run = workspace.run(job->run_id)) {
        json summary = run->summary.is_object() ? run->summary : json::object();
        summary["error"] = status.error().text();
        summary["job"] = job_id;
        (void)workspace.set_run_summary(job->run_id, summary).ok();
      }
    (void)workspace.set_run_status(job->run_id, store::job_status_name(final_status)).ok();
  }
  const auto written = workspace.set_job_status(job_id, final_status, text);
  log_info("job " + std::to_string(job_id) + " " + store::job_status_name(final_status));
  return status && written ? 0 : 1;
}

}  // namespace loupe::engine
