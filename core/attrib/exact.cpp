// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attrib/exact.h"

#include <ATen/ATen.h>

#include <cmath>

namespace loupe::attrib {

MethodInfo Exact::info() const {
  return {"exact", "Exact",
          "What each position of the response adds: the change of u·h (EX), or the summand of its "
          "token (IM). The values add up to the reward.",
          Credited::output_positions};
}

Result<void> Exact::fits(const reward::RewardModel& model) const {
  if (model.decomposes()) return {};
  return Error{ErrorCode::unsupported, "this reward is no sum over its response's tokens",
               model.type(), "choose another method, or score it"};
}

std::vector<ResponseCredit> Exact::run(const reward::RewardModel& model,
                                       const std::vector<data::EncodedText>& texts,
                                       const model::ForwardOptions& options) const {
  const auto [batch, order] = batch_of(model, texts);
  const reward::Credits credits = model.credits(batch, options);
  const auto rewards = numbers(credits.rewards);
  const auto offsets = numbers(credits.offset);
  const auto credit = numbers(credits.credit);
  const auto log_prob = numbers(credits.log_prob);
  const auto ref_log_prob = numbers(credits.ref_log_prob);
  std::vector<ResponseCredit> out(texts.size());
  size_t at = 0;
  for (size_t r = 0; r < order.size(); ++r) {
    auto& response = out[order[r]];
    response.reward = rewards[r];
    response.offset = offsets[r];
    double sum = 0;
    for (const auto& token : texts[order[r]].response) {
      TokenCredit entry{token, credit[at], 0, 0};
      if (!log_prob.empty()) entry.log_prob = log_prob[at];
      if (!ref_log_prob.empty()) entry.ref_log_prob = ref_log_prob[at];
      sum += entry.credit;
      response.tokens.push_back(entry);
      ++at;
    }
    response.error = std::abs(response.reward - response.offset - sum);
  }
  return out;
}

}  // namespace loupe::attrib
