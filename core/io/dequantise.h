// SPDX-License-Identifier: GPL-3.0-or-later
// Raw tensor bytes to fp32. Results equal the reference implementation of GGUF bit for bit
// (products and sums are rounded separately, never fused). Pure functions; `from` needs no
// alignment.
#pragma once

#include <cstddef>

#include "core/io/tensor_source.h"

namespace loupe::io {

// Converts `count` elements; `from` holds count / block elements whole blocks. The dtype must be
// one for which is_convertible() holds.
void convert_to_f32(DType dtype, const std::byte* from, size_t count, float* to);

// True for floating-point and quantised types.
bool is_convertible(DType dtype);

}  // namespace loupe::io
