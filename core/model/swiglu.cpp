// SPDX-License-Identifier: GPL-3.0-or-later
#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include "core/model/kernel_access.h"
#include "core/model/ops.h"

namespace loupe::model {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct SwigluFunction : torch::autograd::Function<SwigluFunction> {
  static Tensor forward(AutogradContext* context, const Tensor& gate_up) {
    const Tensor in = gate_up.contiguous();
    context->save_for_backward({in});
    const int64_t width = in.size(1) / 2;
    const Tensor out = at::empty({in.size(0), width}, in.options());
    const auto compute = in.scalar_type();
    with_kernels(residual_of(compute), compute,
                 [&]<class T, class O>(const kernels::Table<T, O>& table) {
                   parallel_rows(in.size(0), 8, [&](int64_t begin, int64_t end) {
                     table.swiglu(pointer<O>(in) + begin * 2 * width,
                                  pointer<O>(out) + begin * width, end - begin, width);
                   });
                 });
    return out;
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const Tensor in = context->get_saved_variables()[0];
    const Tensor dout = gradients[0].contiguous();
    const int64_t width = dout.size(1);
    const Tensor din = at::empty_like(in);
    const auto compute = in.scalar_type();
    with_kernels(residual_of(compute), compute,
                 [&]<class T, class O>(const kernels::Table<T, O>& table) {
                   parallel_rows(in.size(0), 8, [&](int64_t begin, int64_t end) {
                     table.swiglu_backward(pointer<O>(in) + begin * 2 * width,
                                           pointer<O>(dout) + begin * width,
                                           pointer<O>(din) + begin * 2 * width, end - begin, width);
                   });
                 });
    return {din};
  }
};

}  // namespace

Tensor swiglu(const Tensor& gate_up) {
  if (gate_up.is_cpu() && has_kernel(residual_of(gate_up.scalar_type()), gate_up.scalar_type()))
    return SwigluFunction::apply(gate_up);
  const auto halves = gate_up.chunk(2, -1);
  return at::silu(halves[0]) * halves[1];
}

}  // namespace loupe::model
