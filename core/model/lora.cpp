// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/lora.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>

#include "core/model/decoder.h"

namespace loupe::model {

namespace {

constexpr std::string_view weight_suffix = ".weight";

std::string last_part(const std::string& name) {
  return name.substr(name.rfind('.') + 1);
}

// The layers' matrices, without ".weight".
std::vector<std::pair<std::string, Tensor>> matrices(const Decoder& decoder) {
  const auto& names = decoder.config().names;
  const std::string layers = names.prefix + names.layers + ".";
  std::vector<std::pair<std::string, Tensor>> out;
  for (const auto& [name, tensor] : decoder.parameters())
    if (name.starts_with(layers) && name.ends_with(weight_suffix) && tensor.dim() == 2)
      out.emplace_back(name.substr(0, name.size() - weight_suffix.size()), tensor);
  return out;
}

void add_once(std::vector<std::string>& list, const std::string& word) {
  if (std::find(list.begin(), list.end(), word) == list.end()) list.push_back(word);
}

std::string listed(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

}  // namespace

std::vector<std::string> lora_targets(const Decoder& decoder) {
  std::vector<std::string> out;
  for (const auto& [name, tensor] : matrices(decoder)) add_once(out, last_part(name));
  return out;
}

std::vector<std::string> lora_targets(const std::vector<LoraModule>& modules) {
  std::vector<std::string> out;
  for (const auto& module : modules) add_once(out, last_part(module.name));
  return out;
}

Result<std::vector<LoraModule>> new_lora(const Decoder& decoder, const LoraOptions& options,
                                         const std::function<double()>& uniform) {
  at::NoGradGuard no_grad;
  const auto there = lora_targets(decoder);
  for (const auto& target : options.targets)
    if (std::find(there.begin(), there.end(), target) == there.end())
      return Error{ErrorCode::invalid_input,
                   "the model has no matrix \"" + target + "\" in its layers", "lora_targets",
                   "choose among " + listed(there)};
  std::vector<LoraModule> out;
  for (const auto& [name, matrix] : matrices(decoder)) {
    const auto& chosen = options.targets;
    if (!chosen.empty() && std::find(chosen.begin(), chosen.end(), last_part(name)) == chosen.end())
      continue;
    const int64_t in = matrix.size(1);
    const auto bound = 1 / std::sqrt(static_cast<double>(in));
    std::vector<double> values(static_cast<size_t>(options.rank * in));
    for (double& value : values) value = (2 * uniform() - 1) * bound;
    const auto place = at::TensorOptions().dtype(decoder.residual()).device(decoder.device());
    LoraModule module;
    module.name = name;
    module.a = at::tensor(values, at::kDouble).view({options.rank, in}).to(place);
    module.b = at::zeros({matrix.size(0), options.rank}, place);
    module.scale = options.alpha / static_cast<double>(options.rank);
    out.push_back(std::move(module));
  }
  return out;
}

std::pair<std::string, std::string> lora_names(const std::string& module) {
  const std::string wrapped = std::string(peft_prefix) + module;
  return {wrapped + ".lora_A.weight", wrapped + ".lora_B.weight"};
}

std::vector<std::pair<std::string, Tensor>> lora_tensors(const std::vector<LoraModule>& modules) {
  std::vector<std::pair<std::string, Tensor>> out;
  for (const auto& module : modules) {
    const auto [a, b] = lora_names(module.name);
    out.emplace_back(a, module.a);
    out.emplace_back(b, module.b);
  }
  return out;
}

nlohmann::json lora_config(const Decoder& decoder, const std::string& base, bool classifier) {
  using nlohmann::json;
  const auto& modules = decoder.lora();
  const auto rank = [](const LoraModule& module) { return module.a.size(0); };
  const auto alpha = [&](const LoraModule& module) {
    return module.scale * static_cast<double>(rank(module));
  };
  // peft takes a target for every module whose name ends with it: short names where all of them
  // are meant.
  std::vector<std::string> targets = lora_targets(modules);
  size_t meant = 0;
  for (const auto& [name, matrix] : matrices(decoder))
    if (std::find(targets.begin(), targets.end(), last_part(name)) != targets.end()) ++meant;
  const bool alike = std::all_of(modules.begin(), modules.end(), [&](const LoraModule& module) {
    return rank(module) == rank(modules[0]) && alpha(module) == alpha(modules[0]);
  });
  if (meant != modules.size()) {
    targets.clear();
    for (const auto& module : modules) targets.push_back(module.name);
  }
  json ranks = json::object(), alphas = json::object();
  if (!alike)
    for (const auto& module : modules) {
      ranks[module.name] = rank(module);
      alphas[module.name] = alpha(module);
    }
  const bool transposed =
      !modules.empty() && decoder.config().stored_transposed(modules[0].name + ".weight");
  return {{"peft_type", "LORA"},
          {"task_type", classifier ? "SEQ_CLS" : "CAUSAL_LM"},
          {"base_model_name_or_path", base},
          {"r", rank(modules.at(0))},
          {"lora_alpha", alpha(modules[0])},
          {"lora_dropout", 0.0},
          {"bias", "none"},
          {"use_rslora", false},
          {"fan_in_fan_out", transposed},
          {"inference_mode", true},
          {"target_modules", targets},
          {"rank_pattern", ranks},
          {"alpha_pattern", alphas},
          {"modules_to_save", classifier ? json{"score"} : json()}};
}

}  // namespace loupe::model
