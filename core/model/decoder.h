// SPDX-License-Identifier: GPL-3.0-or-later
// A Llama-family decoder on packed tokens (transformers: LlamaForCausalLM). Parameters carry the
// Hugging Face names, so that loading is a lookup and saving is the identity.
//
// Threads: forward passes may run in several threads at once while nobody trains or changes the
// parameters; the cast kept for bf16 is the exception, so one thread a model in bf16.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/model/config.h"
#include "core/model/ops.h"
#include "core/model/packed_batch.h"

namespace loupe::model {

struct ForwardOptions {
  at::ScalarType compute =
      at::kFloat;           // of matrix products; bf16 keeps the residual stream in fp32
  CancelToken cancel;       // looked at before every layer, forward and backward
  Tensor input_embeddings;  // [tokens, hidden], in place of the embedding's rows, when defined
};

class Decoder {
 public:
  // Gives the tensor [shape] of a parameter by its Hugging Face name, in any float dtype, on the
  // CPU.
  using Weights =
      std::function<Result<Tensor>(const std::string& name, const std::vector<int64_t>& shape)>;

  // `residual`: fp32, or fp64 for tests. `frequency_factors` [head_dim / 2] divide the rotary
  // frequencies (GGUF's rope_freqs); undefined: from the config.
  static Result<std::shared_ptr<Decoder>> build(const DecoderConfig& config, const Weights& weights,
                                                at::ScalarType residual, at::Device device,
                                                const Tensor& frequency_factors = {},
                                                const ProgressFn& progress = {});

  const DecoderConfig& config() const { return config_; }
  at::Device device() const { return embedding_.device(); }
  at::ScalarType residual() const { return embedding_.scalar_type(); }

  // Hidden states after the final norm, [tokens, hidden], residual dtype. Throws Cancelled, and
  // what torch throws.
  Tensor forward(const PackedBatch& batch, const ForwardOptions& options) const;

  // Log-probability of each response token given what stands before it, [response tokens]; nats,
  // residual dtype.
  Tensor log_probs(const Tensor& hidden, const PackedBatch& batch, at::ScalarType compute) const;

  // Every parameter in Hugging Face order, a tied unembedding once.
  const std::vector<std::pair<std::string, Tensor>>& parameters() const { return parameters_; }
  int64_t parameter_count() const;
  void set_trainable(bool trainable);
  // After the parameters changed in place: casts kept for bf16 are made anew.
  void parameters_changed() const;
  // A copy with parameters of its own on the same device, in the same dtype.
  std::shared_ptr<Decoder> clone() const;

  const Tensor& embedding() const { return embedding_; }
  const Tensor& unembedding() const { return unembedding_.defined() ? unembedding_ : embedding_; }

 private:
  struct Layer {
    FusedLinear qkv, output, gate_up, down;
    Tensor attention_norm, mlp_norm;
  };

  Decoder() = default;
  void list_parameters();
  Tensor angles(const PackedBatch& batch) const;
  Tensor unembedding_as(at::ScalarType compute) const;

  DecoderConfig config_;
  Tensor embedding_, unembedding_, final_norm_, inverse_frequency_;
  std::vector<Layer> layers_;
  std::vector<std::pair<std::string, Tensor>> parameters_;
  mutable Tensor unembedding_cast_;
};

}  // namespace loupe::model
