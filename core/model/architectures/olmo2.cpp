// SPDX-License-Identifier: GPL-3.0-or-later
// OLMo 2 (transformers: Olmo2ForCausalLM): norms behind attention and MLP alone, queries and keys
// normed over all heads at once.
#include "core/model/architecture.h"

namespace loupe::model {

namespace {

class Olmo2 : public Architecture {
 public:
  std::string hf_name() const override { return "Olmo2ForCausalLM"; }
  std::string model_type() const override { return "olmo2"; }
  std::string gguf_name() const override { return "olmo2"; }

  Result<void> read(const ConfigReader& config, DecoderConfig& out) const override {
    LOUPE_TRY(out.activation, read_activation(config, "hidden_act", "silu"));
    LOUPE_TRY(out.norm_eps, config.number("rms_norm_eps", 1e-5));
    out.residual = DecoderConfig::Residual::post;
    out.qk_norm = DecoderConfig::QkNorm::whole;
    out.qkv_bias = out.output_bias = config.flag("attention_bias", false);
    out.names.attention_norm.clear();
    out.names.mlp_norm.clear();
    out.names.attention_out_norm = "post_attention_layernorm";
    out.names.mlp_out_norm = "post_feedforward_layernorm";
    out.names.q_norm = "self_attn.q_norm";
    out.names.k_norm = "self_attn.k_norm";
    return read_plain_rope(config, out);
  }
};

}  // namespace

std::unique_ptr<Architecture> make_olmo2() {
  return std::make_unique<Olmo2>();
}

}  // namespace loupe::model
