// SPDX-License-Identifier: GPL-3.0-or-later
// Many pairs scored with no text computed twice: a prompt once for all its responses, a response
// once however many pairs name it (the four rewordings of a persona statement are four responses,
// not eight).
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/base/progress.h"
#include "core/data/encode.h"
#include "core/reward/reward_model.h"

namespace loupe::reward {

struct PlannedBatch {
  model::PackedBatch packed;
  std::vector<int64_t> slots;  // where each response's reward goes
};

class ScorePlan {
 public:
  // The plan depends on the pairs and the model's config alone, so the same pairs are always packed
  // alike. `budget`: tokens in a batch.
  ScorePlan(const std::vector<std::span<const data::EncodedPair>>& sets,
            const model::DecoderConfig& config, int64_t budget = 2048);

  const std::vector<PlannedBatch>& batches() const { return batches_; }
  int64_t slot_count() const { return slot_count_; }
  int64_t tokens() const;
  // Slots of pair `index` of set `set`.
  std::pair<int64_t, int64_t> slots(size_t set, size_t index) const {
    return pair_slots_[set][index];
  }

 private:
  std::vector<PlannedBatch> batches_;
  std::vector<std::vector<std::pair<int64_t, int64_t>>> pair_slots_;
  int64_t slot_count_ = 0;
};

// Log-probabilities of a decoder over a plan, one tensor a batch, on the CPU.
std::vector<Tensor> plan_log_probs(const model::Decoder& decoder, const ScorePlan& plan,
                                   const model::ForwardOptions& options,
                                   const ProgressFn& progress = {});

// Rewards by slot. `ref_log_probs`: plan_log_probs of the reference, or empty (the model makes its
// own).
std::vector<double> score(const RewardModel& model, const ScorePlan& plan,
                          const model::ForwardOptions& options,
                          const std::vector<Tensor>& ref_log_probs,
                          const ProgressFn& progress = {});

}  // namespace loupe::reward
