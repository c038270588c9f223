// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/recipe.h"

#include <cmath>
#include <set>

namespace loupe::train {

namespace {

using nlohmann::json;

Error bad(const std::string& what) {
  return Error{ErrorCode::invalid_input, what, "recipe", "mend the recipe's value"};
}

Result<void> check(const Recipe& r) {
  const auto one_of = [](const std::string& value, const std::set<std::string>& allowed) {
    return allowed.contains(value);
  };
  if (!one_of(r.type, {"EX", "IM"})) return bad("type is \"" + r.type + "\"; it can be EX or IM");
  if (!one_of(r.dtype, {"fp32", "bf16"}))
    return bad("dtype is \"" + r.dtype + "\"; it can be fp32 or bf16");
  if (!one_of(r.pooling, {"last", "mean"}))
    return bad("pooling is \"" + r.pooling + "\"; it can be last or mean");
  if (!one_of(r.trains, {"full", "lora", "head"}))
    return bad("trains is \"" + r.trains + "\"; it can be full, lora or head");
  if (r.trains == "head" && r.type != "EX")
    return bad("trains is \"head\", but only an explicit reward model has one");
  const bool names_matrices = !r.lora_targets.empty() && r.lora_targets.front() != ',' &&
                              r.lora_targets.back() != ',' &&
                              r.lora_targets.find(",,") == std::string::npos &&
                              r.lora_targets.find_first_of(" \t\n") == std::string::npos;
  if (!names_matrices)
    return bad("lora_targets is \"" + r.lora_targets +
               "\"; it can be all-linear, or names such as q_proj,v_proj");
  if (r.device != "auto" && r.device != "cpu" && !r.device.starts_with("cuda"))
    return bad("device is \"" + r.device + "\"; it can be auto, cpu or cuda:N");
  const std::pair<const char*, int64_t> positive[] = {{"epochs", r.epochs},
                                                      {"batch_size", r.batch_size},
                                                      {"accumulate", r.accumulate},
                                                      {"eval_every", r.eval_every},
                                                      {"lora_rank", r.lora_rank}};
  for (const auto& [name, value] : positive)
    if (value < 1 || value > 1000000)
      return bad(std::string(name) + " is " + std::to_string(value) + "; at least 1");
  const std::pair<const char*, double> finite[] = {
      {"lr", r.lr}, {"beta", r.beta}, {"adam_eps", r.adam_eps}, {"lora_alpha", r.lora_alpha}};
  for (const auto& [name, value] : finite)
    if (!(value > 0) || !std::isfinite(value))
      return bad(std::string(name) + " must be a positive number");
  for (const double value : {r.adam_beta1, r.adam_beta2})
    if (!(value >= 0 && value < 1)) return bad("adam_beta1 and adam_beta2 lie in [0, 1)");
  if (!(r.weight_decay >= 0) || !std::isfinite(r.weight_decay))
    return bad("weight_decay must not be negative");
  if (!(r.head_sd >= 0) || !std::isfinite(r.head_sd)) return bad("head_sd must not be negative");
  if (r.max_prompt_tokens < 0 || r.max_response_tokens < 0 || r.threads < 0 ||
      !(r.checkpoint_minutes > 0))
    return bad("a length limit, threads or checkpoint_minutes is negative");
  return {};
}

}  // namespace

json Recipe::to_json() const {
  return {{"type", type},
          {"epochs", epochs},
          {"lr", lr},
          {"batch_size", batch_size},
          {"accumulate", accumulate},
          {"seed", seed},
          {"beta", beta},
          {"weight_decay", weight_decay},
          {"adam_beta1", adam_beta1},
          {"adam_beta2", adam_beta2},
          {"adam_eps", adam_eps},
          {"dtype", dtype},
          {"device", device},
          {"trains", trains},
          {"lora_rank", lora_rank},
          {"lora_alpha", lora_alpha},
          {"lora_targets", lora_targets},
          {"pooling", pooling},
          {"head_sd", head_sd},
          {"length_normalised", length_normalised},
          {"without_reference", without_reference},
          {"max_prompt_tokens", max_prompt_tokens},
          {"max_response_tokens", max_response_tokens},
          {"eval_every", eval_every},
          {"checkpoint_minutes", checkpoint_minutes},
          {"threads", threads}};
}

Result<Recipe> recipe_from_json(const json& value) {
  if (!value.is_object()) return bad("the recipe is no object");
  const json defaults = Recipe{}.to_json();
  json merged = defaults;
  for (const auto& [key, entry] : value.items()) {
    if (!defaults.contains(key)) return bad("unknown key \"" + key + "\"");
    const bool fits =
        defaults[key].is_number() ? entry.is_number() : entry.type() == defaults[key].type();
    if (!fits)
      return bad("\"" + key + "\" is a " + entry.type_name() + ", expected a " +
                 defaults[key].type_name());
    if (defaults[key].is_number_integer() && !entry.is_number_integer())
      return bad("\"" + key + "\" must be a whole number");
    if (key == "seed" && entry.is_number_integer() && !entry.is_number_unsigned() &&
        entry.get<int64_t>() < 0)
      return bad("\"seed\" must not be negative");
    merged[key] = entry;
  }
  Recipe r;
  r.type = merged["type"];
  r.epochs = merged["epochs"];
  r.lr = merged["lr"];
  r.batch_size = merged["batch_size"];
  r.accumulate = merged["accumulate"];
  r.seed = merged["seed"];
  r.beta = merged["beta"];
  r.weight_decay = merged["weight_decay"];
  r.adam_beta1 = merged["adam_beta1"];
  r.adam_beta2 = merged["adam_beta2"];
  r.adam_eps = merged["adam_eps"];
  r.dtype = merged["dtype"];
  r.device = merged["device"];
  r.trains = merged["trains"];
  r.lora_rank = merged["lora_rank"];
  r.lora_alpha = merged["lora_alpha"];
  r.lora_targets = merged["lora_targets"];
  r.pooling = merged["pooling"];
  r.head_sd = merged["head_sd"];
  r.length_normalised = merged["length_normalised"];
  r.without_reference = merged["without_reference"];
  r.max_prompt_tokens = merged["max_prompt_tokens"];
  r.max_response_tokens = merged["max_response_tokens"];
  r.eval_every = merged["eval_every"];
  r.checkpoint_minutes = merged["checkpoint_minutes"];
  r.threads = merged["threads"];
  LOUPE_CHECK(check(r));
  return r;
}

}  // namespace loupe::train
