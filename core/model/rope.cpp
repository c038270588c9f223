// SPDX-License-Identifier: GPL-3.0-or-later
#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include "core/model/kernel_access.h"
#include "core/model/ops.h"

namespace loupe::model {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

Tensor turn(const Tensor& qkv, const Tensor& cosine, const Tensor& sine, int64_t heads,
            int64_t rotated, double direction) {
  const Tensor in = qkv.contiguous();
  const Tensor out = at::empty_like(in);
  const int64_t width = in.size(1);
  const int64_t head_dim = width / heads;
  const int64_t half = cosine.size(1);
  with_kernels(cosine.scalar_type(), in.scalar_type(),
               [&]<class T, class O>(const kernels::Table<T, O>& table) {
                 parallel_rows(in.size(0), 32, [&](int64_t begin, int64_t end) {
                   table.rope(pointer<O>(in) + begin * width, pointer<O>(out) + begin * width,
                              pointer<T>(cosine) + begin * half, pointer<T>(sine) + begin * half,
                              end - begin, heads, rotated, head_dim, 2 * half,
                              static_cast<T>(direction));
                 });
               });
  return out;
}

// A rotation's gradient is the rotation back.
struct RopeFunction : torch::autograd::Function<RopeFunction> {
  static Tensor forward(AutogradContext* context, const Tensor& qkv, const Tensor& cosine,
                        const Tensor& sine, int64_t heads, int64_t rotated) {
    context->save_for_backward({cosine, sine});
    context->saved_data["heads"] = heads;
    context->saved_data["rotated"] = rotated;
    return turn(qkv, cosine, sine, heads, rotated, 1);
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    return {turn(gradients[0], saved[0], saved[1], context->saved_data["heads"].toInt(),
                 context->saved_data["rotated"].toInt(), -1),
            Tensor(), Tensor(), Tensor(), Tensor()};
  }
};

}  // namespace

Tensor rope(const Tensor& qkv, const Tensor& cosine, const Tensor& sine, int64_t heads,
            int64_t rotated) {
  if (qkv.is_cpu() && has_kernel(cosine.scalar_type(), qkv.scalar_type()))
    return RopeFunction::apply(qkv, cosine.contiguous(), sine.contiguous(), heads, rotated);
  const int64_t tokens = qkv.size(0);
  const auto by_head = qkv.view({tokens, heads, -1});
  const int64_t dim = 2 * cosine.size(1);
  const int64_t rest = by_head.size(2) - dim;
  const auto turned = by_head.narrow(1, 0, rotated).narrow(2, 0, dim);
  const auto halves = turned.chunk(2, -1);
  const auto c = cosine.unsqueeze(1);
  const auto s = sine.unsqueeze(1);
  const auto first = halves[0] * c - halves[1] * s;
  const auto second = halves[1] * c + halves[0] * s;
  const auto still = by_head.narrow(1, 0, rotated).narrow(2, dim, rest);
  const auto result = at::cat({at::cat({first, second}, -1).to(qkv.scalar_type()), still}, -1);
  return at::cat({result, by_head.narrow(1, rotated, heads - rotated)}, 1).reshape({tokens, -1});
}

}  // namespace loupe::model
