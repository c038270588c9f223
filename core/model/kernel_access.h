// SPDX-License-Identifier: GPL-3.0-or-later
// From tensors to kernels: which types have one, and pointers of the right kind. Internal to
// core/model.
#pragma once

#include <ATen/core/Tensor.h>

#include "core/model/kernels.h"
#include "core/model/parallel.h"

namespace loupe::model {

inline bool has_kernel(at::ScalarType residual, at::ScalarType compute) {
  if (!kernels_enabled()) return false;
  return (residual == at::kFloat && (compute == at::kFloat || compute == at::kBFloat16)) ||
         (residual == at::kDouble && compute == at::kDouble);
}

template <class Scalar>
Scalar* pointer(const at::Tensor& tensor) {
  return tensor.defined() ? static_cast<Scalar*>(tensor.data_ptr()) : nullptr;
}

// The residual type that goes with a compute type on the CPU.
inline at::ScalarType residual_of(at::ScalarType compute) {
  return compute == at::kDouble ? at::kDouble : at::kFloat;
}

// Calls body.template operator()<T, O>(table) for the (residual, compute) pair.
template <class Body>
void with_kernels(at::ScalarType residual, at::ScalarType compute, Body&& body) {
  if (residual == at::kDouble)
    body.template operator()<double, double>(kernels::table_f64());
  else if (compute == at::kBFloat16)
    body.template operator()<float, kernels::bf16>(kernels::table_bf16());
  else
    body.template operator()<float, float>(kernels::table_f32());
}

}  // namespace loupe::model
