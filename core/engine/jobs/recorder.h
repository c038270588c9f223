// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "core/base/progress.h"
#include "core/store/workspace.h"
#include "core/train/trainer.h"

namespace loupe::engine {

// Everything a training job writes, at most once a second for what comes fast.
class Recorder {
 public:
  Recorder(store::Workspace& workspace, int64_t job, int64_t run)
      : workspace_(workspace), job_(job), run_(run) {}

  void step(const train::StepEvent& e);
  void evaluated(const train::EvalEvent& e);
  void progress(const Progress& p);
  void flush(bool now);
  store::json& summary() { return summary_; }
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
  store::json summary_ = store::json::object();
  store::json progress_;
  std::optional<Error> failure_;
  std::chrono::steady_clock::time_point last_{};
};

}  // namespace loupe::engine
