// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/architecture.h"

#include <cmath>

namespace loupe::model {

using nlohmann::json;

std::string Architecture::classifier_name() const {
  std::string name = hf_name();
  const std::string ending = "ForCausalLM";
  return name.substr(0, name.size() - ending.size()) + "ForSequenceClassification";
}

Result<void> Architecture::read_common(const ConfigReader& config, DecoderConfig& out) const {
  LOUPE_TRY(out.vocab_size, config.count("vocab_size"));
  LOUPE_TRY(out.hidden_size, config.count("hidden_size"));
  LOUPE_TRY(out.intermediate_size, config.count("intermediate_size"));
  LOUPE_TRY(out.layers, config.count("num_hidden_layers"));
  LOUPE_TRY(out.heads, config.count("num_attention_heads"));
  LOUPE_TRY(out.kv_heads, config.count("num_key_value_heads", out.heads));
  if (out.hidden_size < out.heads) return config.bad("more attention heads than hidden units");
  LOUPE_TRY(out.head_dim, config.count("head_dim", out.hidden_size / out.heads));
  LOUPE_TRY(out.max_positions, config.count("max_position_embeddings", 2048));
  LOUPE_TRY(out.norm_eps, config.number("rms_norm_eps", 1e-6));
  if (config.has("initializer_range")) {
    LOUPE_TRY(out.initializer_range, config.number("initializer_range", 0.02));
  }
  out.tied = config.flag("tie_word_embeddings", false);
  out.layer_specs.assign(static_cast<size_t>(out.layers),
                         LayerSpec{0, false, 1 / std::sqrt(static_cast<double>(out.head_dim))});
  return {};
}

Result<DecoderConfig::Activation> read_activation(const ConfigReader& config, const char* key,
                                                  const std::string& fallback) {
  const std::string name = config.text(key, fallback);
  if (name == "silu" || name == "swish") return DecoderConfig::Activation::silu;
  if (name == "gelu") return DecoderConfig::Activation::gelu;
  if (name == "gelu_new" || name == "gelu_pytorch_tanh" || name == "gelu_fast")
    return DecoderConfig::Activation::gelu_tanh;
  return Error{ErrorCode::unsupported, "activation \"" + name + "\" is not supported",
               config.where(), "supported are silu, gelu and gelu_pytorch_tanh"};
}

Result<void> read_windows(const ConfigReader& config, int64_t window,
                          const std::function<bool(int64_t)>& sliding, DecoderConfig& out) {
  std::vector<bool> slides;
  if (config.has("layer_types")) {
    const auto& types = config.json().at("layer_types");
    if (!types.is_array() || static_cast<int64_t>(types.size()) != out.layers)
      return config.bad("layer_types is no list of " + std::to_string(out.layers) + " names");
    for (const auto& type : types) {
      if (type != "sliding_attention" && type != "full_attention")
        return Error{ErrorCode::unsupported, "layers of type " + type.dump() + " are not supported",
                     config.where(), "supported are full_attention and sliding_attention"};
      slides.push_back(type == "sliding_attention");
    }
  } else {
    for (int64_t i = 0; i < out.layers; ++i) slides.push_back(sliding(i));
  }
  for (size_t i = 0; i < slides.size(); ++i)
    if (slides[i]) {
      if (window <= 0) return config.bad("sliding_window is missing");
      out.layer_specs[i].window = window;
    }
  return {};
}

Result<void> read_plain_rope(const ConfigReader& config, DecoderConfig& out, double default_theta,
                             double default_part) {
  const json parameters = rope_parameters(config.json(), default_theta);
  const ConfigReader rope(parameters, config.where());
  LOUPE_TRY(const double part, rope.number("partial_rotary_factor", default_part));
  const auto dim = static_cast<int64_t>(static_cast<double>(out.head_dim) * part);
  LOUPE_TRY(out.rope, read_rope(parameters, dim, out.max_positions, config.where()));
  return {};
}

namespace {

// Llama 3's scaling where the factors in the file are its own; otherwise the factors themselves,
// which "longrope" can say.
Result<json> rope_from_factors(const io::TensorInfo& info, double theta, int64_t head_dim,
                               int64_t longest, const std::string& where) {
  std::vector<float> factors(static_cast<size_t>(info.numel()));
  LOUPE_CHECK(io::read_as_f32(info, factors));
  for (const double factor : {8.0, 32.0, 16.0}) {
    json rope = {{"rope_type", "llama3"},   {"rope_theta", theta},
                 {"factor", factor},        {"low_freq_factor", 1.0},
                 {"high_freq_factor", 4.0}, {"original_max_position_embeddings", 8192}};
    int64_t unused = longest;
    const auto spec = read_rope(rope, head_dim, unused, where);
    if (!spec || spec->inverse_frequency.size() != factors.size()) continue;
    bool equal = true;
    for (size_t i = 0; i < factors.size(); ++i) {
      const double plain =
          1 / std::pow(theta, 2.0 * static_cast<double>(i) / static_cast<double>(head_dim));
      equal = equal && std::abs(plain / spec->inverse_frequency[i] / factors[i] - 1) < 1e-5;
    }
    if (equal) return rope;
  }
  return json{{"rope_type", "longrope"},
              {"rope_theta", theta},
              {"short_factor", factors},
              {"long_factor", factors},
              {"attention_factor", 1.0},
              {"factor", 1.0},
              {"original_max_position_embeddings", longest}};
}

}  // namespace

Result<json> Architecture::config_from_gguf(const io::GgufFile& file) const {
  const std::string where = file.name();
  const std::string prefix = gguf_name() + ".";
  const auto bad = [&](const std::string& what) {
    return Error{ErrorCode::corrupt, what, where, "check that the file is complete"};
  };
  json out = {{"architectures", {hf_name()}}, {"model_type", model_type()}};
  const auto copy_count = [&](const std::string& from, const char* to,
                              bool needed) -> Result<void> {
    const auto value = file.get_int(prefix + from);
    if (value) {
      out[to] = *value;
    } else if (needed) {
      return bad(prefix + from + " is missing");
    }
    return {};
  };
  LOUPE_CHECK(copy_count("embedding_length", "hidden_size", true));
  LOUPE_CHECK(copy_count("feed_forward_length", "intermediate_size", true));
  LOUPE_CHECK(copy_count("block_count", "num_hidden_layers", true));
  LOUPE_CHECK(copy_count("attention.head_count", "num_attention_heads", true));
  LOUPE_CHECK(copy_count("attention.head_count_kv", "num_key_value_heads", false));
  LOUPE_CHECK(copy_count("attention.key_length", "head_dim", false));
  LOUPE_CHECK(copy_count("context_length", "max_position_embeddings", false));
  LOUPE_CHECK(copy_count("attention.sliding_window", "sliding_window", false));
  LOUPE_CHECK(copy_count("vocab_size", "vocab_size", false));
  const auto* tokens = file.get_strings("tokenizer.ggml.tokens");
  if (!out.contains("vocab_size") && tokens != nullptr) out["vocab_size"] = tokens->size();
  // The embedding knows best: tokenizers are padded, or have a token more.
  if (const auto* embedding = file.find("token_embd.weight");
      embedding != nullptr && embedding->shape.size() == 2)
    out["vocab_size"] = embedding->shape[0];
  out["rms_norm_eps"] = file.get_float(prefix + "attention.layer_norm_rms_epsilon").value_or(1e-5);
  out["layer_norm_eps"] = file.get_float(prefix + "attention.layer_norm_epsilon").value_or(1e-5);
  out["tie_word_embeddings"] = file.find("output.weight") == nullptr;
  out["attention_bias"] = file.find("blk.0.attn_q.bias") != nullptr;
  out["mlp_bias"] = file.find("blk.0.ffn_gate.bias") != nullptr;

  const double theta = file.get_float(prefix + "rope.freq_base").value_or(10000);
  json rope = {{"rope_type", "default"}, {"rope_theta", theta}};
  const std::string scaling = file.get_string(prefix + "rope.scaling.type").value_or("none");
  const int64_t longest = out.value("max_position_embeddings", int64_t{2048});
  const auto* factors = file.find("rope_freqs.weight");
  if (factors != nullptr) {
    const int64_t dim =
        file.get_int(prefix + "rope.dimension_count").value_or(2 * factors->numel());
    LOUPE_TRY(rope, rope_from_factors(*factors, theta, dim, longest, where));
  } else if (scaling == "linear" || scaling == "yarn") {
    rope["rope_type"] = scaling;
    rope["factor"] = file.get_float(prefix + "rope.scaling.factor").value_or(1);
    if (const auto original = file.get_int(prefix + "rope.scaling.original_context_length"))
      rope["original_max_position_embeddings"] = *original;
    if (const auto value = file.get_float(prefix + "rope.scaling.attn_factor"))
      rope["attention_factor"] = *value;
  } else if (scaling != "none" && scaling != "longrope") {
    return Error{ErrorCode::unsupported,
                 "rotary scaling of type \"" + scaling + "\" is not supported", where,
                 "supported are none, linear, yarn, longrope and frequency factors"};
  }
  if (const auto turned = file.get_int(prefix + "rope.dimension_count")) {
    const int64_t heads = out["num_attention_heads"].get<int64_t>();
    const int64_t head_dim =
        out.value("head_dim", heads > 0 ? out["hidden_size"].get<int64_t>() / heads : 0);
    if (head_dim > 0 && *turned != head_dim)
      rope["partial_rotary_factor"] = static_cast<double>(*turned) / static_cast<double>(head_dim);
  }
  out["rope_parameters"] = rope;
  return out;
}

}  // namespace loupe::model
