// SPDX-License-Identifier: GPL-3.0-or-later
// What defines a decoder, whatever its family: read from config.json, or from a GGUF file's
// metadata turned into one.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/io/gguf.h"
#include "core/model/rope_spec.h"

namespace loupe::model {

// How Hugging Face calls a family's parameters. Parts of a layer carry neither the layer's prefix
// nor ".weight"; an empty name: the family has no such part.
struct ParameterNames {
  std::string prefix = "model.";  // of everything but the unembedding and a head
  std::string embedding = "embed_tokens.weight";
  std::string positions;
  std::string layers = "layers";
  std::string final_norm = "norm";
  std::string unembedding = "lm_head.weight";
  std::vector<std::string> qkv{"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"};
  std::string output = "self_attn.o_proj";
  std::vector<std::string> gate_up{"mlp.gate_proj", "mlp.up_proj"};
  std::string down = "mlp.down_proj";
  std::string attention_norm = "input_layernorm";
  std::string attention_out_norm;
  std::string mlp_norm = "post_attention_layernorm";
  std::string mlp_out_norm;
  std::string q_norm, k_norm;
  bool conv1d = false;  // matrices are stored [in, out] (transformers' Conv1D)
};

struct LayerSpec {
  int64_t window = 0;       // a token sees this many tokens, itself included; 0: all before it
  bool local_rope = false;  // turned by `local_rope` in place of `rope`
  double scale = 0;         // of attention's logits
};

struct DecoderConfig {
  enum class Norm { rms, rms_plus_one, layer };  // rms_plus_one: multiplied by 1 + weight
  enum class Activation { silu, gelu, gelu_tanh };
  // Where norms stand. pre: before attention and MLP; sandwich: before and behind; post: behind
  // alone; parallel: as pre, both fed from the same stream.
  enum class Residual { pre, sandwich, post, parallel };
  enum class QkNorm { none, per_head, whole };

  std::string architecture;  // as Hugging Face says it: "LlamaForCausalLM"
  int64_t vocab_size = 0;
  int64_t hidden_size = 0;
  int64_t intermediate_size = 0;
  int64_t layers = 0;
  int64_t heads = 0;
  int64_t kv_heads = 0;
  int64_t head_dim = 0;
  int64_t max_positions = 0;  // the longest text
  Norm norm = Norm::rms;
  double norm_eps = 1e-6;
  Activation activation = Activation::silu;
  bool gated = true;  // activation(gate) * up
  Residual residual = Residual::pre;
  QkNorm qk_norm = QkNorm::none;
  bool interleaved_qkv = false;  // one matrix, [heads, (q, k, v), head_dim] (GPT-NeoX)
  RopeSpec rope, local_rope;     // no frequencies: positions are learned
  std::vector<LayerSpec> layer_specs;
  double embedding_scale = 1;
  double attention_softcap = 0;  // c tanh(z / c) of attention's logits; 0: none
  double logit_softcap = 0;
  bool tied = false;  // the unembedding is the embedding
  bool qkv_bias = false, output_bias = false, mlp_bias = false;
  std::optional<double> initializer_range;
  ParameterNames names;
  // Of a folder that holds a sequence classifier: the number of its labels; 0: a language model.
  int64_t labels = 0;
  nlohmann::json source;  // the config.json that it was read from

  // Of the decoder layers' matrices: what a token's forward pass multiplies.
  int64_t body_parameters() const;
  bool rotary() const { return !rope.inverse_frequency.empty(); }
  // The longest prompt and response in which the prompt is read as beside any other response: in
  // longer ones rotary angles may depend on the length (see PackedBatch).
  int64_t shared_positions() const;
  // A config.json that transformers reads as a causal language model of this shape.
  nlohmann::json to_json() const;
  // Whether Hugging Face stores this parameter transposed, [in, out].
  bool stored_transposed(const std::string& name) const;
};

// `where` names the file in errors. Architectures that we do not have are refused by name, with
// those we have.
Result<DecoderConfig> config_from_json(const nlohmann::json& config, const std::string& where);
Result<DecoderConfig> config_from_gguf(const io::GgufFile& file);

}  // namespace loupe::model
