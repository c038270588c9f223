// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/config.h"

#include <cmath>

#include "core/model/registry.h"

namespace loupe::model {

namespace {

using nlohmann::json;

Error bad_config(const std::string& where, const std::string& what) {
  return Error{ErrorCode::corrupt, what, where,
               "check that the model's files belong together and are complete"};
}

// Largest count that any field may have: beyond it sizes overflow, and no such model exists.
constexpr int64_t largest_count = int64_t{1} << 24;

Result<int64_t> count_field(const json& config, const char* key, const std::string& where,
                            std::optional<int64_t> fallback = {}) {
  const auto found = config.find(key);
  if (found == config.end() || found->is_null()) {
    if (fallback) return *fallback;
    return bad_config(where, std::string("the field \"") + key + "\" is missing");
  }
  if (!found->is_number_integer())
    return bad_config(where, std::string("the field \"") + key + "\" is no whole number");
  const auto value = found->get<int64_t>();
  if (value <= 0 || value > largest_count)
    return bad_config(where, std::string("the field \"") + key + "\" is " + std::to_string(value));
  return value;
}

Result<double> number_field(const json& config, const char* key, const std::string& where,
                            double fallback) {
  const auto found = config.find(key);
  if (found == config.end() || found->is_null()) return fallback;
  if (!found->is_number())
    return bad_config(where, std::string("the field \"") + key + "\" is no number");
  const double value = found->get<double>();
  if (!std::isfinite(value) || value <= 0)
    return bad_config(where, std::string("the field \"") + key + "\" is not a positive number");
  return value;
}

bool flag(const json& config, const char* key, bool fallback) {
  const auto found = config.find(key);
  return found != config.end() && found->is_boolean() ? found->get<bool>() : fallback;
}

Result<void> read_rope(const json& config, const std::string& where, DecoderConfig& out) {
  // transformers 5 writes rope_parameters; older files rope_theta and rope_scaling.
  json rope = json::object();
  for (const char* key : {"rope_scaling", "rope_parameters"})
    if (const auto found = config.find(key); found != config.end() && found->is_object())
      rope = *found;
  LOUPE_TRY(const double theta, number_field(config, "rope_theta", where, 10000));
  LOUPE_TRY(out.rope_theta, number_field(rope, "rope_theta", where, theta));
  std::string type = "default";
  for (const char* key : {"type", "rope_type"})
    if (const auto found = rope.find(key); found != rope.end() && found->is_string())
      type = found->get<std::string>();
  if (type == "default") return {};
  if (type == "linear") {
    LOUPE_TRY(out.linear_scaling, number_field(rope, "factor", where, 1));
    return {};
  }
  if (type == "llama3") {
    Llama3Scaling scaling;
    LOUPE_TRY(scaling.factor, number_field(rope, "factor", where, scaling.factor));
    LOUPE_TRY(scaling.low_freq_factor,
              number_field(rope, "low_freq_factor", where, scaling.low_freq_factor));
    LOUPE_TRY(scaling.high_freq_factor,
              number_field(rope, "high_freq_factor", where, scaling.high_freq_factor));
    LOUPE_TRY(scaling.original_max_positions, number_field(rope, "original_max_position_embeddings",
                                                           where, scaling.original_max_positions));
    if (scaling.high_freq_factor <= scaling.low_freq_factor)
      return bad_config(where, "high_freq_factor is not above low_freq_factor");
    out.llama3_scaling = scaling;
    return {};
  }
  return Error{ErrorCode::unsupported, "rotary scaling of type \"" + type + "\" is not supported",
               where, "supported are default, linear and llama3"};
}

Result<void> check_shapes(const DecoderConfig& config, const std::string& where) {
  if (config.heads % config.kv_heads != 0)
    return bad_config(where, "the number of attention heads (" + std::to_string(config.heads) +
                                 ") is no multiple of the number of key-value heads (" +
                                 std::to_string(config.kv_heads) + ")");
  if (config.head_dim % 2 != 0) return bad_config(where, "the head dimension is odd");
  return {};
}

}  // namespace

int64_t DecoderConfig::body_parameters() const {
  const int64_t attention = hidden_size * head_dim * (2 * heads + 2 * kv_heads);
  return layers * (attention + 3 * hidden_size * intermediate_size);
}

json DecoderConfig::to_json() const {
  json rope = {{"rope_theta", rope_theta}, {"rope_type", "default"}};
  if (llama3_scaling)
    rope.update({{"rope_type", "llama3"},
                 {"factor", llama3_scaling->factor},
                 {"low_freq_factor", llama3_scaling->low_freq_factor},
                 {"high_freq_factor", llama3_scaling->high_freq_factor},
                 {"original_max_position_embeddings", llama3_scaling->original_max_positions}});
  else if (linear_scaling != 1)
    rope.update({{"rope_type", "linear"}, {"factor", linear_scaling}});
  json out = {{"architectures", {architecture}},
              {"model_type", "llama"},
              {"vocab_size", vocab_size},
              {"hidden_size", hidden_size},
              {"intermediate_size", intermediate_size},
              {"num_hidden_layers", layers},
              {"num_attention_heads", heads},
              {"num_key_value_heads", kv_heads},
              {"head_dim", head_dim},
              {"max_position_embeddings", max_positions},
              {"rms_norm_eps", rms_norm_eps},
              {"rope_theta", rope_theta},
              {"rope_parameters", rope},
              {"tie_word_embeddings", tied},
              {"attention_bias", attention_bias},
              {"mlp_bias", mlp_bias},
              {"hidden_act", "silu"},
              {"torch_dtype", "float32"}};
  if (initializer_range) out["initializer_range"] = *initializer_range;
  return out;
}

Result<DecoderConfig> config_from_json(const json& config, const std::string& where) {
  if (!config.is_object()) return bad_config(where, "config.json holds no object");
  DecoderConfig out;
  std::string named;
  if (const auto found = config.find("architectures");
      found != config.end() && found->is_array() && !found->empty() && found->front().is_string())
    named = found->front().get<std::string>();
  else if (const auto type = config.find("model_type"); type != config.end() && type->is_string())
    named = type->get<std::string>();
  const auto* architecture = find_architecture(named);
  if (architecture == nullptr) return unknown_architecture(named, where);
  out.architecture = architecture->hf_name;

  LOUPE_TRY(out.vocab_size, count_field(config, "vocab_size", where));
  LOUPE_TRY(out.hidden_size, count_field(config, "hidden_size", where));
  LOUPE_TRY(out.intermediate_size, count_field(config, "intermediate_size", where));
  LOUPE_TRY(out.layers, count_field(config, "num_hidden_layers", where));
  LOUPE_TRY(out.heads, count_field(config, "num_attention_heads", where));
  LOUPE_TRY(out.kv_heads, count_field(config, "num_key_value_heads", where, out.heads));
  if (out.hidden_size / out.heads == 0)
    return bad_config(where, "more attention heads than hidden units");
  LOUPE_TRY(out.head_dim, count_field(config, "head_dim", where, out.hidden_size / out.heads));
  LOUPE_TRY(out.max_positions, count_field(config, "max_position_embeddings", where, 2048));
  LOUPE_TRY(out.rms_norm_eps, number_field(config, "rms_norm_eps", where, 1e-6));
  if (config.contains("initializer_range")) {
    LOUPE_TRY(out.initializer_range, number_field(config, "initializer_range", where, 0.02));
  }
  out.tied = flag(config, "tie_word_embeddings", false);
  out.attention_bias = flag(config, "attention_bias", false);
  out.mlp_bias = flag(config, "mlp_bias", false);
  if (const auto act = config.find("hidden_act");
      act != config.end() && act->is_string() && *act != "silu")
    return Error{ErrorCode::unsupported,
                 "activation \"" + act->get<std::string>() + "\" is not supported", where,
                 "Llama models use silu"};
  LOUPE_CHECK(read_rope(config, where, out));
  LOUPE_CHECK(check_shapes(out, where));
  return out;
}

Result<DecoderConfig> config_from_gguf(const io::GgufFile& file) {
  const std::string where = file.name();
  const auto named = file.get_string("general.architecture");
  if (!named) return bad_config(where, "general.architecture is missing");
  const auto* architecture = find_architecture(*named);
  if (architecture == nullptr) return unknown_architecture(*named, where);

  const std::string prefix = *named + ".";
  const auto count = [&](const std::string& key,
                         std::optional<int64_t> fallback = {}) -> Result<int64_t> {
    const auto value = file.get_int(prefix + key);
    if (!value && fallback) return *fallback;
    if (!value) return bad_config(where, prefix + key + " is missing");
    if (*value <= 0 || *value > largest_count)
      return bad_config(where, prefix + key + " is " + std::to_string(*value));
    return *value;
  };
  DecoderConfig out;
  out.architecture = architecture->hf_name;
  LOUPE_TRY(out.hidden_size, count("embedding_length"));
  LOUPE_TRY(out.intermediate_size, count("feed_forward_length"));
  LOUPE_TRY(out.layers, count("block_count"));
  LOUPE_TRY(out.heads, count("attention.head_count"));
  LOUPE_TRY(out.kv_heads, count("attention.head_count_kv", out.heads));
  if (out.hidden_size / out.heads == 0)
    return bad_config(where, "more attention heads than hidden units");
  LOUPE_TRY(out.head_dim, count("attention.key_length", out.hidden_size / out.heads));
  LOUPE_TRY(out.max_positions, count("context_length", 2048));
  LOUPE_TRY(const int64_t rotated, count("rope.dimension_count", out.head_dim));
  if (rotated != out.head_dim)
    return Error{ErrorCode::unsupported, "only part of each head is rotated", where,
                 "Llama models rotate all of it"};
  const auto* tokens = file.get_strings("tokenizer.ggml.tokens");
  std::optional<int64_t> listed;
  if (tokens != nullptr) listed = static_cast<int64_t>(tokens->size());
  LOUPE_TRY(out.vocab_size, count("vocab_size", listed));
  out.rms_norm_eps = file.get_float(prefix + "attention.layer_norm_rms_epsilon").value_or(1e-5);
  out.rope_theta = file.get_float(prefix + "rope.freq_base").value_or(10000);
  if (const auto scaling = file.get_string(prefix + "rope.scaling.type");
      scaling && *scaling == "linear")
    out.linear_scaling = file.get_float(prefix + "rope.scaling.factor").value_or(1);
  else if (scaling && *scaling != "none")
    return Error{ErrorCode::unsupported,
                 "rotary scaling of type \"" + *scaling + "\" is not supported", where,
                 "supported are none, linear, and Llama 3's frequency factors"};
  for (const double value : {out.rms_norm_eps, out.rope_theta, out.linear_scaling})
    if (!std::isfinite(value) || value <= 0)
      return bad_config(where, "a rotary or norm constant is not positive");
  out.tied = file.find("output.weight") == nullptr;
  out.attention_bias = file.find("blk.0.attn_q.bias") != nullptr;
  out.mlp_bias = file.find("blk.0.ffn_gate.bias") != nullptr;
  LOUPE_CHECK(check_shapes(out, where));
  return out;
}

}  // namespace loupe::model
