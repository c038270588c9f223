// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/gguf.h"

#include <algorithm>
#include <limits>
#include <string_view>
#include <utility>

#include "core/io/gguf_cursor.h"
#include "core/io/gguf_metadata.h"
#include "core/io/pickle.h"
#include "core/io/text.h"

namespace loupe::io {
namespace {

constexpr uint32_t kMaxDims = 4;
// Name length, one byte of name, dimension count, one dimension, type, offset.
constexpr size_t kLeastTensorBytes = 8 + 1 + 4 + 8 + 4 + 8;

struct TensorType {
  uint32_t id;
  const char* name;
  std::optional<DType> dtype;  // empty: known by name, not read
};

constexpr TensorType kTensorTypes[] = {
    {0, "F32", DType::f32},
    {1, "F16", DType::f16},
    {2, "Q4_0", DType::q4_0},
    {3, "Q4_1", DType::q4_1},
    {6, "Q5_0", DType::q5_0},
    {7, "Q5_1", DType::q5_1},
    {8, "Q8_0", DType::q8_0},
    {9, "Q8_1", {}},
    {10, "Q2_K", DType::q2_k},
    {11, "Q3_K", DType::q3_k},
    {12, "Q4_K", DType::q4_k},
    {13, "Q5_K", DType::q5_k},
    {14, "Q6_K", DType::q6_k},
    {15, "Q8_K", {}},
    {16, "IQ2_XXS", {}},
    {17, "IQ2_XS", {}},
    {18, "IQ3_XXS", {}},
    {19, "IQ1_S", {}},
    {20, "IQ4_NL", DType::iq4_nl},
    {21, "IQ3_S", {}},
    {22, "IQ2_S", {}},
    {23, "IQ4_XS", DType::iq4_xs},
    {24, "I8", DType::i8},
    {25, "I16", DType::i16},
    {26, "I32", DType::i32},
    {27, "I64", DType::i64},
    {28, "F64", DType::f64},
    {29, "IQ1_M", {}},
    {30, "BF16", DType::bf16},
    {34, "TQ1_0", {}},
    {35, "TQ2_0", {}},
    {39, "MXFP4", {}},
    {40, "NVFP4", {}},
    {41, "Q1_0", {}},
};

// As the file states it; the data's place is known only once the whole header has been read.
struct StatedTensor {
  TensorInfo info;
  uint64_t offset = 0;  // from the start of the data section
  uint64_t bytes = 0;
};

Result<DType> tensor_dtype(uint32_t id, const std::string& what, const GgufCursor& cursor) {
  for (const TensorType& type : kTensorTypes) {
    if (type.id != id) continue;
    if (type.dtype) return *type.dtype;
    Error error =
        cursor.fail(what + " is unsupported: its type is " + type.name, ErrorCode::unsupported);
    error.hint =
        "convert the model to F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q2_K to Q6_K, "
        "IQ4_NL or IQ4_XS";
    return error;
  }
  return cursor.fail(what + " has unknown type " + std::to_string(id));
}

Result<StatedTensor> read_tensor(GgufCursor* cursor, uint64_t number, const std::string& file) {
  StatedTensor tensor;
  TensorInfo& info = tensor.info;
  info.file = file;
  LOUPE_TRY(info.name, cursor->read_name("the name of tensor " + std::to_string(number)));
  const std::string what = "tensor " + quote_name(info.name);

  LOUPE_TRY(const uint32_t dims, cursor->read<uint32_t>(what + "'s dimension count"));
  if (dims == 0 || dims > kMaxDims) {
    return cursor->fail(what + " has " + std::to_string(dims) + " dimensions, expected 1 to " +
                        std::to_string(kMaxDims));
  }
  for (uint32_t i = 0; i < dims; ++i) {
    LOUPE_TRY(const uint64_t dim, cursor->read<uint64_t>(what + "'s shape"));
    if (dim == 0 || dim > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()))
      return cursor->fail(what + " has a dimension of " + std::to_string(dim));
    info.shape.push_back(static_cast<int64_t>(dim));
  }
  const auto row = static_cast<uint64_t>(info.shape.front());
  std::reverse(info.shape.begin(), info.shape.end());

  LOUPE_TRY(const uint32_t type, cursor->read<uint32_t>(what + "'s type"));
  LOUPE_TRY(info.dtype, tensor_dtype(type, what, *cursor));
  if (row % block_size(info.dtype).elements != 0) {
    return cursor->fail(what + " has rows of " + std::to_string(row) +
                        " elements, no whole number of " + dtype_name(info.dtype) + " blocks");
  }
  const std::optional<uint64_t> bytes = tensor_bytes(info.dtype, info.shape);
  if (!bytes) return cursor->fail(what + " is larger than any file");
  tensor.bytes = *bytes;
  LOUPE_TRY(tensor.offset, cursor->read<uint64_t>(what + "'s offset"));
  return tensor;
}

// Checks every tensor against the data section, and the tensors against each other.
Result<void> place_tensors(std::vector<StatedTensor>* tensors, std::span<const std::byte> file,
                           uint64_t header_end, uint64_t alignment, const std::string& name) {
  const uint64_t padding = (alignment - header_end % alignment) % alignment;
  const uint64_t start = std::min<uint64_t>(header_end + padding, file.size());
  const std::span<const std::byte> data = file.subspan(start);
  std::sort(tensors->begin(), tensors->end(),
            [](const StatedTensor& a, const StatedTensor& b) { return a.offset < b.offset; });
  uint64_t previous_end = 0;
  const StatedTensor* previous = nullptr;
  for (StatedTensor& tensor : *tensors) {
    const auto fail = [&](std::string what) {
      return Error{ErrorCode::corrupt,
                   std::move(what),
                   name + ": tensor " + quote_name(tensor.info.name),
                   {}};
    };
    if (tensor.offset % alignment != 0) {
      return fail("its offset " + std::to_string(tensor.offset) +
                  " is no multiple of the alignment " + std::to_string(alignment));
    }
    if (tensor.offset > data.size() || tensor.bytes > data.size() - tensor.offset) {
      Error error = fail("its data (" + std::to_string(tensor.bytes) + " bytes at offset " +
                         std::to_string(tensor.offset) + ") goes beyond the end of the file");
      error.hint = "the file may be an incomplete download";
      return error;
    }
    if (tensor.offset < previous_end)
      return fail("its data overlaps that of tensor " + quote_name(previous->info.name));
    previous_end = tensor.offset + tensor.bytes;
    previous = &tensor;
    tensor.info.data = data.subspan(tensor.offset, tensor.bytes);
  }
  return {};
}

Result<void> check_version(uint32_t version, const GgufCursor& cursor) {
  if (version == 2 || version == 3) return {};
  if (version == 1) return cursor.fail("GGUF version 1 is unsupported", ErrorCode::unsupported);
  if ((version & 0xFFFF) == 0 && version != 0)
    return cursor.fail("big-endian GGUF is unsupported", ErrorCode::unsupported);
  return cursor.fail("GGUF version " + std::to_string(version) + " is unsupported, expected 2 or 3",
                     ErrorCode::unsupported);
}

}  // namespace

Result<std::shared_ptr<const GgufFile>> GgufFile::open(const std::filesystem::path& path) {
  LOUPE_CHECK(refuse_pickle(path));
  LOUPE_TRY(MappedFile mapping, MappedFile::open(path));
  LOUPE_TRY(std::shared_ptr<const GgufFile> parsed, parse(mapping.bytes(), path.string()));
  // Nobody else holds it yet; the spans point into the mapping, which stays where it is.
  auto file = std::const_pointer_cast<GgufFile>(std::move(parsed));
  file->mapping_ = std::move(mapping);
  return std::shared_ptr<const GgufFile>(std::move(file));
}

Result<std::shared_ptr<const GgufFile>> GgufFile::parse(std::span<const std::byte> bytes,
                                                        std::string name) {
  GgufCursor cursor(bytes, name);
  constexpr uint32_t kMagic = 0x46554747;  // "GGUF"
  const Result<uint32_t> magic = cursor.read<uint32_t>("the magic number");
  if (!magic || *magic != kMagic)
    return Error{ErrorCode::corrupt, "not a GGUF file", name + ": byte 0", {}};
  LOUPE_TRY(const uint32_t version, cursor.read<uint32_t>("the version"));
  LOUPE_CHECK(check_version(version, cursor));
  LOUPE_TRY(const uint64_t tensor_count, cursor.read_count("the tensor count", kLeastTensorBytes));
  LOUPE_TRY(const uint64_t metadata_count, cursor.read<uint64_t>("the metadata count"));

  auto file = std::make_shared<GgufFile>();
  file->name_ = name;
  LOUPE_TRY(file->metadata_, read_gguf_metadata(&cursor, metadata_count));
  LOUPE_TRY(const uint64_t alignment, gguf_alignment(file->metadata_, cursor));

  std::vector<StatedTensor> stated;
  for (uint64_t i = 0; i < tensor_count; ++i) {
    LOUPE_TRY(StatedTensor tensor, read_tensor(&cursor, i + 1, name));
    stated.push_back(std::move(tensor));
  }
  LOUPE_CHECK(place_tensors(&stated, bytes, cursor.at(), alignment, name));
  for (StatedTensor& tensor : stated) {
    const std::string tensor_name = tensor.info.name;
    if (!file->tensors_.emplace(tensor_name, std::move(tensor.info)).second) {
      return Error{
          ErrorCode::corrupt, "tensor " + quote_name(tensor_name) + " appears twice", name, {}};
    }
  }
  return std::shared_ptr<const GgufFile>(std::move(file));
}

namespace {

template <class T>
const T* find_value(const std::map<std::string, GgufValue>& metadata, const std::string& key) {
  const auto found = metadata.find(key);
  return found == metadata.end() ? nullptr : std::get_if<T>(&found->second);
}

}  // namespace

std::optional<std::string> GgufFile::get_string(const std::string& key) const {
  const auto* value = find_value<std::string>(metadata_, key);
  return value ? std::optional(*value) : std::nullopt;
}

std::optional<int64_t> GgufFile::get_int(const std::string& key) const {
  if (const auto* value = find_value<int64_t>(metadata_, key)) return *value;
  if (const auto* value = find_value<bool>(metadata_, key)) return *value ? 1 : 0;
  const auto* value = find_value<uint64_t>(metadata_, key);
  if (value && *value <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max()))
    return static_cast<int64_t>(*value);
  return std::nullopt;
}

std::optional<double> GgufFile::get_float(const std::string& key) const {
  if (const auto* value = find_value<double>(metadata_, key)) return *value;
  if (const auto* value = find_value<int64_t>(metadata_, key)) return static_cast<double>(*value);
  if (const auto* value = find_value<uint64_t>(metadata_, key)) return static_cast<double>(*value);
  return std::nullopt;
}

std::optional<bool> GgufFile::get_bool(const std::string& key) const {
  const auto* value = find_value<bool>(metadata_, key);
  return value ? std::optional(*value) : std::nullopt;
}

const std::vector<std::string>* GgufFile::get_strings(const std::string& key) const {
  return find_value<std::vector<std::string>>(metadata_, key);
}

const std::vector<int64_t>* GgufFile::get_ints(const std::string& key) const {
  return find_value<std::vector<int64_t>>(metadata_, key);
}

const std::vector<double>* GgufFile::get_floats(const std::string& key) const {
  return find_value<std::vector<double>>(metadata_, key);
}

}  // namespace loupe::io
