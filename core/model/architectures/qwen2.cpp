// SPDX-License-Identifier: GPL-3.0-or-later
// Qwen2 and Qwen2.5 (transformers: Qwen2ForCausalLM): Llama with biases on q, k and v; from layer
// max_window_layers on the window slides, where it is used at all.
#include "core/model/architecture.h"

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
    int64_t window = 0;
    if (config.flag("use_sliding_window", false) && config.has("sliding_window")) {
      LOUPE_TRY(window, config.count("sliding_window"));
    }
    // 0 is a layer too, so no count.
    const nlohmann::json said = config.json().value("max_window_layers", nlohmann::json(28));
    const int64_t first = said.is_number_integer() ? said.get<int64_t>() : 28;
    LOUPE_CHECK(read_windows(
        config, window, [&](int64_t layer) { return window > 0 && layer >= first; }, out));
    return read_plain_rope(config, out);
  }
};

}  // namespace

std::unique_ptr<Architecture> make_qwen2() {
  return std::make_unique<Qwen2>();
}

}  // namespace loupe::model
