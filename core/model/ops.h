// SPDX-License-Identifier: GPL-3.0-or-later
// The differentiable operations of a decoder on packed tokens. On CPU tensors they run our own
// kernels; on any other device (CUDA, meta) ordinary torch operations with the same result.
//
// `residual` dtype: fp32 (or fp64) stream; `compute` dtype: what matrix products run in (the same,
// or bf16).
#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <span>
#include <tuple>
#include <vector>

#include "core/model/packed_batch.h"

namespace loupe::model {

using at::Tensor;

// One matrix [sum of outputs, in] whose row blocks are separate parameters (q, k and v; gate and
// up), so that one product serves all. The parts are leaf tensors that share the matrix's storage.
class FusedLinear {
 public:
  FusedLinear() = default;
  // Room for parts of [outputs[i], in], to be filled; biases are kept in `bias_dtype`.
  FusedLinear(const std::vector<int64_t>& outputs, int64_t in, bool with_biases,
              at::ScalarType dtype, at::ScalarType bias_dtype, at::Device device);

  // x [tokens, in] (compute dtype) -> [tokens, sum of outputs] in x's dtype. Biases are added where
  // there are any.
  Tensor forward(const Tensor& x) const;

  std::vector<Tensor> weights;  // leaf views of `matrix`
  std::vector<Tensor> biases;   // leaf views of `bias`, or empty
  // The matrix in `dtype`: itself, or a cast that is kept until forget_cast() (the optimiser calls
  // it after a step).
  Tensor matrix_as(at::ScalarType dtype) const;
  void forget_cast() const;

  // Adds scale (x A^T) B^T to the outputs of part `part` from now on: see LoraModule.
  void add_low_rank(size_t part, const Tensor& a, const Tensor& b, double scale);

 private:
  struct LowRank {
    int64_t row = 0;  // where the part's outputs begin
    Tensor a, b;      // [rank, in], [out, rank]
    double scale = 1;
  };

  std::vector<LowRank> low_rank_;  // by row
  Tensor matrix_, bias_;
  mutable Tensor cast_;
};

// Rows of a [rows, …] tensor by an int64 index on its device. (index_select has no meta kernel
// outside Python.)
Tensor take_rows(const Tensor& tensor, const Tensor& index);
// Any device's int64 tensor out of a list.
Tensor index_tensor(const std::vector<int64_t>& index, at::Device device);

// (h + delta, RMSNorm(h + delta) * weight in compute dtype); delta may be undefined (then h itself
// comes back). LlamaRMSNorm with the product in the residual's dtype.
std::tuple<Tensor, Tensor> add_rms_norm(const Tensor& h, const Tensor& delta, const Tensor& weight,
                                        double eps, at::ScalarType compute);

// (h + delta, LayerNorm(h + delta) * weight + bias in compute dtype); as add_rms_norm.
std::tuple<Tensor, Tensor> add_layer_norm(const Tensor& h, const Tensor& delta,
                                          const Tensor& weight, const Tensor& bias, double eps,
                                          at::ScalarType compute);

// qkv [tokens, heads * head_dim]: the first `rotated` heads are turned. cosine, sine: [tokens,
// turned part of a head / 2].
Tensor rope(const Tensor& qkv, const Tensor& cosine, const Tensor& sine, int64_t heads,
            int64_t rotated);

// [tokens, 2 * width] -> [tokens, width]: silu(gate) * up.
Tensor swiglu(const Tensor& gate_up);

// Where each row (prompt + one response) of a batch stands in the packed tokens; made once a batch,
// used by all layers.
struct AttentionPlan {
  struct Row {
    Segment prompt, response;  // response.length 0: the prompt alone
    bool owns_prompt = false;  // the row whose prompt outputs are kept
    int64_t length() const { return prompt.length + response.length; }
  };
  std::vector<std::vector<Row>> calls;  // rows that go into one padded attention call
  static AttentionPlan make(const PackedBatch& batch);
};

struct AttentionShape {
  int64_t heads = 0, kv_heads = 0, head_dim = 0;
  double scale = 1;    // of q . k
  double softcap = 0;  // c tanh(z / c) of the scaled logits; 0: none
  int64_t window = 0;  // a token sees this many, itself included; 0: all before it
  int64_t width() const { return (heads + 2 * kv_heads) * head_dim; }
  int64_t repeats() const { return heads / kv_heads; }
};

// Causal attention, prompt shared. qkv [tokens, (heads + 2 * kv_heads) * head_dim] -> [tokens,
// heads * head_dim].
Tensor packed_attention(const Tensor& qkv, const std::shared_ptr<const AttentionPlan>& plan,
                        const AttentionShape& shape);

// log softmax(cap(hidden @ unembedding^T))[target] for each row, in chunks, never the whole [rows,
// vocab]; cap(z) = c tanh(z / c) where softcap c is not 0. hidden [rows, d] residual dtype;
// unembedding [vocab, d] leaf; `cast` is the unembedding in compute dtype (the same tensor when
// equal). Returns [rows] in the residual's dtype.
Tensor token_log_probs(const Tensor& hidden, const Tensor& unembedding, const Tensor& cast,
                       const Tensor& targets, double softcap = 0);

}  // namespace loupe::model
