// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/tensor_source.h"

#include <algorithm>

#include "core/io/dequantise.h"
#include "core/io/text.h"

namespace loupe::io {

const char* dtype_name(DType dtype) {
  switch (dtype) {
    case DType::f64:
      return "F64";
    case DType::f32:
      return "F32";
    case DType::f16:
      return "F16";
    case DType::bf16:
      return "BF16";
    case DType::i64:
      return "I64";
    case DType::i32:
      return "I32";
    case DType::i16:
      return "I16";
    case DType::i8:
      return "I8";
    case DType::u8:
      return "U8";
    case DType::boolean:
      return "BOOL";
    case DType::q4_0:
      return "Q4_0";
    case DType::q4_1:
      return "Q4_1";
    case DType::q5_0:
      return "Q5_0";
    case DType::q5_1:
      return "Q5_1";
    case DType::q8_0:
      return "Q8_0";
    case DType::q4_k:
      return "Q4_K";
    case DType::q5_k:
      return "Q5_K";
    case DType::q6_k:
      return "Q6_K";
    case DType::q2_k:
      return "Q2_K";
    case DType::q3_k:
      return "Q3_K";
    case DType::iq4_nl:
      return "IQ4_NL";
    case DType::iq4_xs:
      return "IQ4_XS";
  }
  return "?";
}

BlockSize block_size(DType dtype) {
  switch (dtype) {
    case DType::f64:
    case DType::i64:
      return {1, 8};
    case DType::f32:
    case DType::i32:
      return {1, 4};
    case DType::f16:
    case DType::bf16:
    case DType::i16:
      return {1, 2};
    case DType::i8:
    case DType::u8:
    case DType::boolean:
      return {1, 1};
    case DType::q4_0:
      return {32, 18};
    case DType::q4_1:
      return {32, 20};
    case DType::q5_0:
      return {32, 22};
    case DType::q5_1:
      return {32, 24};
    case DType::q8_0:
      return {32, 34};
    case DType::q4_k:
      return {256, 144};
    case DType::q5_k:
      return {256, 176};
    case DType::q6_k:
      return {256, 210};
    case DType::q2_k:
      return {256, 84};
    case DType::q3_k:
      return {256, 110};
    case DType::iq4_nl:
      return {32, 18};
    case DType::iq4_xs:
      return {256, 136};
  }
  return {1, 1};
}

int64_t TensorInfo::numel() const {
  int64_t count = 1;
  for (const int64_t dim : shape) count *= dim;
  return count;
}

std::optional<uint64_t> tensor_bytes(DType dtype, const std::vector<int64_t>& shape) {
  uint64_t count = 1;
  for (const int64_t dim : shape) {
    if (dim < 0 || __builtin_mul_overflow(count, static_cast<uint64_t>(dim), &count))
      return std::nullopt;
  }
  const BlockSize block = block_size(dtype);
  if (count > INT64_MAX || count % block.elements != 0) return std::nullopt;
  uint64_t bytes = 0;
  if (__builtin_mul_overflow(count / block.elements, uint64_t{block.bytes}, &bytes) ||
      bytes > INT64_MAX)
    return std::nullopt;
  return bytes;
}

const TensorInfo* TensorSource::find(const std::string& name) const {
  const auto found = tensors_.find(name);
  return found == tensors_.end() ? nullptr : &found->second;
}

namespace {

Error tensor_error(const TensorInfo& info, ErrorCode code, std::string what) {
  return {code, std::move(what), info.file + ": tensor " + quote_name(info.name), {}};
}

// How many there are, once it is sure that they can be read.
Result<uint64_t> readable_elements(const TensorInfo& info) {
  if (!is_convertible(info.dtype)) {
    return tensor_error(info, ErrorCode::unsupported,
                        std::string("the tensor holds ") + dtype_name(info.dtype) +
                            " values, expected floating-point ones");
  }
  const std::optional<uint64_t> bytes = tensor_bytes(info.dtype, info.shape);
  if (!bytes || *bytes != info.data.size())
    return tensor_error(info, ErrorCode::corrupt, "the tensor's size does not fit its shape");
  return static_cast<uint64_t>(info.numel());
}

// Elements [first, first + count); whole blocks straight into place, cut ones by way of a buffer.
void convert_range(const TensorInfo& info, uint64_t first, std::span<float> out) {
  const BlockSize block = block_size(info.dtype);
  float cut[256];
  size_t done = 0;
  while (done < out.size()) {
    const uint64_t at = first + done;
    const std::byte* from = info.data.data() + at / block.elements * block.bytes;
    const size_t skip = at % block.elements;
    const size_t whole = (out.size() - done) / block.elements * block.elements;
    if (skip == 0 && whole > 0) {
      convert_to_f32(info.dtype, from, whole, out.data() + done);
      done += whole;
      continue;
    }
    convert_to_f32(info.dtype, from, block.elements, cut);
    const size_t take = std::min<size_t>(block.elements - skip, out.size() - done);
    std::copy_n(cut + skip, take, out.data() + done);
    done += take;
  }
}

}  // namespace

Result<void> read_as_f32(const TensorInfo& info, std::span<float> out) {
  LOUPE_TRY(const uint64_t elements, readable_elements(info));
  if (out.size() != elements) {
    return tensor_error(info, ErrorCode::internal,
                        "the tensor has " + std::to_string(elements) + " elements, the buffer " +
                            std::to_string(out.size()));
  }
  convert_range(info, 0, out);
  return {};
}

Result<void> read_as_f32(const TensorInfo& info, uint64_t first_element, std::span<float> out) {
  LOUPE_TRY(const uint64_t elements, readable_elements(info));
  if (first_element > elements || out.size() > elements - first_element) {
    return tensor_error(info, ErrorCode::internal,
                        "elements " + std::to_string(first_element) + " and the next " +
                            std::to_string(out.size()) + " were asked of " +
                            std::to_string(elements));
  }
  convert_range(info, first_element, out);
  return {};
}

Result<void> read_rows(const TensorInfo& info, uint64_t first_row, std::span<float> out) {
  const uint64_t row = info.shape.empty() ? 1 : static_cast<uint64_t>(info.shape.back());
  uint64_t first = 0;
  if ((row == 0 && !out.empty()) || (row > 0 && out.size() % row != 0) ||
      __builtin_mul_overflow(first_row, row, &first)) {
    return tensor_error(info, ErrorCode::internal,
                        "row " + std::to_string(first_row) + " into a buffer of " +
                            std::to_string(out.size()) + ", rows have " + std::to_string(row));
  }
  return read_as_f32(info, first, out);
}

}  // namespace loupe::io
