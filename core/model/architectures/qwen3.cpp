// SPDX-License-Identifier: GPL-3.0-or-later
// Qwen3 (transformers: Qwen3ForCausalLM): as Qwen2, queries and keys normed head by head, biases
// only where the config asks for them.
#include <cmath>

#include "core/model/architectures/qwen.h"

namespace loupe::model {

namespace {

class Qwen3 : public Architecture {
 public:
  std::string hf_name() const override { return "Qwen3ForCausalLM"; }
  std::string model_type() const override { return "qwen3"; }
  std::string gguf_name() const override { return "qwen3"; }

  Result<void> read(const ConfigReader& config, DecoderConfig& out) const override {
    LOUPE_TRY(out.activation, read_activation(config, "hidden_act", "silu"));
    if (!config.has("head_dim")) {
      out.head_dim = 128;
      for (auto& layer : out.layer_specs) layer.scale = 1 / std::sqrt(128.0);
    }
    out.qkv_bias = out.output_bias = config.flag("attention_bias", false);
    out.qk_norm = DecoderConfig::QkNorm::per_head;
    out.names.q_norm = "self_attn.q_norm";
    out.names.k_norm = "self_attn.k_norm";
    LOUPE_CHECK(read_qwen_windows(config, out));
    return read_plain_rope(config, out);
  }
};

}  // namespace

std::unique_ptr<Architecture> make_qwen3() {
  return std::make_unique<Qwen3>();
}

}  // namespace loupe::model
