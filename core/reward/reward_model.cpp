// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/reward/reward_model.h"

#include <ATen/ATen.h>

namespace loupe::reward {

PairLoss RewardModel::pair_loss(const model::PackedBatch& batch,
                                const model::ForwardOptions& options,
                                const Tensor& ref_log_probs) const {
  PairLoss out;
  out.rewards = rewards(batch, options, ref_log_probs).view({-1, 2});
  out.losses = -at::log_sigmoid(out.rewards.select(1, 0) - out.rewards.select(1, 1));
  return out;
}

Credits RewardModel::credits(const model::PackedBatch& batch,
                             const model::ForwardOptions& options) const {
  at::NoGradGuard no_grad;
  Credits out;
  out.rewards = out.offset = rewards(batch, options, {});
  out.credit = at::zeros({batch.response_tokens()}, out.rewards.options());
  return out;
}

}  // namespace loupe::reward
