// SPDX-License-Identifier: GPL-3.0-or-later
// Qwen2 and Qwen2.5 (transformers: Qwen2ForCausalLM): Llama with biases on q, k and v; from layer
// max_window_layers on the window slides, where it is used at all.
#include "core/model/architectures/qwen.h"

namespace loupe::model {

namespace {

class Qwen2 : public Architecture {
 public:
  std::string hf_name() const override { return "Qwen2ForCausalLM"; }
  std::string model_type() const override { return "qwen2"; }
  std::string gguf_name() const override { return "qwen2"; }

  Result<void> read(const ConfigReader& config, DecoderConfig& out) const override {
    LOUPE_TRY(out.activation, read_activation(config, "hidden_act", "silu"));
    out.qkv_bias = true;
    LOUPE_CHECK(read_qwen_windows(config, out));
    return read_plain_rope(config, out);
  }
};

}  // namespace

std::unique_ptr<Architecture> make_qwen2() {
  return std::make_unique<Qwen2>();
}

}  // namespace loupe::model
