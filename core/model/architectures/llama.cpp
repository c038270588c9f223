// SPDX-License-Identifier: GPL-3.0-or-later
// Llama 1, 2, 3, 3.1, 3.2 and SmolLM2 (transformers: LlamaForCausalLM).
#include "core/model/architecture.h"

namespace loupe::model {

namespace {

class Llama : public Architecture {
 public:
  std::string hf_name() const override { return "LlamaForCausalLM"; }
  std::string model_type() const override { return "llama"; }
  std::string gguf_name() const override { return "llama"; }
  bool gguf_interleaves_heads() const override { return true; }

  Result<void> read(const ConfigReader& config, DecoderConfig& out) const override {
    LOUPE_TRY(out.activation, read_activation(config, "hidden_act", "silu"));
    out.qkv_bias = out.output_bias = config.flag("attention_bias", false);
    out.mlp_bias = config.flag("mlp_bias", false);
    return read_plain_rope(config, out);
  }
};

}  // namespace

std::unique_ptr<Architecture> make_llama() {
  return std::make_unique<Llama>();
}

}  // namespace loupe::model
