// SPDX-License-Identifier: GPL-3.0-or-later
// The numbers that define a decoder, read from config.json or GGUF metadata.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/io/gguf.h"

namespace loupe::model {

// Llama 3's stretched rotary frequencies (transformers:
// modeling_rope_utils._compute_llama3_parameters).
struct Llama3Scaling {
  double factor = 8, low_freq_factor = 1, high_freq_factor = 4, original_max_positions = 8192;
};

struct DecoderConfig {
  std::string architecture;  // as Hugging Face says it: "LlamaForCausalLM"
  int64_t vocab_size = 0;
  int64_t hidden_size = 0;
  int64_t intermediate_size = 0;
  int64_t layers = 0;
  int64_t heads = 0;
  int64_t kv_heads = 0;
  int64_t head_dim = 0;
  int64_t max_positions = 0;
  double rms_norm_eps = 1e-6;
  double rope_theta = 10000;
  std::optional<Llama3Scaling> llama3_scaling;
  double linear_scaling = 1;  // positions are divided by it
  bool tied = false;          // the unembedding is the embedding
  bool attention_bias = false;
  bool mlp_bias = false;
  std::optional<double> initializer_range;

  int64_t body_parameters()
      const;  // of the decoder layers' matrices: what a token's forward pass multiplies
  nlohmann::json to_json() const;  // a config.json that transformers reads
};

// `where` names the file in errors. Architectures that we do not have are refused by name, with
// those we have.
Result<DecoderConfig> config_from_json(const nlohmann::json& config, const std::string& where);
Result<DecoderConfig> config_from_gguf(const io::GgufFile& file);

}  // namespace loupe::model
