// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/adapter.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <cmath>
#include <regex>

#include "core/io/safetensors.h"
#include "core/model/lora.h"
#include "core/model/model_files.h"
#include "core/model/weight_reader.h"

namespace loupe::model {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

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
  if (!name.starts_with(peft_prefix))
    return unsupported_adapter("the tensor " + name + " is no part of a LoRA adapter", path);
  const std::string rest = name.substr(peft_prefix.size());
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

namespace {

// What the tensors of an adapter change, checked against the model they are meant for.
struct Changes {
  std::vector<LoraModule> layers;
  // The rest, in Hugging Face's names and our layout: what is put in place of a parameter, and what
  // is then added to one.
  std::vector<std::pair<std::string, Tensor>> replaced, added;
  Tensor head;
};

class ChangeReader {
 public:
  ChangeReader(const fs::path& path, const json& adapter, const io::SafetensorsFile& weights,
               const Decoder& decoder)
      : path_(path),
        adapter_(adapter),
        weights_(weights),
        decoder_(decoder),
        parameters_(decoder.parameters().begin(), decoder.parameters().end()) {}

  Result<Changes> read() const {
    Changes out;
    for (const auto& [name, info] : weights_.tensors()) {
      LOUPE_TRY(const Place place, place_of(name, path_));
      if (place.what == "whole") {
        LOUPE_CHECK(read_whole(place.module, info, out));
      } else if (place.what == ".lora_A.weight" || place.what == ".lora_embedding_A") {
        LOUPE_CHECK(read_low_rank(place, info, out));
      } else {
        const char* partner =
            place.what == ".lora_B.weight" ? ".lora_A.weight" : ".lora_embedding_A";
        LOUPE_TRY([[maybe_unused]] const auto* found, find(place.module + partner));
      }
    }
    return out;
  }

 private:
  Result<const io::TensorInfo*> find(const std::string& unwrapped) const {
    const std::string name = std::string(peft_prefix) + unwrapped;
    const auto* info = weights_.find(name);
    if (info == nullptr) return corrupt_adapter("the tensor " + name + " is missing", path_);
    return info;
  }
  Result<Tensor> parameter(const std::string& name) const {
    const auto found = parameters_.find(name);
    if (found == parameters_.end())
      return corrupt_adapter("the base model has no parameter " + name + " to adapt", path_);
    return found->second;
  }
  Tensor placed(const Tensor& tensor) const {
    return tensor.to(at::TensorOptions().dtype(decoder_.residual()).device(decoder_.device()));
  }

  Result<void> read_low_rank(const Place& place, const io::TensorInfo& info, Changes& out) const {
    const bool embedding = place.what == ".lora_embedding_A";
    LOUPE_TRY(const Tensor target, parameter(place.module + ".weight"));
    if (embedding && decoder_.config().tied)
      return unsupported_adapter("the adapter changes an embedding that is also the unembedding",
                                 path_);
    LOUPE_TRY(const auto* other,
              find(place.module + (embedding ? ".lora_embedding_B" : ".lora_B.weight")));
    LOUPE_TRY(const Tensor a, read_tensor(info));
    LOUPE_TRY(const Tensor b, read_tensor(*other));
    const bool whole = a.dim() == 2 && b.dim() == 2 && a.size(0) == b.size(1);
    if (!whole)
      return corrupt_adapter("the two halves of " + place.module + " do not fit together", path_);
    const std::vector<int64_t> shape =
        embedding ? std::vector{a.size(1), b.size(0)} : std::vector{b.size(0), a.size(1)};
    if (target.sizes() != at::IntArrayRef(shape))
      return corrupt_adapter("the adapter of " + place.module + " has another shape than the base",
                             path_);
    const double scale = scale_of(adapter_, place.module);
    const auto& names = decoder_.config().names;
    if (place.module.starts_with(names.prefix + names.layers + ".")) {
      out.layers.push_back({place.module, placed(a), placed(b), scale});
    } else {
      const Tensor change = at::mm(b, a) * scale;
      out.added.emplace_back(place.module + ".weight", placed(embedding ? change.t() : change));
    }
    return {};
  }

  Result<void> read_whole(const std::string& name, const io::TensorInfo& info, Changes& out) const {
    const auto& config = decoder_.config();
    LOUPE_TRY(Tensor value, read_tensor(info));
    if (name == "score.weight") {
      if (value.dim() != 2 || value.size(0) != 1 || value.size(1) != config.hidden_size)
        return unsupported_adapter("the adapter's head has another shape than one reward a text",
                                   path_);
      out.head = placed(value);
      return {};
    }
    LOUPE_TRY(const Tensor target, parameter(name));
    if (config.stored_transposed(name) && value.dim() == 2) value = value.t();
    if (value.sizes() != target.sizes())
      return corrupt_adapter(name + " has another shape than the base", path_);
    out.replaced.emplace_back(name, placed(value));
    return {};
  }

  const fs::path& path_;
  const json& adapter_;
  const io::SafetensorsFile& weights_;
  const Decoder& decoder_;
  std::map<std::string, Tensor> parameters_;
};

}  // namespace

Result<void> apply_adapter(const fs::path& path, LanguageModel& model, AdapterPlace place) {
  at::NoGradGuard no_grad;
  LOUPE_TRY(const AdapterFiles files, inspect_adapter(path));
  LOUPE_TRY(const auto weights, open_weights(path));
  LOUPE_TRY(const Changes changes,
            ChangeReader(path, files.config, *weights, *model.decoder).read());
  if (!changes.replaced.empty() || !changes.added.empty()) {
    if (model.decoder.use_count() > 1) model.decoder = model.decoder->clone();
    std::map<std::string, Tensor> parameters(model.decoder->parameters().begin(),
                                             model.decoder->parameters().end());
    for (const auto& [name, value] : changes.replaced) parameters.at(name).detach().copy_(value);
    for (const auto& [name, change] : changes.added) {
      Tensor target = parameters.at(name).detach();
      target.copy_(target.to(change.scalar_type()) + change);
    }
    model.decoder->parameters_changed();
  }
  if (!changes.layers.empty()) {
    LOUPE_TRY(auto adapted, model.decoder->with_lora(changes.layers));
    model.decoder.reset();
    model.decoder = place == AdapterPlace::merged ? adapted->merged() : std::move(adapted);
  }
  if (changes.head.defined()) model.head = changes.head;
  return {};
}

}  // namespace loupe::model
