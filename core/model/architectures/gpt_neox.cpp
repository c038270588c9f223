// SPDX-License-Identifier: GPL-3.0-or-later
// GPT-NeoX and Pythia (transformers: GPTNeoXForCausalLM): layer norms, attention and MLP fed from
// the same stream, a quarter of each head turned, q, k and v of a head side by side in one matrix.
#include "core/model/architecture.h"

namespace loupe::model {

namespace {

class GptNeoX : public Architecture {
 public:
  std::string hf_name() const override { return "GPTNeoXForCausalLM"; }
  std::string model_type() const override { return "gpt_neox"; }
  std::string gguf_name() const override { return "gptneox"; }
  bool gguf_stacks_qkv() const override { return true; }

  Result<void> read(const ConfigReader& config, DecoderConfig& out) const override {
    LOUPE_TRY(out.activation, read_activation(config, "hidden_act", "gelu"));
    LOUPE_TRY(out.norm_eps, config.number("layer_norm_eps", 1e-5));
    out.gated = false;
    out.norm = DecoderConfig::Norm::layer;
    out.residual = config.flag("use_parallel_residual", true) ? DecoderConfig::Residual::parallel
                                                              : DecoderConfig::Residual::pre;
    out.kv_heads = out.heads;
    out.interleaved_qkv = true;
    out.qkv_bias = out.output_bias = config.flag("attention_bias", true);
    out.mlp_bias = true;
    out.names = {.prefix = "gpt_neox.",
                 .embedding = "embed_in.weight",
                 .final_norm = "final_layer_norm",
                 .unembedding = "embed_out.weight",
                 .qkv = {"attention.query_key_value"},
                 .output = "attention.dense",
                 .gate_up = {"mlp.dense_h_to_4h"},
                 .down = "mlp.dense_4h_to_h"};
    double theta = 10000, part = 0.25;
    LOUPE_TRY(theta, config.number("rotary_emb_base", theta));
    LOUPE_TRY(part, config.number("rotary_pct", part));
    return read_plain_rope(config, out, theta, part);
  }

  Result<nlohmann::json> config_from_gguf(const io::GgufFile& file) const override {
    LOUPE_TRY(auto out, Architecture::config_from_gguf(file));
    out["use_parallel_residual"] = file.get_bool("gptneox.use_parallel_residual").value_or(true);
    out["attention_bias"] = file.find("blk.0.attn_qkv.bias") != nullptr;
    if (!out["rope_parameters"].contains("partial_rotary_factor"))
      out["rope_parameters"]["partial_rotary_factor"] = 1.0;
    return out;
  }
};

}  // namespace

std::unique_ptr<Architecture> make_gpt_neox() {
  return std::make_unique<GptNeoX>();
}

}  // namespace loupe::model
