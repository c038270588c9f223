// SPDX-License-Identifier: GPL-3.0-or-later
// The type that matrix products run in.
#pragma once

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <string>

namespace loupe::model {

// Whether bf16 products are worth it. On a CPU without AVX-512 torch multiplies bf16 matrices one
// number at a time, on one thread: tens of times slower than fp32.
bool has_bf16_products(at::Device device);

// What `dtype` ("fp32", "bf16") comes to on the device: bf16 only where it has such products, else
// `exact`, which only gains in precision.
at::ScalarType compute_type(const std::string& dtype, at::Device device,
                            at::ScalarType exact = at::kFloat);

}  // namespace loupe::model
