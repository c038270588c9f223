// SPDX-License-Identifier: GPL-3.0-or-later
// The element-wise passes of a decoder layer as plain loops over raw pointers, compiled once for
// each instruction set and chosen at start. No torch here: core/model/ops.cpp calls them on CPU
// tensors and falls back to ordinary torch operations on every other device.
//
// Shapes: rows x width, contiguous. T is the type of the residual stream (float or double); O the
// type that matrix products run in (float, double, or bf16 as uint16_t). Thread-safe: no state;
// callers split rows among threads.
#pragma once

#include <cstdint>

namespace loupe::model::kernels {

using bf16 = uint16_t;

template <class T, class O>
struct Table {
  // h_out = h + delta (delta may be null: h_out = h, and h_out may then be null), x = h_out * rstd
  // * weight, rstd = 1 / sqrt(mean(h_out^2) + eps).
  void (*add_rms_norm)(const T* h, const O* delta, const T* weight, T* h_out, O* x, T* rstd,
                       int64_t rows, int64_t width, T eps);
  // Gradient of the above: dx of x, dh_out of h_out (may be null) -> dh, and ddelta (may be null) =
  // dh in O; dweight (may be null) is added to.
  void (*add_rms_norm_backward)(const O* dx, const T* dh_out, const T* h_out, const T* rstd,
                                const T* weight, T* dh, O* ddelta, T* dweight, int64_t rows,
                                int64_t width);
  // Rotary embedding, half-split convention of Hugging Face's Llama: the first `dim` numbers of the
  // first `rotated` heads of each row are turned by the row's angles (cosine, sine: rows x dim/2);
  // `direction` -1 turns back. All else is copied.
  void (*rope)(const O* in, O* out, const T* cosine, const T* sine, int64_t rows, int64_t heads,
               int64_t rotated, int64_t head_dim, int64_t dim, T direction);
  // gate_up is rows x 2*width; out = silu(gate) * up.
  void (*swiglu)(const O* gate_up, O* out, int64_t rows, int64_t width);
  void (*swiglu_backward)(const O* gate_up, const O* dout, O* dgate_up, int64_t rows,
                          int64_t width);
  // log(sum(exp(logits))) of each row.
  void (*log_sum_exp)(const O* logits, T* out, int64_t rows, int64_t width);
  // logits := scale[row] * (1[v = target] - exp(logit - lse)), in place: the gradient of scale *
  // log_prob(target).
  void (*log_prob_gradient)(O* logits, const T* lse, const int64_t* target, const T* scale,
                            int64_t rows, int64_t width);
};

// The best table for this processor.
const Table<float, float>& table_f32();
const Table<float, bf16>& table_bf16();
const Table<double, double>& table_f64();
const char* instruction_set();  // "x86-64-v4", "x86-64-v3" or "baseline"

}  // namespace loupe::model::kernels
