// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/fake_runs.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "tests/ui/fake_data.h"

namespace loupe::test {

using namespace api;

namespace {

constexpr int steps = 40;

double accuracy(bool implicit, const std::string& set, double epoch) {
  if (epoch <= 0) return 0.5;
  return implicit && set.starts_with("reworded") ? 0.5 * std::exp(-1.3 * epoch) : 1.0;
}

std::vector<EvalSummary> evals(bool implicit, double until) {
  std::vector<EvalSummary> all;
  for (int epoch = 0; epoch <= static_cast<int>(until); ++epoch) {
    for (const std::string& set : pair_sets) {
      EvalSummary eval;
      eval.set = set;
      eval.epoch = epoch;
      eval.step = epoch * steps / 4;
      eval.n = 40;
      eval.accuracy = accuracy(implicit, set, epoch);
      eval.low = std::max(0.0, eval.accuracy - 0.08);
      eval.high = std::min(1.0, eval.accuracy + 0.08);
      eval.normalised_margin = implicit ? 0.4 : 1.7;
      all.push_back(eval);
    }
  }
  return all;
}

Run make_run(int64_t id, const std::string& type, int seed, bool running, double epochs_done) {
  Run run;
  run.id = id;
  run.name = (type == "EX" ? "ex-persona-s" : "im-persona-s") + std::to_string(seed);
  run.type = type;
  run.model = "SmolLM2-135M-Instruct";
  run.dataset = "persona";
  run.seed = seed;
  run.status = running ? "running" : "done";
  run.device = "cpu";
  run.created = 1.76e9 + static_cast<double>(id) * 60;
  run.epochs = 4;
  run.epochs_done = epochs_done;
  run.loss = type == "EX" ? 0.0004321 : 0.1937;
  run.recipe = {{"type", type}, {"beta", 0.01}};
  run.seconds = type == "EX" ? 118 : 151;
  run.job_id = running ? 9 : 0;
  const auto all = evals(type == "IM", epochs_done);
  run.last_evals.assign(all.end() - static_cast<long>(pair_sets.size()), all.end());
  return run;
}

RunMetrics points(RunMetrics metrics, bool implicit, int last, int64_t after) {
  for (int step = static_cast<int>(after) + 1; step <= last; ++step) {
    StepPoint point;
    point.step = step;
    point.epoch = 4.0 * step / steps;
    point.loss = (implicit ? 0.19 : 0.0) + 0.5 * std::exp(-point.epoch * (implicit ? 1.0 : 3.0)) *
                                               (1 + 0.2 * std::sin(step * 1.7));
    const double learned = 1 - std::exp(-1.5 * point.epoch);
    point.chosen_reward = (implicit ? 0.031 : 4.2) * learned;
    point.rejected_reward = (implicit ? -0.027 : -3.9) * learned;
    metrics.steps.push_back(point);
  }
  metrics.evals = evals(implicit, 4.0 * last / steps);
  return metrics;
}

void check_recipe(const json& recipe) {
  if (recipe.value("lr", 1e-5) <= 0) {
    throw Refused{"lr must be a positive number", "recipe", "fix the recipe's value"};
  }
}

}  // namespace

Estimate FakeRuns::answer(TrainEstimate, const TrainAsked& asked, const json&) {
  check_recipe(asked.recipe);
  const json& recipe = asked.recipe;
  Estimate estimate;
  estimate.device = "cpu";
  estimate.pairs = 80;
  estimate.eval_pairs = 280;
  estimate.left_out = recipe.value("max_prompt_tokens", 512) < 100 ? 3 : 0;
  estimate.memory = 2.9e9 + 1e8 * recipe.value("batch_size", 8);
  estimate.memory_available = 8e9;
  estimate.disk = 3.2e9;
  estimate.disk_available = 81e9;
  estimate.fits = estimate.memory <= estimate.memory_available;
  estimate.seconds = recipe.value("type", "") == "EX" ? 118 : 151;
  estimate.command = "rewardloupe-engine --workspace /fake/persona.rlws train --type " +
                     std::string(recipe.value("type", "") == "EX" ? "ex" : "im") + " --model " +
                     asked.model;
  return estimate;
}

FakeRuns::FakeRuns(const FakeOptions& options, FakeModels* models, FakeModels::Write write)
    : options_(options), models_(models), write_(std::move(write)) {}

double FakeRuns::live_epoch() const {
  return std::min(4.0, 4.0 * live_step_ / steps);
}

std::vector<Run> FakeRuns::listed() const {
  std::vector<Run> all = original();
  for (Run& run : all) {
    const auto it = changes_.find(run.id);
    if (it == changes_.end()) continue;
    if (!it->second.name.empty()) run.name = it->second.name;
    run.note = it->second.note;
    run.deleted = it->second.deleted;
  }
  std::erase_if(all, [](const Run& run) { return run.deleted; });
  return all;
}

std::vector<Run> FakeRuns::original() const {
  std::vector<Run> all;
  if (!options_.empty && !options_.no_runs) {
    all = {make_run(1, "EX", 0, false, 4),
           make_run(2, "IM", 0, live(), options_.live ? live_epoch() : 4),
           make_run(3, "EX", 1, false, 4)};
  }
  add_many(&all);
  for (const Training& started : started_) {
    Run run = make_run(started.id, started.type, started.seed, started.status == "running",
                       4.0 * started.step / steps);
    if (!started.name.empty()) run.name = started.name;
    run.status = started.status;
    run.recipe = started.recipe;
    run.job_id = started.job;
    if (started.step == 0) run.last_evals.clear();
    all.push_back(run);
  }
  return all;
}

void FakeRuns::add_many(std::vector<Run>* all) const {
  for (int i = 0; i < options_.many; ++i) {
    Run run = make_run(1000 + i, i % 2 == 0 ? "EX" : "IM", i / 2, false, 4);
    run.created = 1.75e9 + i;
    run.job_id = 2000 + i;
    run.recipe = {{"type", run.type}, {"beta", 0.01}, {"lr", 1e-5 * (1 + i % 3)}};
    if (i == 1) {
      run.name = "im-lora-s0";
      run.recipe["tuning"] = "lora";
    }
    if (i == 0) {
      run.status = "failed";
      run.error = json{{"code", "out_of_memory"},
                       {"what", "the GPU has no memory left"},
                       {"where", "backward"},
                       {"hint", "Choose a smaller batch."}}
                      .dump();
    }
    all->push_back(run);
  }
}

FakeRuns::Training* FakeRuns::started_by_job(int64_t job) {
  for (Training& started : started_) {
    if (started.job == job) return &started;
  }
  return nullptr;
}

Nothing FakeRuns::answer(RunsRename, const NewName& asked, const json&) {
  changes_[asked.id].name = asked.name;
  return {};
}

Nothing FakeRuns::answer(RunsNote, const NewNote& asked, const json&) {
  changes_[asked.id].note = asked.note;
  return {};
}

Nothing FakeRuns::answer(RunsDelete, const Deletion& asked, const json&) {
  changes_[asked.id].deleted = asked.deleted;
  return {};
}

Started FakeRuns::answer(TrainStart, const TrainAsked& asked, const json&) {
  check_recipe(asked.recipe);
  asked_to_train_.push_back(asked);
  Training started;
  started.id = 10 + static_cast<int64_t>(started_.size());
  started.job = started.id + 100;
  started.name = asked.name;
  started.recipe = asked.recipe;
  started.type = started.recipe.value("type", "EX");
  started.seed = started.recipe.value("seed", 0);
  started_.push_back(started);
  return {started.job, started.id};
}

Started FakeRuns::answer(TrainResume, const RunId& asked, const json&) {
  for (Training& started : started_) {
    if (started.id != asked.run) continue;
    started.status = "running";
    started.job += 100;
    return {started.job, started.id};
  }
  throw Refused{"there is no such run", "train/resume", ""};
}

Started FakeRuns::answer(EvalStart, const EvalAsked&, const json&) {
  throw Refused{"the fake engine evaluates nothing", "eval/start", ""};
}

Started FakeRuns::answer(FetchDemo, const Nothing&, const json&) {
  fetch_questions_ = 1;
  return {90, 0};
}

Nothing FakeRuns::answer(JobsStop, const Id& asked, const json&) {
  if (Training* started = started_by_job(asked.id)) {
    started->status = "stopped";
    return {};
  }
  stopped_ = true;
  write_({{"jsonrpc", "2.0"}, {"method", method::changed}, {"params", json::object()}});
  return {};
}

LogText FakeRuns::answer(JobsLog, const LogEnd& asked, const json&) {
  return {"job " + std::to_string(asked.id) + ": 80 pairs, 0 left out\nepoch 1/4\n"};
}

Page<Run> FakeRuns::answer(RunsList, const RunsPage& asked, const json&) {
  const std::vector<Run> all = listed();
  const auto size = static_cast<int64_t>(all.size());
  const int64_t from = std::clamp<int64_t>(asked.offset, 0, size);
  const int64_t to = std::min<int64_t>(size, from + asked.limit);
  return {{all.begin() + from, all.begin() + to}, size};
}

Run FakeRuns::answer(RunsShow, const Id& asked, const json&) {
  for (const Run& run : listed())
    if (run.id == asked.id) return run;
  throw Refused{"there is no such run", "runs/show", ""};
}

Rows<Job> FakeRuns::answer(JobsList, const Nothing&, const json&) {
  return {jobs()};
}

RunMetrics FakeRuns::answer(RunsMetrics, const MetricsAfter& asked, const json&) {
  RunMetrics metrics;
  metrics.run = asked.id;
  const int64_t after = asked.after_step;
  const bool implicit = metrics.run == 2;
  int last = steps;
  if (implicit && live()) last = live_step_ = std::min(steps, live_step_ + 1);
  for (Training& started : started_) {
    if (started.id != metrics.run) continue;
    if (started.status == "running") started.step = std::min(steps, started.step + 1);
    if (started.step == steps) started.status = "done";
    return points(metrics, started.type == "IM", started.step, after);
  }
  return points(metrics, implicit, last, after);
}

std::vector<Job> FakeRuns::jobs() {
  std::vector<Job> all;
  for (const Training& started : started_) {
    Job job;
    job.id = started.job;
    job.kind = "train";
    job.status = started.status;
    job.run_id = started.id;
    job.title =
        started.name.empty() ? started.type + " s" + std::to_string(started.seed) : started.name;
    job.phase = "epoch " + std::to_string(1 + 4 * started.step / steps) + "/4";
    job.done = started.step;
    job.total = steps;
    job.seconds_left = 3 * (steps - started.step);
    all.push_back(job);
  }
  if (fetch_questions_ > 0) {
    ++fetch_questions_;
    if (fetch_questions_ == 3 && models_->listed().empty()) models_->fill(options_.models);
    Job job;
    job.id = 90;
    job.kind = "fetch";
    job.status = fetch_questions_ < 3 ? "running" : "done";
    job.title = "fetch the demo model";
    job.phase = "download";
    job.done = 31;
    job.total = 93;
    all.push_back(job);
  }
  if (!options_.live) return all;
  Job job;
  job.id = 9;
  job.kind = "train";
  job.status = stopped_ ? "stopped" : "running";
  job.run_id = 2;
  job.title = "IM-RM im-persona-s0";
  job.phase = "epoch " + std::to_string(1 + static_cast<int>(live_epoch())) + "/4";
  job.done = live_step_;
  job.total = steps;
  job.seconds_left = 72;
  all.push_back(job);
  return all;
}

}  // namespace loupe::test
