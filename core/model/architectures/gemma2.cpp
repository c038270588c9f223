// SPDX-License-Identifier: GPL-3.0-or-later
// Gemma 2 (transformers: Gemma2ForCausalLM): norms before and behind, (1 + weight) norms, every
// other layer with a sliding window, tanh caps on attention's and on the final logits, embeddings
// scaled by sqrt(hidden_size).
#include <cmath>

#include "core/model/architecture.h"

namespace loupe::model {

namespace {

class Gemma2 : public Architecture {
 public:
  std::string hf_name() const override { return "Gemma2ForCausalLM"; }
  std::string model_type() const override { return "gemma2"; }
  std::string gguf_name() const override { return "gemma2"; }
  bool gguf_adds_one() const override { return true; }

  Result<void> read(const ConfigReader& config, DecoderConfig& out) const override {
    LOUPE_TRY(out.activation, read_activation(config, "hidden_activation", "gelu_pytorch_tanh"));
    out.tied = config.flag("tie_word_embeddings", true);
    out.norm = DecoderConfig::Norm::rms_plus_one;
    out.residual = DecoderConfig::Residual::sandwich;
    out.qkv_bias = out.output_bias = config.flag("attention_bias", false);
    out.names.attention_out_norm = "post_attention_layernorm";
    out.names.mlp_norm = "pre_feedforward_layernorm";
    out.names.mlp_out_norm = "post_feedforward_layernorm";
    if (!config.has("head_dim")) out.head_dim = 256;
    LOUPE_TRY(const double scalar, config.number("query_pre_attn_scalar", 256));
    for (auto& layer : out.layer_specs) layer.scale = 1 / std::sqrt(scalar);
    const bool says_attention = config.json().contains("attn_logit_softcapping");
    const bool says_final = config.json().contains("final_logit_softcapping");
    LOUPE_TRY(out.attention_softcap, config.number_or_zero("attn_logit_softcapping"));
    LOUPE_TRY(out.logit_softcap, config.number_or_zero("final_logit_softcapping"));
    if (!says_attention) out.attention_softcap = 50;
    if (!says_final) out.logit_softcap = 30;
    out.embedding_scale = std::sqrt(static_cast<float>(out.hidden_size));
    LOUPE_TRY(const int64_t window, config.count("sliding_window", 4096));
    LOUPE_CHECK(read_windows(
        config, window, [](int64_t layer) { return layer % 2 == 0; }, out));
    return read_plain_rope(config, out);
  }

  Result<nlohmann::json> config_from_gguf(const io::GgufFile& file) const override {
    LOUPE_TRY(auto out, Architecture::config_from_gguf(file));
    const auto number = [&](const char* key, double fallback) {
      return file.get_float(gguf_name() + "." + key).value_or(fallback);
    };
    out["attn_logit_softcapping"] = number("attn_logit_softcapping", 50);
    out["final_logit_softcapping"] = number("final_logit_softcapping", 30);
    // The file does not say; the 27B model is the one that scales by its width a head.
    const ConfigReader config(out, file.name());
    LOUPE_TRY(const int64_t layers, config.count("num_hidden_layers"));
    LOUPE_TRY(const int64_t heads, config.count("num_attention_heads"));
    LOUPE_TRY(const int64_t hidden, config.count("hidden_size"));
    LOUPE_TRY(const int64_t head_dim, config.count("head_dim", 256));
    out["query_pre_attn_scalar"] = layers == 46 ? hidden / heads : head_dim;
    return out;
  }
};

}  // namespace

std::unique_ptr<Architecture> make_gemma2() {
  return std::make_unique<Gemma2>();
}

}  // namespace loupe::model
