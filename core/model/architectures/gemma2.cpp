// SPDX-License-Identifier: GPL-3.0-or-later
// Gemma 2 (transformers: Gemma2ForCausalLM): norms before and behind, (1 + weight) norms, every
// other layer with a sliding window, tanh caps on attention's and on the final logits, embeddings
// scaled by sqrt(hidden_size).
#include "core/model/architectures/gemma.h"

namespace loupe::model {

namespace {

class Gemma2 : public Architecture {
 public:
  std::string hf_name() const override { return "Gemma2ForCausalLM"; }
  std::string model_type() const override { return "gemma2"; }
  std::string gguf_name() const override { return "gemma2"; }
  bool gguf_adds_one() const override { return true; }

  Result<void> read(const ConfigReader& config, DecoderConfig& out) const override {
    LOUPE_CHECK(read_gemma(config, out));
    // Caps are this family's default; null turns them off.
    if (!config.json().contains("attn_logit_softcapping")) out.attention_softcap = 50;
    if (!config.json().contains("final_logit_softcapping")) out.logit_softcap = 30;
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
    LOUPE_CHECK(guess_attention_scalar(out, 46, file.name()));
    return out;
  }
};

}  // namespace

std::unique_ptr<Architecture> make_gemma2() {
  return std::make_unique<Gemma2>();
}

}  // namespace loupe::model
