// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/jobs.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <set>
#include <thread>

#include "core/api/field_info.h"
#include "core/base/file.h"
#include "core/engine/models.h"
#include "core/engine/wire.h"

extern char** environ;

namespace loupe::engine {

namespace {

namespace fs = std::filesystem;

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

Result<void> stop_job(store::Workspace& workspace, int64_t id) {
  LOUPE_CHECK(workspace.reap_dead_jobs());
  LOUPE_TRY(const auto job, workspace.job(id));
  if (is_final(job.status))
    return Error{
        ErrorCode::invalid_input,
        "job " + std::to_string(id) + " is " + store::job_status_name(job.status) + " already", "",
        ""};
  return workspace.request_stop(id);
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
  LOUPE_TRY(const auto jobs, workspace.jobs());
  for (const auto& job : jobs) {
    if (job.run_id != run_id || job.kind != "train") continue;
    StartedJob started;
    started.run = run_id;
    json request = job.request;
    request["resume"] = true;
    LOUPE_TRY(started.job, workspace.add_job("train", request, run_id));
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
  LOUPE_TRY(const auto jobs, workspace.jobs());
  for (const auto& job : jobs)
    if (job.kind == "fetch" && !is_final(job.status)) return StartedJob{job.id, 0};
  StartedJob started;
  LOUPE_TRY(started.job, workspace.add_job("fetch", {{"what", "demo-model"}}));
  return started;
}

namespace {

Result<void> spawn(const store::Workspace& workspace, int64_t job_id, const std::string& program) {
  std::error_code ignored;
  const fs::path self =
      program.empty() ? fs::read_symlink("/proc/self/exe", ignored) : fs::path(program);
  const fs::path log = workspace.artifacts(job_id) / "log";
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  const std::string folder = workspace.folder().string();
  const std::string id = std::to_string(job_id);
  std::vector<std::string> words{self.string(), "job", id, "--workspace", folder};
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  // OpenMP's threads spin at every barrier; on shared cores that starves the very thread they wait
  // for. A short spin costs nothing where the cores are free.
  std::vector<char*> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) environment.push_back(*entry);
  std::string spin = "GOMP_SPINCOUNT=10000";
  if (std::getenv("GOMP_SPINCOUNT") == nullptr && std::getenv("OMP_WAIT_POLICY") == nullptr)
    environment.push_back(spin.data());
  environment.push_back(nullptr);
  pid_t pid = 0;
  const int status =
      posix_spawn(&pid, self.c_str(), &actions, &attributes, argv.data(), environment.data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (status != 0)
    return Error{ErrorCode::io,
                 std::string("the job's process could not be started: ") + std::strerror(status),
                 self.string(),
                 "check that the program is there and that memory and process limits allow it"};
  // Its exit code is in the store; reaping keeps the process table clean while we live.
  std::thread([pid] { ::waitpid(pid, nullptr, 0); }).detach();
  return {};
}

}  // namespace

Result<void> start_process(store::Workspace& workspace, int64_t job_id,
                           const std::string& program) {
  auto started = spawn(workspace, job_id, program);
  if (started) return {};
  LOUPE_TRY(const auto job, workspace.job(job_id));
  const char* failed = store::job_status_name(store::JobStatus::failed);
  LOUPE_CHECK(workspace.set_job_status(job_id, store::JobStatus::failed,
                                       dump(error_json(started.error()))));
  if (job.run_id != 0 && job.kind == "train")
    LOUPE_CHECK(workspace.set_run_status(job.run_id, failed));
  return started;
}

std::string job_log_tail(const store::Workspace& workspace, int64_t job_id, size_t bytes) {
  std::ifstream stream(workspace.folder() / "artifacts" / std::to_string(job_id) / "log",
                       std::ios::binary);
  if (!stream) return "";
  stream.seekg(0, std::ios::end);
  const auto size = static_cast<size_t>(std::max<std::streamoff>(0, stream.tellg()));
  stream.seekg(static_cast<std::streamoff>(size > bytes ? size - bytes : 0));
  return {std::istreambuf_iterator<char>(stream), {}};
}

api::Job to_api(const store::Workspace& workspace, const store::JobRow& row) {
  api::Job job;
  job.id = row.id;
  job.kind = row.kind;
  job.status = store::job_status_name(row.status);
  job.error = row.error;
  job.run_id = row.run_id;
  if (row.kind == "fetch") job.title = "fetch the demo model";
  if (const auto run = workspace.run(row.run_id))
    job.title = (row.kind == "eval" ? "evaluate " : "") + run->name;
  if (row.progress.is_object()) {
    job.phase = row.progress.value("phase", "");
    job.done = row.progress.value("done", 0.0);
    job.total = row.progress.value("total", 0.0);
    job.seconds_left = row.progress.value("seconds_left", -1.0);
  }
  job.created = row.created;
  job.started = row.started;
  job.ended = row.ended;
  if (row.status == store::JobStatus::failed) job.log_tail = job_log_tail(workspace, row.id);
  return job;
}

api::EvalSummary to_api(const store::EvalMetric& metric) {
  api::EvalSummary out;
  out.set = metric.set;
  out.epoch = metric.epoch;
  out.step = metric.step;
  const json& m = metric.measures;
  const auto number = [&](const char* key) {
    return m.contains(key) ? api::number_from_json(m[key]) : 0.0;
  };
  out.n = m.value("n", int64_t{0});
  out.ties = m.value("ties", int64_t{0});
  out.accuracy = number("accuracy");
  out.low = number("accuracy_low");
  out.high = number("accuracy_high");
  out.margin_mean = number("margin_mean");
  out.margin_sd = number("margin_sd");
  out.normalised_margin = number("normalised_margin");
  out.loss = number("loss");
  out.chosen_mean = number("chosen_mean");
  out.rejected_mean = number("rejected_mean");
  return out;
}

api::Run to_api(const store::Workspace& workspace, const store::RunRow& row) {
  api::Run run;
  run.id = row.id;
  run.name = row.name;
  run.type = row.type;
  if (const auto model = workspace.model(row.model_id)) run.model = model->name;
  if (const auto dataset = workspace.dataset(row.dataset_id)) {
    // "train" alone would say nothing in a table of runs on several data sets.
    run.dataset = data::label_of(dataset->details);
    if (run.dataset.empty()) run.dataset = dataset->name;
  }
  run.recipe = api::with_present_keys(api::infos<api::Recipe>(), row.recipe);
  run.seed = row.recipe.value("seed", int64_t{0});
  run.status = row.status;
  run.device = row.device;
  run.note = row.note;
  run.created = row.created;
  run.started = row.started;
  run.ended = row.ended;
  run.deleted = row.deleted;
  run.epochs = row.recipe.value("epochs", 0.0);
  if (row.summary.is_object()) {
    run.seconds = row.summary.value("seconds", 0.0);
    run.epochs_done = row.summary.value("epoch", 0.0);
    run.loss = row.summary.contains("loss") ? api::number_from_json(row.summary["loss"]) : 0.0;
    run.job_id = row.summary.value("job", int64_t{0});
    run.error = row.summary.value("error", "");
  }
  if (const auto evals = workspace.evals(row.id)) {
    int64_t last = -1;
    for (const auto& eval : *evals) last = std::max(last, eval.step);
    for (const auto& eval : *evals)
      if (eval.step == last) run.last_evals.push_back(to_api(eval));
  }
  return run;
}

}  // namespace loupe::engine
