// SPDX-License-Identifier: GPL-3.0-or-later
// GPT-2 (transformers: GPT2LMHeadModel): learned positions, layer norms, matrices stored [in, out].
#include <cmath>

#include "core/model/architecture.h"

namespace loupe::model {

namespace {

class Gpt2 : public Architecture {
 public:
  std::string hf_name() const override { return "GPT2LMHeadModel"; }
  std::string model_type() const override { return "gpt2"; }
  std::string gguf_name() const override { return "gpt2"; }
  std::string classifier_name() const override { return "GPT2ForSequenceClassification"; }

  Result<void> read_common(const ConfigReader& config, DecoderConfig& out) const override {
    LOUPE_TRY(out.vocab_size, config.count("vocab_size", 50257));
    LOUPE_TRY(out.hidden_size, config.count("n_embd", 768));
    LOUPE_TRY(out.intermediate_size, config.count("n_inner", 4 * out.hidden_size));
    LOUPE_TRY(out.layers, config.count("n_layer", 12));
    LOUPE_TRY(out.heads, config.count("n_head", 12));
    LOUPE_TRY(out.max_positions, config.count("n_positions", 1024));
    LOUPE_TRY(out.norm_eps, config.number("layer_norm_epsilon", 1e-5));
    if (config.has("initializer_range")) {
      LOUPE_TRY(out.initializer_range, config.number("initializer_range", 0.02));
    }
    if (out.hidden_size % out.heads != 0) return config.bad("n_embd is no multiple of n_head");
    out.kv_heads = out.heads;
    out.head_dim = out.hidden_size / out.heads;
    out.tied = config.flag("tie_word_embeddings", true);
    return {};
  }

  Result<void> read(const ConfigReader& config, DecoderConfig& out) const override {
    LOUPE_TRY(out.activation, read_activation(config, "activation_function", "gelu_new"));
    out.norm = DecoderConfig::Norm::layer;
    out.gated = false;
    out.qkv_bias = out.output_bias = out.mlp_bias = true;
    const double scale = config.flag("scale_attn_weights", true)
                             ? 1 / std::sqrt(static_cast<double>(out.head_dim))
                             : 1;
    const bool by_layer = config.flag("scale_attn_by_inverse_layer_idx", false);
    for (int64_t i = 0; i < out.layers; ++i)
      out.layer_specs.push_back({0, false, by_layer ? scale / static_cast<double>(i + 1) : scale});
    out.names = {.prefix = "transformer.",
                 .embedding = "wte.weight",
                 .positions = "wpe.weight",
                 .layers = "h",
                 .final_norm = "ln_f",
                 .qkv = {"attn.c_attn"},
                 .output = "attn.c_proj",
                 .gate_up = {"mlp.c_fc"},
                 .down = "mlp.c_proj",
                 .attention_norm = "ln_1",
                 .mlp_norm = "ln_2",
                 .conv1d = true};
    return {};
  }

  Result<nlohmann::json> config_from_gguf(const io::GgufFile& file) const override {
    LOUPE_TRY(const auto common, Architecture::config_from_gguf(file));
    return nlohmann::json{{"architectures", {hf_name()}},
                          {"model_type", model_type()},
                          {"vocab_size", common["vocab_size"]},
                          {"n_embd", common["hidden_size"]},
                          {"n_inner", common["intermediate_size"]},
                          {"n_layer", common["num_hidden_layers"]},
                          {"n_head", common["num_attention_heads"]},
                          {"n_positions", common.value("max_position_embeddings", 1024)},
                          {"layer_norm_epsilon", common["layer_norm_eps"]},
                          {"activation_function", "gelu_new"},
                          {"tie_word_embeddings", common["tie_word_embeddings"]}};
  }
};

}  // namespace

std::unique_ptr<Architecture> make_gpt2() {
  return std::make_unique<Gpt2>();
}

}  // namespace loupe::model
