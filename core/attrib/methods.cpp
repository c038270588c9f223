// SPDX-License-Identifier: GPL-3.0-or-later
#include <ATen/ATen.h>

#include <map>

#include "core/attrib/exact.h"
#include "core/attrib/method.h"

namespace loupe::attrib {

const std::vector<const Method*>& methods() {
  static const Exact exact;
  static const std::vector<const Method*> list{&exact};
  return list;
}

const Method* method(std::string_view id) {
  for (const auto* one : methods())
    if (one->info().id == id) return one;
  return nullptr;
}

TextBatch batch_of(const reward::RewardModel& model, const std::vector<data::EncodedText>& texts) {
  std::map<std::vector<int32_t>, std::vector<size_t>> by_prompt;
  for (size_t i = 0; i < texts.size(); ++i) by_prompt[texts[i].prompt].push_back(i);
  TextBatch out{model::PackedBatch(model.decoder().config()), {}};
  for (const auto& [prompt, members] : by_prompt) {
    std::vector<std::vector<int32_t>> ids;
    for (const size_t i : members) {
      auto& list = ids.emplace_back();
      for (const auto& token : texts[i].response) list.push_back(token.id);
      out.order.push_back(i);
    }
    out.batch.add_group(prompt, {ids.begin(), ids.end()});
  }
  return out;
}

std::vector<double> numbers(const at::Tensor& tensor) {
  if (!tensor.defined()) return {};
  const at::Tensor values = tensor.to(at::kDouble).cpu().contiguous();
  return {values.data_ptr<double>(), values.data_ptr<double>() + values.numel()};
}

}  // namespace loupe::attrib
