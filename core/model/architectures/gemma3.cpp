// SPDX-License-Identifier: GPL-3.0-or-later
// Gemma 3, text (transformers: Gemma3ForCausalLM): as Gemma 2 without caps, queries and keys
// normed, five layers with a sliding window and rotary angles of their own to one that sees all.
#include "core/model/architectures/gemma.h"

namespace loupe::model {

namespace {

class Gemma3 : public Architecture {
 public:
  std::string hf_name() const override { return "Gemma3ForCausalLM"; }
  std::string model_type() const override { return "gemma3_text"; }
  std::string gguf_name() const override { return "gemma3"; }
  std::string classifier_name() const override { return "Gemma3TextForSequenceClassification"; }
  bool gguf_adds_one() const override { return true; }

  Result<void> read(const ConfigReader& config, DecoderConfig& out) const override {
    if (config.flag("use_bidirectional_attention", false))
      return Error{ErrorCode::unsupported, "attention in both directions is not supported",
                   config.where(), "an embedding model has no next-token probabilities"};
    LOUPE_CHECK(read_gemma(config, out));
    out.qk_norm = DecoderConfig::QkNorm::per_head;
    out.names.q_norm = "self_attn.q_norm";
    out.names.k_norm = "self_attn.k_norm";
    LOUPE_TRY(const int64_t window, config.count("sliding_window", 4096));
    LOUPE_TRY(const int64_t pattern, config.count("sliding_window_pattern", 6));
    LOUPE_CHECK(read_windows(
        config, window, [&](int64_t layer) { return (layer + 1) % pattern != 0; }, out));
    for (auto& layer : out.layer_specs) layer.local_rope = layer.window > 0;
    LOUPE_TRY(out.rope, read_rope(rope_parameters(config.json(), 1e6, "full_attention"),
                                  out.head_dim, out.max_positions, config.where()));
    LOUPE_TRY(out.local_rope,
              read_rope(local_parameters(config), out.head_dim, out.max_positions, config.where()));
    return {};
  }

  Result<nlohmann::json> config_from_gguf(const io::GgufFile& file) const override {
    LOUPE_TRY(auto out, Architecture::config_from_gguf(file));
    nlohmann::json full = out["rope_parameters"];
    full["rope_theta"] = file.get_float("gemma3.rope.freq_base").value_or(1e6);
    const double local = file.get_float("gemma3.rope.freq_base_swa").value_or(10000);
    out["rope_parameters"] = {
        {"full_attention", full},
        {"sliding_attention", {{"rope_type", "default"}, {"rope_theta", local}}}};
    out["sliding_window_pattern"] =
        file.get_int("gemma3.attention.sliding_window_pattern").value_or(6);
    if (const auto cap = file.get_float("gemma3.final_logit_softcapping"); cap && *cap > 0)
      out["final_logit_softcapping"] = *cap;
    LOUPE_CHECK(guess_attention_scalar(out, 62, file.name()));
    return out;
  }

 private:
  // rope_parameters.sliding_attention, or what older files call rope_local_base_freq.
  static nlohmann::json local_parameters(const ConfigReader& config) {
    if (const auto found = config.json().find("rope_parameters");
        found != config.json().end() && found->is_object() && found->contains("sliding_attention"))
      return rope_parameters(config.json(), 10000, "sliding_attention");
    nlohmann::json local = {{"rope_type", "default"}, {"rope_theta", 10000}};
    if (config.has("rope_local_base_freq"))
      local["rope_theta"] = config.json()["rope_local_base_freq"];
    return local;
  }
};

}  // namespace

std::unique_ptr<Architecture> make_gemma3() {
  return std::make_unique<Gemma3>();
}

}  // namespace loupe::model
