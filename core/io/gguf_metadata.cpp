// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/gguf_metadata.h"

#include <bit>
#include <limits>
#include <type_traits>
#include <utility>

namespace loupe::io {
namespace {

enum ValueType : uint32_t {
  kUint8 = 0,
  kInt8 = 1,
  kUint16 = 2,
  kInt16 = 3,
  kUint32 = 4,
  kInt32 = 5,
  kFloat32 = 6,
  kBool = 7,
  kString = 8,
  kArray = 9,
  kUint64 = 10,
  kInt64 = 11,
  kFloat64 = 12,
};

// More than any vocabulary by a factor of ten; keeps a file of bytes from growing eightfold in
// memory.
constexpr uint64_t kMaxArray = uint64_t{1} << 24;

// Key and value: length, one byte of key, type, one byte of value.
constexpr size_t kLeastPairBytes = 8 + 1 + 4 + 1;

template <class T>
Result<GgufValue> read_scalar(GgufCursor* cursor, const std::string& what) {
  LOUPE_TRY(const T value, cursor->read<T>(what));
  if constexpr (std::is_floating_point_v<T>)
    return GgufValue(static_cast<double>(value));
  else if constexpr (std::is_unsigned_v<T>)
    return GgufValue(static_cast<uint64_t>(value));
  else
    return GgufValue(static_cast<int64_t>(value));
}

Result<bool> read_bool(GgufCursor* cursor, const std::string& what) {
  LOUPE_TRY(const uint8_t value, cursor->read<uint8_t>(what));
  if (value > 1) return cursor->fail(what + " is " + std::to_string(value) + ", expected 0 or 1");
  return value == 1;
}

template <class T>
Result<GgufValue> read_numbers(GgufCursor* cursor, const std::string& what) {
  using Element = std::conditional_t<std::is_floating_point_v<T>, double, int64_t>;
  LOUPE_TRY(const uint64_t count, cursor->read_count(what + "'s length", sizeof(T)));
  if (count > kMaxArray)
    return cursor->fail(what + " has more than 2^24 elements", ErrorCode::unsupported);
  std::vector<Element> values;
  values.reserve(count);
  for (uint64_t i = 0; i < count; ++i) {
    LOUPE_TRY(const T value, cursor->read<T>(what));
    if constexpr (std::is_same_v<T, uint64_t>) {
      if (value > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()))
        return cursor->fail(what + " holds a number beyond 2^63 - 1", ErrorCode::unsupported);
    }
    values.push_back(static_cast<Element>(value));
  }
  return GgufValue(std::move(values));
}

Result<GgufValue> read_bools(GgufCursor* cursor, const std::string& what) {
  LOUPE_TRY(const uint64_t count, cursor->read_count(what + "'s length", 1));
  if (count > kMaxArray)
    return cursor->fail(what + " has more than 2^24 elements", ErrorCode::unsupported);
  std::vector<int64_t> values;
  values.reserve(count);
  for (uint64_t i = 0; i < count; ++i) {
    LOUPE_TRY(const bool value, read_bool(cursor, what));
    values.push_back(value ? 1 : 0);
  }
  return GgufValue(std::move(values));
}

Result<GgufValue> read_strings(GgufCursor* cursor, const std::string& what) {
  LOUPE_TRY(const uint64_t count, cursor->read_count(what + "'s length", sizeof(uint64_t)));
  if (count > kMaxArray)
    return cursor->fail(what + " has more than 2^24 elements", ErrorCode::unsupported);
  std::vector<std::string> values;  // grows as strings arrive: each is larger here than in the file
  for (uint64_t i = 0; i < count; ++i) {
    LOUPE_TRY(std::string value, cursor->read_string(what));
    values.push_back(std::move(value));
  }
  return GgufValue(std::move(values));
}

Result<GgufValue> read_array(GgufCursor* cursor, const std::string& what) {
  LOUPE_TRY(const uint32_t type, cursor->read<uint32_t>(what + "'s element type"));
  switch (type) {
    case kUint8:
      return read_numbers<uint8_t>(cursor, what);
    case kInt8:
      return read_numbers<int8_t>(cursor, what);
    case kUint16:
      return read_numbers<uint16_t>(cursor, what);
    case kInt16:
      return read_numbers<int16_t>(cursor, what);
    case kUint32:
      return read_numbers<uint32_t>(cursor, what);
    case kInt32:
      return read_numbers<int32_t>(cursor, what);
    case kFloat32:
      return read_numbers<float>(cursor, what);
    case kBool:
      return read_bools(cursor, what);
    case kString:
      return read_strings(cursor, what);
    case kArray:
      return cursor->fail(what + " is an array of arrays", ErrorCode::unsupported);
    case kUint64:
      return read_numbers<uint64_t>(cursor, what);
    case kInt64:
      return read_numbers<int64_t>(cursor, what);
    case kFloat64:
      return read_numbers<double>(cursor, what);
    default:
      return cursor->fail(what + " has elements of unknown type " + std::to_string(type));
  }
}

Result<GgufValue> read_value(GgufCursor* cursor, const std::string& what) {
  LOUPE_TRY(const uint32_t type, cursor->read<uint32_t>(what + "'s type"));
  switch (type) {
    case kUint8:
      return read_scalar<uint8_t>(cursor, what);
    case kInt8:
      return read_scalar<int8_t>(cursor, what);
    case kUint16:
      return read_scalar<uint16_t>(cursor, what);
    case kInt16:
      return read_scalar<int16_t>(cursor, what);
    case kUint32:
      return read_scalar<uint32_t>(cursor, what);
    case kInt32:
      return read_scalar<int32_t>(cursor, what);
    case kFloat32:
      return read_scalar<float>(cursor, what);
    case kBool: {
      LOUPE_TRY(const bool value, read_bool(cursor, what));
      return GgufValue(value);
    }
    case kString: {
      LOUPE_TRY(std::string value, cursor->read_string(what));
      return GgufValue(std::move(value));
    }
    case kArray:
      return read_array(cursor, what);
    case kUint64:
      return read_scalar<uint64_t>(cursor, what);
    case kInt64:
      return read_scalar<int64_t>(cursor, what);
    case kFloat64:
      return read_scalar<double>(cursor, what);
    default:
      return cursor->fail(what + " has unknown type " + std::to_string(type));
  }
}

}  // namespace

Result<std::map<std::string, GgufValue>> read_gguf_metadata(GgufCursor* cursor, uint64_t count) {
  if (count > cursor->left() / kLeastPairBytes) {
    return cursor->fail("the metadata count is " + std::to_string(count) +
                        ", more than the rest of the file can hold");
  }
  std::map<std::string, GgufValue> metadata;
  for (uint64_t i = 0; i < count; ++i) {
    LOUPE_TRY(std::string key, cursor->read_name("metadata key " + std::to_string(i + 1)));
    if (metadata.count(key) != 0)
      return cursor->fail("metadata key " + quote_name(key) + " appears twice");
    LOUPE_TRY(GgufValue value, read_value(cursor, "metadata " + quote_name(key)));
    metadata.emplace(std::move(key), std::move(value));
  }
  return metadata;
}

Result<uint64_t> gguf_alignment(const std::map<std::string, GgufValue>& metadata,
                                const GgufCursor& cursor) {
  const auto found = metadata.find("general.alignment");
  if (found == metadata.end()) return uint64_t{32};
  const auto* alignment = std::get_if<uint64_t>(&found->second);
  if (alignment == nullptr || !std::has_single_bit(*alignment) || *alignment > (1u << 30)) {
    return cursor.fail("general.alignment must be an unsigned power of two, at most 2^30" +
                       (alignment ? ", but is " + std::to_string(*alignment) : std::string()));
  }
  return *alignment;
}

}  // namespace loupe::io
