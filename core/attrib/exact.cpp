// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attrib/exact.h"

#include <torch/torch.h>

#include <cmath>
#include <map>

namespace loupe::attrib {

namespace {

std::vector<double> numbers(const at::Tensor& tensor) {
  if (!tensor.defined()) return {};
  const at::Tensor values = tensor.to(at::kDouble).cpu().contiguous();
  return {values.data_ptr<double>(), values.data_ptr<double>() + values.numel()};
}

}  // namespace

std::vector<ResponseCredit> exact(const reward::RewardModel& model,
                                  const std::vector<data::EncodedText>& texts,
                                  const model::ForwardOptions& options) {
  std::map<std::vector<int32_t>, std::vector<size_t>> by_prompt;
  for (size_t i = 0; i < texts.size(); ++i) by_prompt[texts[i].prompt].push_back(i);
  model::PackedBatch batch(model.decoder().config());
  std::vector<size_t> order;
  for (const auto& [prompt, members] : by_prompt) {
    std::vector<std::vector<int32_t>> ids;
    for (const size_t i : members) {
      auto& list = ids.emplace_back();
      for (const auto& token : texts[i].response) list.push_back(token.id);
      order.push_back(i);
    }
    batch.add_group(prompt, {ids.begin(), ids.end()});
  }
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
