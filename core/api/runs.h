// SPDX-License-Identifier: GPL-3.0-or-later
// Training runs: rows, curves and evaluations.
#pragma once

#include <nlohmann/json.hpp>

#include "core/api/method.h"

namespace loupe::api {

struct EvalSummary {
  std::string set;
  double epoch = 0;
  int64_t step = 0;
  int64_t n = 0, ties = 0;
  double accuracy = 0, low = 0, high = 0;  // 95 % interval
  double margin_mean = 0, margin_sd = 0, normalised_margin = 0, loss = 0;
  double chosen_mean = 0, rejected_mean = 0;
  LOUPE_FIELDS(EvalSummary, set, epoch, step, n, ties, accuracy, low, high, margin_mean, margin_sd,
               normalised_margin, loss, chosen_mean, rejected_mean)
};

struct Run {
  int64_t id = 0;
  std::string name;
  std::string type;  // "EX", "IM"
  std::string model, dataset;
  int64_t seed = 0;
  std::string status;  // queued, running, done, stopped, failed, interrupted
  std::string device, note;
  double created = 0, started = 0, ended = 0;
  double seconds = 0;  // of training and evaluation
  double epochs = 0, epochs_done = 0;
  double loss = 0;  // last
  int64_t job_id = 0;
  std::string error;
  bool deleted = false;
  json recipe;
  std::vector<EvalSummary> last_evals;  // of the last evaluation, one a set
  LOUPE_FIELDS(Run, id, name, type, model, dataset, seed, status, device, note, created, started,
               ended, seconds, epochs, epochs_done, loss, job_id, error, deleted, recipe,
               last_evals)
};

struct StepPoint {
  int64_t step = 0;
  double epoch = 0, loss = 0, accuracy = 0, chosen_reward = 0, rejected_reward = 0;
  double grad_norm = 0, lr = 0, seconds = 0;  // seconds: since the run began, pauses left out
  LOUPE_FIELDS(StepPoint, step, epoch, loss, accuracy, chosen_reward, rejected_reward, grad_norm,
               lr, seconds)
};

struct RunMetrics {
  int64_t run = 0;
  std::vector<StepPoint> steps;    // those after `after_step`, at most `limit`
  std::vector<EvalSummary> evals;  // all
  LOUPE_FIELDS(RunMetrics, run, steps, evals)
};

struct RunsPage {
  int64_t offset = 0, limit = max_page;
  LOUPE_FIELDS(RunsPage, offset, limit)
};
struct RunsList : Method<RunsPage, Page<Run>> {
  static constexpr const char* name = "runs/list";  // newest first
  static constexpr Lane lane = Lane::store;
};
struct RunsShow : Method<Id, Run> {
  static constexpr const char* name = "runs/show";
  static constexpr Lane lane = Lane::store;
};

struct MetricsAfter {
  int64_t id = 0, after_step = -1, limit = max_page;
  LOUPE_ASKED(MetricsAfter, (id), (after_step, limit))
};
struct RunsMetrics : Method<MetricsAfter, RunMetrics> {
  static constexpr const char* name = "runs/metrics";
  static constexpr Lane lane = Lane::store;
};

struct NewName {
  int64_t id = 0;
  std::string name;
  LOUPE_ASKED(NewName, (id, name), ())
};
struct RunsRename : Method<NewName, Nothing> {
  static constexpr const char* name = "runs/rename";
  static constexpr Lane lane = Lane::store;
};

struct NewNote {
  int64_t id = 0;
  std::string note;
  LOUPE_ASKED(NewNote, (id, note), ())
};
struct RunsNote : Method<NewNote, Nothing> {
  static constexpr const char* name = "runs/note";
  static constexpr Lane lane = Lane::store;
};

struct Deletion {
  int64_t id = 0;
  bool deleted = true;  // a flag, so that undo is exact
  LOUPE_ASKED(Deletion, (id), (deleted))
};
struct RunsDelete : Method<Deletion, Nothing> {
  static constexpr const char* name = "runs/delete";
  static constexpr Lane lane = Lane::store;
};

using RunMethods = Methods<RunsList, RunsShow, RunsMetrics, RunsRename, RunsNote, RunsDelete>;

}  // namespace loupe::api
