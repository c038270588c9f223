// SPDX-License-Identifier: GPL-3.0-or-later
// What the fuzzed programs share.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "core/io/tensor_source.h"

// What must hold whatever comes in; a failure is a crash, for libFuzzer to keep the input.
#define FUZZ_CHECK(condition)                                                            \
  do {                                                                                   \
    if (!(condition)) {                                                                  \
      std::fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                      \
    }                                                                                    \
  } while (false)

namespace loupe::fuzz {

inline std::span<const std::byte> as_bytes(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const std::byte*>(data), size};
}

// Every tensor lies inside the file, and reads or says why not.
inline void check_tensors(const io::TensorSource& source, std::span<const std::byte> file) {
  for (const auto& [name, info] : source.tensors()) {
    FUZZ_CHECK(info.data.empty() ||
               (info.data.data() >= file.data() &&
                info.data.data() + info.data.size() <= file.data() + file.size()));
    FUZZ_CHECK(io::tensor_bytes(info.dtype, info.shape) == info.data.size());
    const auto elements = static_cast<size_t>(info.numel());
    FUZZ_CHECK(elements <= file.size() * 16);
    std::vector<float> values(elements);
    const auto read = io::read_as_f32(info, values);
    FUZZ_CHECK(read || read.error().code == ErrorCode::unsupported);
    std::vector<float> part(elements / 2);
    FUZZ_CHECK(io::read_as_f32(info, elements - part.size(), part).ok() == read.ok());
  }
}

}  // namespace loupe::fuzz
