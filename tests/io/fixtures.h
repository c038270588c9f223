// SPDX-License-Identifier: GPL-3.0-or-later
// What the tests of core/io share: fixtures, a hand-written GGUF, and a look at how much was
// allocated.
#pragma once

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <new>
#include <string>
#include <vector>

#include "core/base/file.h"
#include "core/io/tensor_source.h"

namespace loupe::io::testing {

inline std::filesystem::path golden(const std::string& name) {
  return std::filesystem::path(LOUPE_SOURCE_DIR) / "tests" / "golden" / "io" / name;
}

using Bytes = std::vector<std::byte>;

inline Bytes read_bytes(const std::filesystem::path& path) {
  const std::string text = read_text_file(path).value();
  const auto* begin = reinterpret_cast<const std::byte*>(text.data());
  return Bytes(begin, begin + text.size());
}

inline std::vector<float> values_of(const TensorInfo& info) {
  std::vector<float> values(static_cast<size_t>(info.numel()));
  const Result<void> read = read_as_f32(info, values);
  if (!read) values.clear();
  return values;
}

// Writes a GGUF piece by piece; nothing is checked, so that lies can be written.
class GgufBuilder {
 public:
  GgufBuilder(uint64_t tensors, uint64_t pairs, uint32_t version = 3) {
    raw("GGUF", 4);
    number<uint32_t>(version);
    number<uint64_t>(tensors);
    number<uint64_t>(pairs);
  }
  GgufBuilder& raw(const void* data, size_t size) {
    bytes_.append(static_cast<const char*>(data), size);
    return *this;
  }
  template <class T>
  GgufBuilder& number(T value) {
    return raw(&value, sizeof(value));
  }
  GgufBuilder& string(std::string_view text) {
    number<uint64_t>(text.size());
    return raw(text.data(), text.size());
  }
  GgufBuilder& tensor(std::string_view name, const std::vector<uint64_t>& dims, uint32_t type,
                      uint64_t offset) {
    string(name);
    number<uint32_t>(static_cast<uint32_t>(dims.size()));
    for (const uint64_t dim : dims) number(dim);
    number(type);
    return number(offset);
  }
  // Pads to `alignment`, then adds `size` bytes of data.
  GgufBuilder& data(size_t size, size_t alignment = 32) {
    bytes_.resize((bytes_.size() + alignment - 1) / alignment * alignment + size, '\0');
    return *this;
  }
  Bytes bytes() const {
    const auto* begin = reinterpret_cast<const std::byte*>(bytes_.data());
    return Bytes(begin, begin + bytes_.size());
  }

 private:
  std::string bytes_;
};

// The largest single allocation since the last reset, in bytes; needs LOUPE_WATCH_ALLOCATIONS in
// one file.
inline std::atomic<size_t> largest_allocation{0};

inline void* watched_allocation(size_t size) {
  size_t seen = largest_allocation.load();
  while (size > seen && !largest_allocation.compare_exchange_weak(seen, size)) {
  }
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace loupe::io::testing

#define LOUPE_WATCH_ALLOCATIONS                           \
  void* operator new(size_t size) {                       \
    return loupe::io::testing::watched_allocation(size);  \
  }                                                       \
  void* operator new[](size_t size) {                     \
    return loupe::io::testing::watched_allocation(size);  \
  }                                                       \
  void operator delete(void* memory) noexcept {           \
    std::free(memory);                                    \
  }                                                       \
  void operator delete[](void* memory) noexcept {         \
    std::free(memory);                                    \
  }                                                       \
  void operator delete(void* memory, size_t) noexcept {   \
    std::free(memory);                                    \
  }                                                       \
  void operator delete[](void* memory, size_t) noexcept { \
    std::free(memory);                                    \
  }
