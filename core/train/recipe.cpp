// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/recipe.h"

#include "core/reward/kinds.h"

namespace loupe::train {

namespace {

Error bad(const std::string& what) {
  return Error{ErrorCode::invalid_input, what, "recipe", "fix the recipe's value"};
}

bool names_matrices(const std::string& targets) {
  return !targets.empty() && targets.front() != ',' && targets.back() != ',' &&
         targets.find(",,") == std::string::npos &&
         targets.find_first_of(" \t\n") == std::string::npos;
}

}  // namespace

Result<Recipe> recipe_from_json(const nlohmann::json& json) {
  Recipe r;
  if (const auto refusal = read_strict(json, r))
    return bad(refusal->key.empty() ? "the recipe " + refusal->what
                                    : "\"" + refusal->key + "\" " + refusal->what);
  const auto* kind = reward::find_kind(r.type);
  if (kind == nullptr || !kind->trains() || kind->id() != r.type) {
    std::string known;
    for (const auto& each : reward::reward_kinds())
      if (each->trains()) known += (known.empty() ? "" : " or ") + each->id();
    return bad("\"type\" is \"" + r.type + "\"; it can be " + known);
  }
  if (r.tuning == "head" && !kind->has_head())
    return bad("\"tuning\" is \"head\", but only an explicit reward model has one");
  if (!names_matrices(r.lora_targets))
    return bad("\"lora_targets\" is \"" + r.lora_targets +
               "\"; it can be all-linear, or names such as q_proj,v_proj");
  if (r.device != "auto" && r.device != "cpu" && !r.device.starts_with("cuda"))
    return bad("\"device\" is \"" + r.device + "\"; it can be auto, cpu or cuda:N");
  if (r.adam_beta1 == 1 || r.adam_beta2 == 1)
    return bad("\"adam_beta1\" and \"adam_beta2\" must be below 1");
  return r;
}

}  // namespace loupe::train
