// SPDX-License-Identifier: GPL-3.0-or-later
// Mistral (transformers: MistralForCausalLM): Llama with a sliding window. As GGUF it calls itself
// Llama.
#include "core/model/architecture.h"

namespace loupe::model {

namespace {

class Mistral : public Architecture {
 public:
  std::string hf_name() const override { return "MistralForCausalLM"; }
  std::string model_type() const override { return "mistral"; }
  std::string gguf_name() const override { return ""; }

  Result<void> read(const ConfigReader& config, DecoderConfig& out) const override {
    LOUPE_TRY(out.activation, read_activation(config, "hidden_act", "silu"));
    // transformers' default where the file does not say: a window of 4096.
    int64_t window = 0;
    if (config.has("sliding_window") || !config.json().contains("sliding_window")) {
      LOUPE_TRY(window, config.count("sliding_window", 4096));
    }
    for (auto& layer : out.layer_specs) layer.window = window;
    return read_plain_rope(config, out);
  }
};

}  // namespace

std::unique_ptr<Architecture> make_mistral() {
  return std::make_unique<Mistral>();
}

}  // namespace loupe::model
