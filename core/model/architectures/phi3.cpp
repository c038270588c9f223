// SPDX-License-Identifier: GPL-3.0-or-later
// Phi-3 and Phi-3.5 mini (transformers: Phi3ForCausalLM): Llama with q, k, v in one matrix and gate
// and up in another, a sliding window in every layer, "longrope".
#include "core/model/architecture.h"

namespace loupe::model {

namespace {

class Phi3 : public Architecture {
 public:
  std::string hf_name() const override { return "Phi3ForCausalLM"; }
  std::string model_type() const override { return "phi3"; }
  std::string gguf_name() const override { return "phi3"; }

  Result<void> read(const ConfigReader& config, DecoderConfig& out) const override {
    LOUPE_TRY(out.activation, read_activation(config, "hidden_act", "silu"));
    LOUPE_TRY(out.norm_eps, config.number("rms_norm_eps", 1e-5));
    out.names.qkv = {"self_attn.qkv_proj"};
    out.names.gate_up = {"mlp.gate_up_proj"};
    if (config.has("sliding_window")) {
      LOUPE_TRY(const int64_t window, config.count("sliding_window"));
      for (auto& layer : out.layer_specs) layer.window = window;
    }
    return read_plain_rope(config, out);
  }

  Result<nlohmann::json> config_from_gguf(const io::GgufFile& file) const override {
    LOUPE_TRY(auto out, Architecture::config_from_gguf(file));
    const auto* factors = file.find("rope_factors_short.weight");
    const auto* far = file.find("rope_factors_long.weight");
    if (factors == nullptr || far == nullptr) return out;
    std::vector<float> near_values(static_cast<size_t>(factors->numel()));
    std::vector<float> far_values(static_cast<size_t>(far->numel()));
    LOUPE_CHECK(io::read_as_f32(*factors, near_values));
    LOUPE_CHECK(io::read_as_f32(*far, far_values));
    auto& rope = out["rope_parameters"];
    rope["rope_type"] = "longrope";
    rope["short_factor"] = near_values;
    rope["long_factor"] = far_values;
    if (const auto factor = file.get_float("phi3.rope.scaling.attn_factor"))
      rope["attention_factor"] = *factor;
    if (const auto original = file.get_int("phi3.rope.scaling.original_context_length")) {
      rope["original_max_position_embeddings"] = *original;
      out["original_max_position_embeddings"] = *original;
    }
    return out;
  }
};

}  // namespace

std::unique_ptr<Architecture> make_phi3() {
  return std::make_unique<Phi3>();
}

}  // namespace loupe::model
