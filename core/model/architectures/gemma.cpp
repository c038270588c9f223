// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/architectures/gemma.h"

#include <cmath>

namespace loupe::model {

Result<void> read_gemma(const ConfigReader& config, DecoderConfig& out) {
  LOUPE_TRY(out.activation, read_activation(config, "hidden_activation", "gelu_pytorch_tanh"));
  out.tied = config.flag("tie_word_embeddings", true);
  out.norm = DecoderConfig::Norm::rms_plus_one;
  out.residual = DecoderConfig::Residual::sandwich;
  out.qkv_bias = out.output_bias = config.flag("attention_bias", false);
  out.names.attention_out_norm = "post_attention_layernorm";
  out.names.mlp_norm = "pre_feedforward_layernorm";
  out.names.mlp_out_norm = "post_feedforward_layernorm";
  if (!config.has("head_dim")) out.head_dim = 256;
  LOUPE_TRY(const double scalar, config.number("query_pre_attn_scalar", 256));
  for (auto& layer : out.layer_specs) layer.scale = 1 / std::sqrt(scalar);
  LOUPE_TRY(out.attention_softcap, config.number_or_zero("attn_logit_softcapping"));
  LOUPE_TRY(out.logit_softcap, config.number_or_zero("final_logit_softcapping"));
  out.embedding_scale = std::sqrt(static_cast<float>(out.hidden_size));
  return {};
}

Result<void> guess_attention_scalar(nlohmann::json& config, int64_t layers_of_27b,
                                    const std::string& where) {
  const ConfigReader reader(config, where);
  LOUPE_TRY(const int64_t layers, reader.count("num_hidden_layers"));
  LOUPE_TRY(const int64_t heads, reader.count("num_attention_heads"));
  LOUPE_TRY(const int64_t hidden, reader.count("hidden_size"));
  LOUPE_TRY(const int64_t head_dim, reader.count("head_dim", 256));
  config["query_pre_attn_scalar"] = layers == layers_of_27b ? hidden / heads : head_dim;
  return {};
}

}  // namespace loupe::model
