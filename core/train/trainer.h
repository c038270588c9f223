// SPDX-License-Identifier: GPL-3.0-or-later
// The training loop of a reward model: emits events, writes nothing but checkpoints where it is
// told to.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/data/encode.h"
#include "core/eval/measure.h"
#include "core/reward/reward_model.h"
#include "core/reward/score_plan.h"
#include "core/train/optimizer.h"
#include "core/train/recipe.h"

namespace loupe::train {

struct StepEvent {
  int64_t step = 0;  // optimiser steps done
  double epoch = 0;
  double loss = 0, accuracy = 0, chosen_reward = 0, rejected_reward = 0, grad_norm = 0, lr = 0;
  double seconds = 0;  // since training began, earlier sessions included
};

struct EvalEvent {
  int64_t step = 0;
  double epoch = 0;
  std::string set;
  eval::Values measures;
  std::vector<int64_t> index, cluster;  // of each pair
  std::vector<double> chosen, rejected;
};

// The event of a set that stands at `place` in `plan`; step and epoch are the caller's.
EvalEvent eval_event(const data::EncodedDataset& set, const reward::ScorePlan& plan, size_t place,
                     const std::vector<double>& rewards);

// What the loop tells, all on the thread that calls run(). `stop` is asked at every step.
struct Observer {
  std::function<void(const StepEvent&)> on_step;
  std::function<void(const EvalEvent&)> on_eval;
  std::function<Result<void>(int64_t step, double epoch, bool last)>
      on_checkpoint;  // call save_checkpoint
  std::function<void(const Progress&)> on_progress;
  std::function<bool()> stop;
};

enum class Outcome { done, stopped };

class Trainer {
 public:
  // `reward`: as RewardKind::fresh makes it of a decoder that make_trainable gives; it becomes the
  // trained one. Throws what torch throws.
  Trainer(std::unique_ptr<reward::RewardModel> reward, Recipe recipe, data::EncodedDataset train,
          std::vector<data::EncodedDataset> eval_sets);

  // From the start, or from the checkpoint named by resume_from. The reference is the base model
  // either way.
  Result<Outcome> run(const Observer& observer);

  // Parameters, head, optimiser and position in the data; atomic. Without the optimiser a
  // checkpoint cannot be resumed.
  Result<void> save_checkpoint(const std::filesystem::path& path, bool with_optimizer) const;
  // Only before run(): the reward's decoder must still be the base model then.
  Result<void> resume_from(const std::filesystem::path& path);

  const reward::RewardModel& reward_model() const { return *reward_; }
  int64_t total_steps() const;

 private:
  struct Batch {
    model::PackedBatch packed;
    std::vector<size_t> pairs;
  };
  Batch make_batch(std::span<const int64_t> order) const;
  void compute_references(const Observer& observer);
  Tensor references_of(const Batch& batch) const;
  StepEvent step(std::span<const int64_t> order);
  void evaluate(const Observer& observer);
  Result<void> load_checkpoint();

  Recipe recipe_;
  model::ForwardOptions options_;
  data::EncodedDataset train_;
  std::vector<data::EncodedDataset> eval_sets_;
  std::unique_ptr<reward::RewardModel> reward_;
  std::unique_ptr<AdamW> optimizer_;
  reward::ScorePlan eval_plan_;
  std::vector<Tensor> eval_references_;  // a tensor a batch of the plan
  std::vector<std::pair<Tensor, Tensor>>
      train_references_;  // a pair: log pi_ref of chosen and rejected tokens
  bool references_ready_ = false;
  int64_t steps_done_ = 0;
  double seconds_before_ = 0;  // of earlier sessions
  mutable double seconds_now_ = 0;
  std::optional<std::filesystem::path> checkpoint_;
};

}  // namespace loupe::train
