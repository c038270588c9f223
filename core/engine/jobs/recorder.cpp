// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/jobs/recorder.h"

#include "core/api/messages.h"
#include "core/base/log.h"
#include "core/engine/jobs/job_data.h"
#include "core/engine/wire.h"

namespace loupe::engine {

void Recorder::step(const train::StepEvent& e) {
  store::StepMetric metric;
  metric.step = e.step;
  metric.epoch = e.epoch;
  metric.loss = e.loss;
  metric.accuracy = e.accuracy;
  metric.chosen_reward = e.chosen_reward;
  metric.rejected_reward = e.rejected_reward;
  metric.grad_norm = e.grad_norm;
  metric.lr = e.lr;
  metric.seconds = e.seconds;
  steps_.push_back(metric);
  summary_["loss"] = api::number_to_json(e.loss);
  summary_["epoch"] = e.epoch;
  summary_["seconds"] = e.seconds;
  flush(false);
}

void Recorder::evaluated(const train::EvalEvent& e) {
  note(store_evaluation(workspace_, run_, e));
  summary_["accuracy"][e.set] = e.measures.at("accuracy");
  flush(true);
  log_info(e.set + " after epoch " + std::to_string(e.epoch) + ": accuracy " +
           std::to_string(e.measures.at("accuracy")) + ", mean margin " +
           std::to_string(e.measures.at("margin_mean")));
}

void Recorder::progress(const Progress& p) {
  progress_ = progress_json(p);
  flush(false);
}

void Recorder::flush(bool now) {
  const auto time = std::chrono::steady_clock::now();
  if (!now && time - last_ < std::chrono::seconds(1)) return;
  last_ = time;
  if (!steps_.empty()) note(workspace_.add_steps(run_, steps_));
  steps_.clear();
  summary_["job"] = job_;
  note(workspace_.set_run_summary(run_, summary_));
  if (!progress_.is_null()) note(workspace_.set_job_progress(job_, progress_));
}

}  // namespace loupe::engine
