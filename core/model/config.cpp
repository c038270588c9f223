// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/config.h"

#include <algorithm>
#include <limits>

#include "core/model/registry.h"

namespace loupe::model {

using nlohmann::json;

int64_t DecoderConfig::body_parameters() const {
  const int64_t attention = hidden_size * head_dim * (2 * heads + 2 * kv_heads);
  return layers * (attention + (gated ? 3 : 2) * hidden_size * intermediate_size);
}

int64_t DecoderConfig::shared_positions() const {
  int64_t out = std::numeric_limits<int64_t>::max();
  for (const auto* turned : {&rope, &local_rope})
    if (turned->original > 0) out = std::min(out, turned->original);
  return out;
}

json DecoderConfig::to_json() const {
  json out = source;
  out["architectures"] = {architecture};
  for (const char* key : {"num_labels", "id2label", "label2id", "problem_type"}) out.erase(key);
  out["vocab_size"] = vocab_size;
  out["tie_word_embeddings"] = tied;
  return out;
}

bool DecoderConfig::stored_transposed(const std::string& name) const {
  if (!names.conv1d || !name.ends_with(".weight")) return false;
  const std::string part = name.substr(0, name.size() - 7);
  for (const auto* list : {&names.qkv, &names.gate_up})
    for (const auto& entry : *list)
      if (part.ends_with("." + entry)) return true;
  return part.ends_with("." + names.output) || part.ends_with("." + names.down);
}

namespace {

Result<int64_t> label_count(const ConfigReader& config) {
  const auto& json = config.json();
  if (const auto found = json.find("id2label"); found != json.end() && found->is_object())
    return static_cast<int64_t>(found->size());
  return config.count("num_labels", 2);
}

Result<void> check_shapes(const DecoderConfig& config, const ConfigReader& reader) {
  if (config.heads % config.kv_heads != 0)
    return reader.bad("the number of attention heads (" + std::to_string(config.heads) +
                      ") is no multiple of the number of key-value heads (" +
                      std::to_string(config.kv_heads) + ")");
  if (config.rotary() && config.rope.dim() > config.head_dim)
    return reader.bad("more of a head is rotated than there is");
  return {};
}

}  // namespace

Result<DecoderConfig> config_from_json(const json& config, const std::string& where) {
  const ConfigReader reader(config, where);
  if (!config.is_object()) return reader.bad("config.json holds no object");
  std::string named = reader.text("model_type", "");
  if (const auto found = config.find("architectures");
      found != config.end() && found->is_array() && !found->empty() && found->front().is_string())
    named = found->front().get<std::string>();
  const auto* architecture = find_architecture(named);
  if (architecture == nullptr) return unknown_architecture(named, where);
  DecoderConfig out;
  out.source = config;
  out.architecture = architecture->hf_name();
  if (named == architecture->classifier_name()) {
    LOUPE_TRY(out.labels, label_count(reader));
  }
  LOUPE_CHECK(architecture->read_common(reader, out));
  LOUPE_CHECK(architecture->read(reader, out));
  LOUPE_CHECK(check_shapes(out, reader));
  return out;
}

Result<DecoderConfig> config_from_gguf(const io::GgufFile& file) {
  const auto named = file.get_string("general.architecture");
  if (!named)
    return Error{ErrorCode::corrupt, "general.architecture is missing", file.name(),
                 "check that the file is complete"};
  const auto* architecture = find_architecture(*named);
  if (architecture == nullptr || architecture->gguf_name().empty())
    return unknown_architecture(*named, file.name());
  LOUPE_TRY(const json config, architecture->config_from_gguf(file));
  return config_from_json(config, file.name());
}

}  // namespace loupe::model
