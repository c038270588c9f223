// SPDX-License-Identifier: GPL-3.0-or-later
// Named tensors in a file, whatever the format; the model loader looks them up by name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace loupe::io {

enum class DType {
  f64,
  f32,
  f16,
  bf16,
  i64,
  i32,
  i16,
  i8,
  u8,
  boolean,
  // GGUF's quantised blocks.
  q4_0,
  q4_1,
  q8_0,
  q4_k,
  q6_k,
  q5_0,
  q5_1,
  q5_k,
  q2_k,
  q3_k,
  iq4_nl,
  iq4_xs,
};

const char* dtype_name(DType dtype);
// Elements a block and bytes a block; (1, n) for plain types, (32, 18) for q4_0, (256, 144) for
// q4_k …
struct BlockSize {
  uint32_t elements;
  uint32_t bytes;
};
BlockSize block_size(DType dtype);

// Bytes that a tensor of this shape takes; nullopt when the count overflows, a dimension is
// negative or the elements fill no whole number of blocks.
std::optional<uint64_t> tensor_bytes(DType dtype, const std::vector<int64_t>& shape);

struct TensorInfo {
  std::string name;  // as in the file
  DType dtype = DType::f32;
  std::vector<int64_t> shape;       // outermost first, as PyTorch says it (GGUF's order reversed)
  std::span<const std::byte> data;  // inside the mapping; lives as long as the source
  std::string file;                 // for messages

  int64_t numel() const;
};

// Thread-safe for reading once opened.
class TensorSource {
 public:
  virtual ~TensorSource() = default;
  const std::map<std::string, TensorInfo>& tensors() const { return tensors_; }
  // nullptr when absent.
  const TensorInfo* find(const std::string& name) const;

 protected:
  std::map<std::string, TensorInfo> tensors_;
};

// Dequantises/converts the whole tensor to fp32. out.size() must equal info.numel().
// Integer types are refused (ErrorCode::unsupported).
Result<void> read_as_f32(const TensorInfo& info, std::span<float> out);
// Elements [first_element, first_element + out.size()) only, blocks cut where they must be. A
// caller may read parts of one tensor from several threads at once.
Result<void> read_as_f32(const TensorInfo& info, uint64_t first_element, std::span<float> out);
// Whole rows (runs of the last dimension) from `first_row` on: one row of an embedding, say.
Result<void> read_rows(const TensorInfo& info, uint64_t first_row, std::span<float> out);

}  // namespace loupe::io
