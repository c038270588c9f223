// SPDX-License-Identifier: GPL-3.0-or-later
#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include "core/model/kernel_access.h"
#include "core/model/ops.h"

namespace loupe::model {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Rows of logits that exist at one time.
constexpr int64_t chunk_rows = 256;

Tensor row_log_sum_exp(const Tensor& logits, at::ScalarType residual) {
  if (!logits.is_cpu() || !has_kernel(residual, logits.scalar_type())) {
    const Tensor values = logits.to(residual);
    const Tensor largest = values.amax({-1}, true);
    return at::log(at::exp(values - largest).sum(-1)) + largest.squeeze(-1);
  }
  const Tensor lse = at::empty({logits.size(0)}, logits.options().dtype(residual));
  const int64_t width = logits.size(1);
  with_kernels(residual, logits.scalar_type(),
               [&]<class T, class O>(const kernels::Table<T, O>& table) {
                 parallel_rows(logits.size(0), 1, [&](int64_t begin, int64_t end) {
                   table.log_sum_exp(pointer<O>(logits) + begin * width, pointer<T>(lse) + begin,
                                     end - begin, width);
                 });
               });
  return lse;
}

// c tanh(z / c), in the logits' own memory.
void cap(Tensor& logits, double softcap) {
  if (softcap != 0) logits.div_(softcap).tanh_().mul_(softcap);
}

// scale * (one-hot(target) - softmax), in the logits' own memory where it can be.
Tensor gradient_of_log_prob(const Tensor& logits, const Tensor& lse, const Tensor& target,
                            const Tensor& scale) {
  if (!logits.is_cpu() || !has_kernel(lse.scalar_type(), logits.scalar_type())) {
    const Tensor probability = at::exp(logits.to(lse.scalar_type()) - lse.unsqueeze(1));
    return (-probability * scale.unsqueeze(1))
        .scatter_add(1, target.unsqueeze(1), scale.unsqueeze(1))
        .to(logits.scalar_type());
  }
  const int64_t width = logits.size(1);
  with_kernels(lse.scalar_type(), logits.scalar_type(),
               [&]<class T, class O>(const kernels::Table<T, O>& table) {
                 parallel_rows(logits.size(0), 1, [&](int64_t begin, int64_t end) {
                   table.log_prob_gradient(pointer<O>(logits) + begin * width,
                                           pointer<T>(lse) + begin,
                                           pointer<int64_t>(target) + begin,
                                           pointer<T>(scale) + begin, end - begin, width);
                 });
               });
  return logits;
}

struct TokenLogProbFunction : torch::autograd::Function<TokenLogProbFunction> {
  static Tensor forward(AutogradContext* context, const Tensor& hidden, const Tensor& unembedding,
                        const Tensor& cast, const Tensor& targets, double softcap) {
    const Tensor h = hidden.to(cast.scalar_type()).contiguous();
    const int64_t rows = h.size(0);
    const Tensor out = at::empty({rows}, hidden.options());
    const Tensor lse = at::empty({rows}, hidden.options());
    const Tensor target = targets.contiguous();
    for (int64_t begin = 0; begin < rows; begin += chunk_rows) {
      const int64_t count = std::min(chunk_rows, rows - begin);
      Tensor logits = at::mm(h.narrow(0, begin, count), cast.t());
      cap(logits, softcap);
      const Tensor part = row_log_sum_exp(logits, hidden.scalar_type());
      lse.narrow(0, begin, count).copy_(part);
      const Tensor picked =
          logits.gather(1, target.narrow(0, begin, count).unsqueeze(1)).squeeze(1);
      out.narrow(0, begin, count).copy_(picked.to(hidden.scalar_type()) - part);
    }
    context->save_for_backward({h, cast, target, lse});
    context->saved_data["softcap"] = softcap;
    context->saved_data["needs_weight"] = unembedding.requires_grad();
    context->saved_data["needs_hidden"] = hidden.requires_grad();
    context->saved_data["weight_dtype"] = unembedding.scalar_type();
    return out;
  }

  // Logits are made again a chunk at a time: a fourth product in place of a [rows, vocab] tensor
  // kept.
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor& h = saved[0];
    const Tensor& cast = saved[1];
    const Tensor& target = saved[2];
    const Tensor& lse = saved[3];
    const double softcap = context->saved_data["softcap"].toDouble();
    const bool needs_weight = context->saved_data["needs_weight"].toBool();
    const bool needs_hidden = context->saved_data["needs_hidden"].toBool();
    const Tensor scale = gradients[0].contiguous();
    const int64_t rows = h.size(0);
    const Tensor dhidden = needs_hidden ? at::empty({rows, h.size(1)}, scale.options()) : Tensor();
    Tensor dweight;
    for (int64_t begin = 0; begin < rows; begin += chunk_rows) {
      const int64_t count = std::min(chunk_rows, rows - begin);
      const Tensor part = h.narrow(0, begin, count);
      Tensor logits = at::mm(part, cast.t());
      cap(logits, softcap);
      // The cap's slope, before the logits' memory is taken for their gradient.
      const Tensor slope = softcap != 0 ? 1 - (logits / softcap).pow(2) : Tensor();
      Tensor dlogits =
          gradient_of_log_prob(logits, lse.narrow(0, begin, count), target.narrow(0, begin, count),
                               scale.narrow(0, begin, count));
      if (slope.defined()) dlogits = dlogits * slope;
      if (needs_hidden) dhidden.narrow(0, begin, count).copy_(at::mm(dlogits, cast));
      if (!needs_weight) continue;
      const auto dtype = context->saved_data["weight_dtype"].toScalarType();
      if (dlogits.scalar_type() != dtype) {
        const Tensor product = at::mm(dlogits.t(), part);
        if (dweight.defined())
          dweight.add_(product);
        else
          dweight = product.to(dtype);
      } else if (dweight.defined()) {
        dweight.addmm_(dlogits.t(), part);
      } else {
        dweight = at::mm(dlogits.t(), part);
      }
    }
    return {dhidden, dweight, Tensor(), Tensor(), Tensor()};
  }
};

}  // namespace

Tensor token_log_probs(const Tensor& hidden, const Tensor& unembedding, const Tensor& cast,
                       const Tensor& targets, double softcap) {
  return TokenLogProbFunction::apply(hidden, unembedding, cast, targets, softcap);
}

}  // namespace loupe::model
