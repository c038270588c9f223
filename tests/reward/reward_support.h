// SPDX-License-Identifier: GPL-3.0-or-later
// Pairs made by seed and reward models on the tiny golden decoders.
#pragma once

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "core/data/random.h"
#include "core/reward/reward_model.h"
#include "core/reward/score_plan.h"
#include "tests/model/golden_models.h"

namespace loupe::test {

// Of models that turn long texts as they turn short ones.
inline const model::DecoderConfig everything_shared;

constexpr int64_t tiny_vocab = 320;

inline std::vector<int32_t> draw_ids(data::Random& random, uint64_t count) {
  std::vector<int32_t> out(count);
  for (auto& id : out) id = static_cast<int32_t>(random.below(tiny_vocab));
  return out;
}

// Pairs of `size` tokens in all (prompt, chosen, rejected), unevenly split: a budget of k * size
// gives batches of k prompts.
inline std::vector<data::EncodedPair> draw_pairs(int64_t count, uint64_t size, uint64_t seed) {
  data::Random random(seed);
  std::vector<data::EncodedPair> out;
  for (int64_t i = 0; i < count; ++i) {
    const uint64_t prompt = 1 + random.below(size - 2);
    const uint64_t chosen = 1 + random.below(size - prompt - 1);
    data::EncodedPair pair;
    pair.prompt = draw_ids(random, prompt);
    pair.chosen = draw_ids(random, chosen);
    pair.rejected = draw_ids(random, size - prompt - chosen);
    pair.index = pair.cluster = i;
    out.push_back(std::move(pair));
  }
  return out;
}

// A decoder whose every parameter is off by noise: a policy that has left its reference.
inline std::shared_ptr<model::Decoder> moved(const model::Decoder& from) {
  at::NoGradGuard no_grad;
  const auto out = from.clone();
  at::manual_seed(4);
  for (const auto& [name, parameter] : out->parameters())
    parameter.detach().add_(at::randn_like(parameter) * 0.05);
  out->parameters_changed();
  return out;
}

struct NamedModel {
  std::string name;
  std::unique_ptr<reward::RewardModel> model;
};

constexpr double tiny_beta = 0.25;

inline std::vector<NamedModel> every_kind(const std::string& variant,
                                          at::ScalarType residual = at::kFloat) {
  const auto reference = tiny_decoder(variant, residual);
  const auto policy = moved(*reference);
  using reward::ExplicitReward;
  using reward::ImplicitReward;
  std::vector<NamedModel> out;
  out.push_back({"EX", std::make_unique<ExplicitReward>(policy, 3)});
  out.push_back(
      {"EX mean", std::make_unique<ExplicitReward>(policy, 3, ExplicitReward::Pooling::mean)});
  const auto implicit = [&](const std::string& name, bool normalised, bool alone) {
    out.push_back(
        {name, std::make_unique<ImplicitReward>(
                   policy, reference, ImplicitReward::Options{tiny_beta, normalised, alone})});
  };
  implicit("IM", false, false);
  implicit("IM length-normalised", true, false);
  implicit("IM without reference", false, true);
  return out;
}

inline model::PackedBatch alone(const std::vector<int32_t>& prompt,
                                const std::vector<int32_t>& response) {
  model::PackedBatch batch(everything_shared);
  batch.add_group(prompt, {response});
  return batch;
}

inline double reward_alone(const reward::RewardModel& model, const std::vector<int32_t>& prompt,
                           const std::vector<int32_t>& response) {
  at::NoGradGuard no_grad;
  return model.rewards(alone(prompt, response), {}, {}).item<double>();
}

// How far a reward may be off in fp32: for IM 1e-5 nat a token before beta, for EX 1e-5 of
// sum |u_i h_i| (of its mean over the response where the states are averaged).
inline double allowed(const NamedModel& named, const std::vector<int32_t>& prompt,
                      const std::vector<int32_t>& response) {
  const auto length = static_cast<double>(response.size());
  if (named.name == "IM length-normalised") return tiny_beta * 1e-5;
  if (named.model->type() == "IM") return tiny_beta * 1e-5 * length;
  at::NoGradGuard no_grad;
  const auto hidden = named.model->decoder().forward(alone(prompt, response), {});
  const auto head = named.model->own_parameters().at(0).second;
  const auto terms = (hidden * head).abs().sum(1).slice(0, static_cast<int64_t>(prompt.size()));
  return 1e-5 * (named.name == "EX mean" ? terms.mean() : terms[-1]).item<double>();
}

}  // namespace loupe::test
