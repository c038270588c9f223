// SPDX-License-Identifier: GPL-3.0-or-later
#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include "core/model/kernel_access.h"
#include "core/model/ops.h"

namespace loupe::model {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr int64_t norm_grain = 16;

struct AddRmsNormFunction : torch::autograd::Function<AddRmsNormFunction> {
  static variable_list forward(AutogradContext* context, const Tensor& h,
                               const std::optional<Tensor>& delta, const Tensor& weight, double eps,
                               at::ScalarType compute) {
    const int64_t rows = h.size(0);
    const int64_t width = h.size(1);
    const Tensor source = h.contiguous();
    const Tensor change = delta ? delta->contiguous() : Tensor();
    const Tensor sum = change.defined() ? at::empty_like(source) : source;
    const Tensor x = at::empty({rows, width}, h.options().dtype(compute));
    const Tensor rstd = at::empty({rows}, h.options());
    const Tensor scale = weight.contiguous();
    with_kernels(
        h.scalar_type(), compute, [&]<class T, class O>(const kernels::Table<T, O>& table) {
          parallel_rows(rows, norm_grain, [&](int64_t begin, int64_t end) {
            const int64_t at = begin * width;
            table.add_rms_norm(pointer<T>(source) + at,
                               change.defined() ? pointer<O>(change) + at : nullptr,
                               pointer<T>(scale), change.defined() ? pointer<T>(sum) + at : nullptr,
                               pointer<O>(x) + at, pointer<T>(rstd) + begin, end - begin, width,
                               static_cast<T>(eps));
          });
        });
    context->save_for_backward({sum, rstd, scale});
    context->saved_data["delta"] = delta.has_value();
    context->saved_data["needs_weight"] = weight.requires_grad();
    context->saved_data["compute"] = compute;
    if (!change.defined()) return {x};
    return {sum, x};
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor& sum = saved[0];
    const bool has_delta = context->saved_data["delta"].toBool();
    const bool needs_weight = context->saved_data["needs_weight"].toBool();
    const auto compute = context->saved_data["compute"].toScalarType();
    const Tensor& gx = gradients[has_delta ? 1 : 0];
    const Tensor dx =
        gx.defined() ? gx.contiguous() : at::zeros(sum.sizes(), sum.options().dtype(compute));
    const Tensor dsum = has_delta && gradients[0].defined() ? gradients[0].contiguous() : Tensor();
    const int64_t rows = sum.size(0);
    const int64_t width = sum.size(1);
    const Tensor dh = at::empty_like(sum);
    // In fp32 the gradient of delta is the gradient of h, bit for bit: one tensor serves both.
    const bool own_delta = has_delta && compute != sum.scalar_type();
    const Tensor ddelta =
        own_delta ? at::empty({rows, width}, sum.options().dtype(compute)) : Tensor();
    // The weight's gradient is summed up chunk by chunk, and the chunks in their order: the same
    // bits whichever thread is done first, and however many there are.
    const int64_t chunks = (rows + norm_grain - 1) / norm_grain;
    const Tensor dweight = needs_weight ? at::zeros({width}, sum.options()) : Tensor();
    const Tensor partial = needs_weight ? at::zeros({chunks, width}, sum.options()) : Tensor();
    with_kernels(sum.scalar_type(), compute,
                 [&]<class T, class O>(const kernels::Table<T, O>& table) {
                   parallel_rows(chunks, 1, [&](int64_t first, int64_t last) {
                     for (int64_t chunk = first; chunk < last; ++chunk) {
                       const int64_t begin = chunk * norm_grain;
                       const int64_t at = begin * width;
                       table.add_rms_norm_backward(
                           pointer<O>(dx) + at, dsum.defined() ? pointer<T>(dsum) + at : nullptr,
                           pointer<T>(sum) + at, pointer<T>(saved[1]) + begin, pointer<T>(saved[2]),
                           pointer<T>(dh) + at, own_delta ? pointer<O>(ddelta) + at : nullptr,
                           needs_weight ? pointer<T>(partial) + chunk * width : nullptr,
                           std::min(norm_grain, rows - begin), width);
                     }
                   });
                   if (!needs_weight) return;
                   T* total = pointer<T>(dweight);
                   for (int64_t chunk = 0; chunk < chunks; ++chunk) {
                     const T* of_chunk = pointer<T>(partial) + chunk * width;
                     for (int64_t i = 0; i < width; ++i) total[i] += of_chunk[i];
                   }
                 });
    return {dh, has_delta ? (own_delta ? ddelta : dh) : Tensor(), dweight, Tensor(), Tensor()};
  }
};

}  // namespace

std::tuple<Tensor, Tensor> add_rms_norm(const Tensor& h, const Tensor& delta, const Tensor& weight,
                                        double eps, at::ScalarType compute) {
  if (h.is_cpu() && has_kernel(h.scalar_type(), compute) &&
      (!delta.defined() || delta.scalar_type() == compute)) {
    const auto given = delta.defined() ? std::optional<Tensor>(delta) : std::nullopt;
    const auto out = AddRmsNormFunction::apply(h, given, weight, eps, compute);
    return delta.defined() ? std::make_tuple(out[0], out[1]) : std::make_tuple(h, out[0]);
  }
  const Tensor sum = delta.defined() ? h + delta : h;
  const Tensor rstd = at::rsqrt(sum.pow(2).mean(-1, true) + eps);
  return {sum, (sum * rstd * weight).to(compute)};
}

std::tuple<Tensor, Tensor> add_layer_norm(const Tensor& h, const Tensor& delta,
                                          const Tensor& weight, const Tensor& bias, double eps,
                                          at::ScalarType compute) {
  const Tensor sum = delta.defined() ? h + delta : h;
  if (sum.is_cpu() || sum.is_cuda())
    return {sum, at::layer_norm(sum, {sum.size(-1)}, weight, bias, eps).to(compute)};
  const Tensor centred = sum - sum.mean(-1, true);
  const Tensor rstd = at::rsqrt(centred.pow(2).mean(-1, true) + eps);
  return {sum, (centred * rstd * weight + bias).to(compute)};
}

}  // namespace loupe::model
