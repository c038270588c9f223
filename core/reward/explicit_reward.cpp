// SPDX-License-Identifier: GPL-3.0-or-later
#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <cmath>

#include "core/data/random.h"
#include "core/reward/reward_model.h"

namespace loupe::reward {

namespace {

using model::PackedBatch;

using model::index_tensor;
using model::take_rows;

// Box-Muller on our own generator: the same head for a seed on every platform and device.
Tensor draw_head(int64_t width, double sd, uint64_t seed) {
  data::Random random(seed);
  std::vector<double> values;
  while (static_cast<int64_t>(values.size()) < width) {
    const double radius = std::sqrt(-2 * std::log(1 - random.uniform()));
    const double angle = 2 * M_PI * random.uniform();
    values.push_back(sd * radius * std::cos(angle));
    values.push_back(sd * radius * std::sin(angle));
  }
  values.resize(static_cast<size_t>(width));
  return at::tensor(values, at::kDouble).unsqueeze(0);
}

std::vector<int64_t> last_prompt_index(const PackedBatch& batch) {
  std::vector<int64_t> index;
  for (const auto& group : batch.groups)
    for (size_t i = 0; i < group.responses.size(); ++i) index.push_back(group.prompt.end() - 1);
  return index;
}

std::vector<int64_t> response_index(const PackedBatch& batch) {
  std::vector<int64_t> index;
  for (const auto& group : batch.groups)
    for (const auto& response : group.responses)
      for (int64_t i = response.begin; i < response.end(); ++i) index.push_back(i);
  return index;
}

}  // namespace

ExplicitReward::ExplicitReward(std::shared_ptr<model::Decoder> decoder, uint64_t seed,
                               Pooling pooling, double head_sd)
    : RewardModel(std::move(decoder)), pooling_(pooling) {
  const auto& config = decoder_->config();
  const double sd = head_sd > 0 ? head_sd
                                : config.initializer_range.value_or(
                                      1.0 / std::sqrt(static_cast<double>(config.hidden_size)));
  head_ = draw_head(config.hidden_size, sd, seed).to(decoder_->device(), decoder_->residual());
}

ExplicitReward::ExplicitReward(std::shared_ptr<model::Decoder> decoder, const Tensor& head,
                               Pooling pooling)
    : RewardModel(std::move(decoder)), pooling_(pooling) {
  head_ = head.detach().to(decoder_->device(), decoder_->residual(), false, true).reshape({1, -1});
}

Tensor ExplicitReward::rewards(const PackedBatch& batch, const model::ForwardOptions& options,
                               const Tensor&, const InputProbe* probe) const {
  const Tensor hidden = forward(*decoder_, batch, options, probe);
  if (pooling_ == Pooling::last) {
    const Tensor last = take_rows(hidden, index_tensor(batch.last_index(), hidden.device()));
    return at::mv(last, head_.squeeze(0));
  }
  const Tensor states = take_rows(hidden, index_tensor(response_index(batch), hidden.device()));
  const Tensor lengths =
      index_tensor(batch.response_lengths(), hidden.device()).to(hidden.scalar_type());
  return sum_by_response(at::mv(states, head_.squeeze(0)), batch) / lengths;
}

Credits ExplicitReward::credits(const PackedBatch& batch,
                                const model::ForwardOptions& options) const {
  at::NoGradGuard no_grad;
  const Tensor hidden = decoder_->forward(batch, options);
  const Tensor values = at::mv(hidden, head_.squeeze(0));  // u.h at every position
  const Tensor here = take_rows(values, index_tensor(response_index(batch), hidden.device()));
  Credits out;
  if (pooling_ == Pooling::mean) {
    std::vector<double> share;
    for (const int64_t length : batch.response_lengths())
      share.insert(share.end(), static_cast<size_t>(length), 1.0 / static_cast<double>(length));
    out.credit = here * at::tensor(share, at::kDouble).to(hidden.device(), hidden.scalar_type());
    out.rewards = sum_by_response(out.credit, batch);
    out.offset = at::zeros_like(out.rewards);
    return out;
  }
  out.credit = here - take_rows(values, index_tensor(batch.predictor_index(), hidden.device()));
  out.rewards = take_rows(values, index_tensor(batch.last_index(), hidden.device()));
  out.offset = take_rows(values, index_tensor(last_prompt_index(batch), hidden.device()));
  return out;
}

}  // namespace loupe::reward
