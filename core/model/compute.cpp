// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/compute.h"

#include "core/model/kernels.h"

namespace loupe::model {

bool has_bf16_products(at::Device device) {
  return !device.is_cpu() || std::string(kernels::instruction_set()) == "x86-64-v4";
}

at::ScalarType compute_type(const std::string& dtype, at::Device device, at::ScalarType exact) {
  return dtype == "bf16" && has_bf16_products(device) ? at::kBFloat16 : exact;
}

}  // namespace loupe::model
