// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/reward/score_plan.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <map>

namespace loupe::reward {

namespace {

using Ids = std::vector<int32_t>;

struct Group {
  const Ids* prompt = nullptr;
  std::vector<const Ids*> responses;
  std::vector<int64_t> slots;
};

struct ByContent {
  bool operator()(const Ids* a, const Ids* b) const { return *a < *b; }
};

int64_t size_of(const Ids& ids) {
  return static_cast<int64_t>(ids.size());
}

// A group that is too long to share its prompt, as one of each response.
std::vector<Group> apart(std::vector<Group> groups, int64_t shared_positions) {
  std::vector<Group> out;
  for (auto& group : groups) {
    int64_t longest = 0;
    for (const auto* response : group.responses) longest = std::max(longest, size_of(*response));
    if (size_of(*group.prompt) + longest <= shared_positions) {
      out.push_back(std::move(group));
      continue;
    }
    for (size_t i = 0; i < group.responses.size(); ++i)
      out.push_back({group.prompt, {group.responses[i]}, {group.slots[i]}});
  }
  return out;
}

}  // namespace

ScorePlan::ScorePlan(const std::vector<std::span<const data::EncodedPair>>& sets,
                     const model::DecoderConfig& config, int64_t budget) {
  std::map<const Ids*, size_t, ByContent> group_of;
  std::vector<Group> groups;
  std::vector<std::map<const Ids*, int64_t, ByContent>> known;
  for (const auto set : sets) {
    auto& slots = pair_slots_.emplace_back();
    for (const auto& pair : set) {
      const auto [found, added] = group_of.try_emplace(&pair.prompt, groups.size());
      if (added) {
        groups.push_back({&pair.prompt, {}, {}});
        known.emplace_back();
      }
      const size_t g = found->second;
      const auto slot_of = [&](const Ids& response) {
        const auto [at, fresh] = known[g].try_emplace(&response, slot_count_);
        if (fresh) {
          groups[g].responses.push_back(&response);
          groups[g].slots.push_back(slot_count_++);
        }
        return at->second;
      };
      const int64_t chosen = slot_of(pair.chosen);
      slots.emplace_back(chosen, slot_of(pair.rejected));
    }
  }
  for (const auto& group : apart(std::move(groups), config.shared_positions())) {
    int64_t size = size_of(*group.prompt);
    for (const auto* response : group.responses) size += size_of(*response);
    if (batches_.empty() || batches_.back().packed.tokens() + size > budget)
      batches_.push_back({model::PackedBatch(config), {}});
    auto& batch = batches_.back();
    std::vector<std::span<const int32_t>> responses(group.responses.size());
    for (size_t i = 0; i < responses.size(); ++i) responses[i] = *group.responses[i];
    batch.packed.add_group(*group.prompt, responses);
    batch.slots.insert(batch.slots.end(), group.slots.begin(), group.slots.end());
  }
}

int64_t ScorePlan::tokens() const {
  int64_t total = 0;
  for (const auto& batch : batches_) total += batch.packed.tokens();
  return total;
}

std::vector<Tensor> plan_log_probs(const model::Decoder& decoder, const ScorePlan& plan,
                                   const model::ForwardOptions& options,
                                   const ProgressFn& progress) {
  std::vector<Tensor> out;
  double done = 0;
  for (const auto& batch : plan.batches()) {
    out.push_back(policy_log_probs(decoder, batch.packed, options).cpu());
    done += static_cast<double>(batch.packed.tokens());
    if (progress) progress({"reference", done, static_cast<double>(plan.tokens()), -1});
  }
  return out;
}

std::vector<double> score(const RewardModel& model, const ScorePlan& plan,
                          const model::ForwardOptions& options,
                          const std::vector<Tensor>& ref_log_probs, const ProgressFn& progress) {
  at::NoGradGuard no_grad;
  std::vector<double> rewards(static_cast<size_t>(plan.slot_count()));
  double done = 0;
  for (size_t b = 0; b < plan.batches().size(); ++b) {
    const auto& batch = plan.batches()[b];
    const Tensor reference =
        b < ref_log_probs.size() ? ref_log_probs[b].to(model.decoder().device()) : Tensor();
    const Tensor values =
        model.rewards(batch.packed, options, reference).to(at::kDouble).cpu().contiguous();
    for (size_t i = 0; i < batch.slots.size(); ++i)
      rewards[static_cast<size_t>(batch.slots[i])] = values.data_ptr<double>()[i];
    done += static_cast<double>(batch.packed.tokens());
    if (progress) progress({"evaluating", done, static_cast<double>(plan.tokens()), -1});
  }
  return rewards;
}

}  // namespace loupe::reward
