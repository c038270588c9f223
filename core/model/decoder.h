// SPDX-License-Identifier: GPL-3.0-or-later
// A decoder on packed tokens, of any family that DecoderConfig can say. Parameters carry the
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
#include "core/model/lora.h"
#include "core/model/ops.h"
#include "core/model/packed_batch.h"

namespace loupe::model {

struct ForwardOptions {
  at::ScalarType compute =
      at::kFloat;      // of matrix products; bf16 keeps the residual stream in fp32
  CancelToken cancel;  // looked at before every layer, forward and backward
};

struct BuildOptions {
  at::ScalarType residual = at::kFloat;  // fp32, or fp64 for tests
  // Of matrices and embeddings: the residual's, or bf16 (to score in half the memory; such a
  // decoder is not trained). Norms and biases are always the residual's.
  at::ScalarType weights = at::kFloat;
  at::Device device = at::kCPU;
};

class Decoder {
 public:
  // Fills `destination`, which has the parameter's shape (matrices as [out, in]), whatever its
  // dtype and device.
  using Weights = std::function<Result<void>(const std::string& name, Tensor& destination)>;

  static Result<std::shared_ptr<Decoder>> build(const DecoderConfig& config, const Weights& weights,
                                                const BuildOptions& options,
                                                const ProgressFn& progress = {});

  const DecoderConfig& config() const { return config_; }
  at::Device device() const { return embedding_.device(); }
  at::ScalarType residual() const { return final_norm_.weight.scalar_type(); }
  at::ScalarType weights_dtype() const { return embedding_.scalar_type(); }

  // Hidden states after the final norm, [tokens, hidden], residual dtype. `input_embeddings`
  // [tokens, hidden], when defined, are read in place of the embedding's rows: what Hugging Face
  // calls inputs_embeds, a family's scale included. Throws Cancelled, and what torch throws.
  Tensor forward(const PackedBatch& batch, const ForwardOptions& options,
                 const Tensor& input_embeddings = {}) const;
  // What `forward` starts from: the embedding's rows, scaled where the family does. [tokens,
  // hidden]
  Tensor embed(const PackedBatch& batch) const;

  // Log-probability of each response token given what stands before it, [response tokens]; nats,
  // residual dtype.
  Tensor log_probs(const Tensor& hidden, const PackedBatch& batch, at::ScalarType compute) const;
  // Logits of the given states, [rows, vocab] in the residual's dtype; capped where the family
  // does.
  Tensor logits(const Tensor& hidden) const;

  // Every parameter in Hugging Face order, a tied unembedding once; low-rank changes are beside it.
  const std::vector<std::pair<std::string, Tensor>>& parameters() const { return parameters_; }
  int64_t parameter_count() const;
  uint64_t parameter_bytes() const;
  void set_trainable(bool trainable);
  // After the parameters changed in place: casts kept for bf16 are made anew.
  void parameters_changed() const;
  // A copy with parameters of its own on the same device, in the same dtype, low-rank changes
  // included.
  std::shared_ptr<Decoder> clone() const;

  // A decoder that shares every parameter with this one and adds `modules` to its own low-rank
  // changes. A module without a matrix among the layers', or that does not fit it, is refused.
  Result<std::shared_ptr<Decoder>> with_lora(const std::vector<LoraModule>& modules) const;
  const std::vector<LoraModule>& lora() const { return lora_; }
  // A decoder whose matrices have the low-rank changes in them: a copy, with parameters of its own.
  // Without low-rank changes it is this one again and shares every parameter: to be read, not
  // changed in place.
  std::shared_ptr<Decoder> merged() const;

  const Tensor& embedding() const { return embedding_; }
  const Tensor& unembedding() const { return unembedding_.defined() ? unembedding_ : embedding_; }

 private:
  struct Norm {
    Tensor weight, bias;
  };
  struct Layer {
    FusedLinear qkv, output, gate_up, down;
    Norm attention_norm, attention_out_norm, mlp_norm, mlp_out_norm, q_norm, k_norm;
  };
  // What every layer of a forward pass shares.
  struct Pass;

  Decoder() = default;
  std::shared_ptr<Decoder> copy() const;
  std::tuple<Tensor, Tensor> add_norm(const Tensor& h, const Tensor& delta, const Norm& norm,
                                      at::ScalarType compute) const;
  Tensor attention(const Layer& layer, const LayerSpec& spec, const Tensor& x,
                   const Pass& pass) const;
  Tensor mlp(const Layer& layer, const Tensor& x) const;
  Tensor norm_heads(const Layer& layer, const Tensor& qkv) const;
  Tensor unembedding_as(at::ScalarType compute) const;

  DecoderConfig config_;
  Tensor embedding_, positions_, unembedding_, frequency_, local_frequency_;
  Norm final_norm_;
  std::vector<Layer> layers_;
  std::vector<std::pair<std::string, Tensor>> parameters_;
  std::vector<LoraModule> lora_;
  mutable Tensor unembedding_cast_;
};

}  // namespace loupe::model
