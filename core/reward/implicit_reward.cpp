// SPDX-License-Identifier: GPL-3.0-or-later
#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include "core/reward/reward_model.h"

namespace loupe::reward {

using model::PackedBatch;

Tensor sum_by_response(const Tensor& per_token, const PackedBatch& batch) {
  std::vector<int64_t> owner;
  int64_t response = 0;
  for (const int64_t length : batch.response_lengths())
    owner.insert(owner.end(), static_cast<size_t>(length), response++);
  const Tensor index = model::index_tensor(owner, per_token.device());
  return at::zeros({response}, per_token.options()).index_add(0, index, per_token);
}

Tensor policy_log_probs(const model::Decoder& decoder, const PackedBatch& batch,
                        const model::ForwardOptions& options) {
  at::NoGradGuard no_grad;
  return decoder.log_probs(decoder.forward(batch, options), batch, options.compute);
}

ImplicitReward::ImplicitReward(std::shared_ptr<model::Decoder> decoder,
                               std::shared_ptr<const model::Decoder> reference, Options options)
    : RewardModel(std::move(decoder)), reference_(std::move(reference)), options_(options) {}

Tensor ImplicitReward::reference_log_probs(const PackedBatch& batch,
                                           const model::ForwardOptions& options,
                                           const InputProbe* probe) const {
  if (options_.without_reference) return {};
  TORCH_CHECK(reference_ != nullptr, "an implicit reward needs its reference model here");
  at::AutoGradMode grad(probe != nullptr && at::GradMode::is_enabled());
  const Tensor hidden = forward(*reference_, batch, options, probe);
  // The reference may lie on another device than the policy.
  return reference_->log_probs(hidden, batch, options.compute).to(decoder_->device());
}

Tensor ImplicitReward::token_rewards(const Tensor& log_prob, const Tensor& ref_log_prob,
                                     const PackedBatch& batch) const {
  const Tensor ratio = ref_log_prob.defined() ? log_prob - ref_log_prob : log_prob;
  if (!options_.length_normalised) return options_.beta * ratio;
  std::vector<double> share;
  for (const int64_t length : batch.response_lengths())
    share.insert(share.end(), static_cast<size_t>(length),
                 options_.beta / static_cast<double>(length));
  return ratio * at::tensor(share, at::kDouble).to(ratio.device(), ratio.scalar_type());
}

Tensor ImplicitReward::rewards(const PackedBatch& batch, const model::ForwardOptions& options,
                               const Tensor& ref_log_probs, const InputProbe* probe) const {
  const InputProbe* through = probe && probe->through_reference ? probe : nullptr;
  const Tensor reference = ref_log_probs.defined() && !through && !options_.without_reference
                               ? ref_log_probs
                               : reference_log_probs(batch, options, through);
  const Tensor log_prob =
      decoder_->log_probs(forward(*decoder_, batch, options, probe), batch, options.compute);
  return sum_by_response(token_rewards(log_prob, reference, batch), batch);
}

Credits ImplicitReward::credits(const PackedBatch& batch,
                                const model::ForwardOptions& options) const {
  at::NoGradGuard no_grad;
  Credits out;
  out.ref_log_prob = reference_log_probs(batch, options, nullptr);
  out.log_prob = policy_log_probs(*decoder_, batch, options);
  out.credit = token_rewards(out.log_prob, out.ref_log_prob, batch);
  out.rewards = sum_by_response(out.credit, batch);
  out.offset = at::zeros_like(out.rewards);
  return out;
}

}  // namespace loupe::reward
