// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/adapter.h"

#include <torch/torch.h>

#include <cmath>
#include <regex>

#include "core/io/safetensors.h"
#include "core/model/model_files.h"
#include "core/model/weight_reader.h"

namespace loupe::model {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* wrapper = "base_model.model.";

Error unsupported_adapter(const std::string& what, const fs::path& path) {
  return Error{ErrorCode::unsupported, what, path.string(),
               "merge the adapter into its base with peft's merge_and_unload, and import that"};
}

Error corrupt_adapter(const std::string& what, const fs::path& path) {
  return Error{ErrorCode::corrupt, what, path.string(),
               "check that adapter_config.json and adapter_model.safetensors belong together"};
}

bool truthy(const json& config, const char* key) {
  const auto found = config.find(key);
  return found != config.end() && found->is_boolean() && found->get<bool>();
}

double number(const json& config, const char* key, double fallback) {
  const auto found = config.find(key);
  return found != config.end() && found->is_number() ? found->get<double>() : fallback;
}

// rank_pattern and alpha_pattern: a number for the modules that end with a key, or match it.
double by_module(const json& config, const char* patterns, const std::string& module,
                 double fallback) {
  const auto found = config.find(patterns);
  if (found == config.end() || !found->is_object()) return fallback;
  for (const auto& [pattern, value] : found->items()) {
    if (!value.is_number()) continue;
    bool matches = module == pattern || module.ends_with("." + pattern);
    if (!matches && pattern.size() < 200) try {
        matches = std::regex_match(module, std::regex("(?:.*\\.)?(?:" + pattern + ")"));
      } catch (const std::regex_error&) {
      }
    if (matches) return value.get<double>();
  }
  return fallback;
}

double scale_of(const json& config, const std::string& module) {
  const double rank = by_module(config, "rank_pattern", module, number(config, "r", 8));
  const double alpha = by_module(config, "alpha_pattern", module, number(config, "lora_alpha", 8));
  return alpha / (truthy(config, "use_rslora") ? std::sqrt(rank) : rank);
}

Result<std::shared_ptr<const io::SafetensorsFile>> open_weights(const fs::path& path) {
  const fs::path file = path / "adapter_model.safetensors";
  std::error_code ignored;
  if (!fs::exists(file, ignored))
    return Error{ErrorCode::not_found, "the adapter has no adapter_model.safetensors",
                 path.string(),
                 fs::exists(path / "adapter_model.bin", ignored)
                     ? "adapter_model.bin is a pickle, which runs code when it is opened; save the "
                       "adapter again with safe_serialization=True"
                     : "fetch the adapter's files again"};
  return io::SafetensorsFile::open(file);
}

// "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight" -> (module, what).
struct Place {
  std::string module, what;
};

Result<Place> place_of(const std::string& name, const fs::path& path) {
  if (!name.starts_with(wrapper))
    return unsupported_adapter("the tensor " + name + " is no part of a LoRA adapter", path);
  const std::string rest = name.substr(std::string(wrapper).size());
  for (const std::string& what : std::vector<std::string>{".lora_A.weight", ".lora_B.weight",
                                                          ".lora_embedding_A", ".lora_embedding_B"})
    if (rest.ends_with(what)) return Place{rest.substr(0, rest.size() - what.size()), what};
  if (rest.find("lora_") != std::string::npos || rest.find("magnitude") != std::string::npos)
    return unsupported_adapter("the tensor " + name +
                                   " belongs to a kind of adapter that is not "
                                   "supported",
                               path);
  // Of modules_to_save, or a trained bias: the whole parameter.
  std::string plain = rest;
  for (const std::string& part :
       std::vector<std::string>{".base_layer", ".modules_to_save.default", ".modules_to_save"})
    if (const auto at = plain.find(part + "."); at != std::string::npos)
      plain.erase(at, part.size());
  return Place{plain, "whole"};
}

}  // namespace

bool is_adapter(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path / "adapter_config.json", ignored);
}

Result<AdapterFiles> inspect_adapter(const fs::path& path) {
  AdapterFiles out;
  const fs::path file = path / "adapter_config.json";
  LOUPE_TRY(out.config, read_json_file(file));
  if (!out.config.is_object()) return corrupt_adapter("adapter_config.json holds no object", file);
  const std::string type =
      out.config.value("peft_type", json("")).is_string() ? out.config.value("peft_type", "") : "";
  if (type != "LORA")
    return unsupported_adapter("adapters of type \"" + type + "\" are not supported", file);
  for (const char* key : {"use_dora", "use_qalora", "lora_bias"})
    if (truthy(out.config, key))
      return unsupported_adapter(std::string("adapters with ") + key + " are not supported", file);
  const json base = out.config.value("base_model_name_or_path", json(""));
  if (base.is_string()) out.base = base.get<std::string>();
  out.rank = static_cast<int64_t>(number(out.config, "r", 8));
  out.alpha = number(out.config, "lora_alpha", 8);
  LOUPE_TRY(const auto weights, open_weights(path));
  std::map<std::string, int> targets;
  for (const auto& [name, info] : weights->tensors()) {
    LOUPE_TRY(const Place place, place_of(name, path));
    out.parameters += info.numel();
    out.dtype = io::dtype_name(info.dtype);
    if (place.module == "score.weight") out.classifier = true;
    if (place.what != "whole") targets[place.module.substr(place.module.rfind('.') + 1)] = 1;
  }
  for (const auto& [target, unused] : targets) out.targets.push_back(target);
  out.files = {path / "adapter_model.safetensors", file};
  return out;
}

Result<void> apply_adapter(const fs::path& path, LanguageModel& model) {
  at::NoGradGuard no_grad;
  LOUPE_TRY(const AdapterFiles files, inspect_adapter(path));
  LOUPE_TRY(const auto weights, open_weights(path));
  const auto& config = model.decoder->config();
  std::map<std::string, Tensor> parameters(model.decoder->parameters().begin(),
                                           model.decoder->parameters().end());
  const auto parameter = [&](const std::string& name) -> Result<Tensor> {
    const auto found = parameters.find(name);
    if (found == parameters.end())
      return corrupt_adapter("the base model has no parameter " + name + " to adapt", path);
    return found->second;
  };
  const auto tensor = [&](const std::string& name) -> Result<Tensor> {
    const auto* info = weights->find(name);
    if (info == nullptr) return corrupt_adapter("the tensor " + name + " is missing", path);
    return read_tensor(*info);
  };
  // Added in fp32, whatever the decoder keeps.
  const auto add = [](Tensor& target, const Tensor& change) {
    target.detach().copy_(target.detach().to(at::kFloat) + change.to(target.device()));
  };
  for (const auto& [name, info] : weights->tensors()) {
    LOUPE_TRY(const Place place, place_of(name, path));
    const std::string base = wrapper + place.module;
    const double scale = scale_of(files.config, place.module);
    if (place.what == ".lora_A.weight" || place.what == ".lora_embedding_A") {
      const bool embedding = place.what == ".lora_embedding_A";
      LOUPE_TRY(const Tensor a, read_tensor(info));
      LOUPE_TRY(const Tensor b,
                tensor(base + (embedding ? ".lora_embedding_B" : ".lora_B.weight")));
      LOUPE_TRY(Tensor target, parameter(place.module + ".weight"));
      if (embedding && config.tied)
        return unsupported_adapter("the adapter changes an embedding that is also the unembedding",
                                   path);
      if (a.dim() != 2 || b.dim() != 2 || a.size(0) != b.size(1))
        return corrupt_adapter("the two halves of " + place.module + " do not fit together", path);
      Tensor change = at::mm(b, a) * scale;
      if (embedding) change = change.t();
      if (change.sizes() != target.sizes())
        return corrupt_adapter(
            "the adapter of " + place.module + " has another shape than the base", path);
      add(target, change);
    } else if (place.what == "whole") {
      LOUPE_TRY(Tensor value, read_tensor(info));
      if (place.module == "score.weight") {
        if (value.dim() != 2 || value.size(0) != 1 || value.size(1) != config.hidden_size)
          return unsupported_adapter("the adapter's head has another shape than one reward a text",
                                     path);
        model.head = value.to(model.decoder->device(), model.decoder->residual());
        continue;
      }
      LOUPE_TRY(Tensor target, parameter(place.module));
      if (config.stored_transposed(place.module) && value.dim() == 2) value = value.t();
      if (value.sizes() != target.sizes())
        return corrupt_adapter(place.module + " has another shape than the base", path);
      target.detach().copy_(value);
    } else {
      const std::string partner =
          base + (place.what == ".lora_B.weight" ? ".lora_A.weight" : ".lora_embedding_A");
      if (weights->find(partner) == nullptr)
        return corrupt_adapter("the tensor " + partner + " is missing", path);
    }
  }
  model.decoder->parameters_changed();
  return {};
}

}  // namespace loupe::model
