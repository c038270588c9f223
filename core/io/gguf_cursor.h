// SPDX-License-Identifier: GPL-3.0-or-later
// Walks over the header of a GGUF file; nothing is read, and nothing allocated, beyond the bytes
// that exist.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "core/base/result.h"
#include "core/io/text.h"

namespace loupe::io {

class GgufCursor {
 public:
  GgufCursor(std::span<const std::byte> bytes, std::string name)
      : bytes_(bytes), name_(std::move(name)) {}

  size_t at() const { return at_; }
  size_t left() const { return bytes_.size() - at_; }

  // `what` names the thing in messages: "the tensor count".
  template <class T>
  Result<T> read(std::string_view what) {
    static_assert(std::is_arithmetic_v<T>);
    if (left() < sizeof(T)) return truncated(what);
    T value;
    std::memcpy(&value, bytes_.data() + at_, sizeof(T));
    at_ += sizeof(T);
    return value;
  }

  Result<std::string> read_string(std::string_view what) {
    LOUPE_TRY(const uint64_t length, read<uint64_t>(std::string(what) + "'s length"));
    if (length > left()) {
      return fail(std::string(what) + " claims " + std::to_string(length) +
                  " bytes, the file has " + std::to_string(left()) + " left");
    }
    std::string text(reinterpret_cast<const char*>(bytes_.data()) + at_, length);
    at_ += length;
    return text;
  }

  // A key or a tensor name: not empty, valid UTF-8, of a sane length, so that it can be shown and
  // sent.
  Result<std::string> read_name(std::string_view what) {
    LOUPE_TRY(std::string text, read_string(what));
    if (text.empty()) return fail(std::string(what) + " is empty");
    if (text.size() > 65535) return fail(std::string(what) + " is longer than 65535 bytes");
    if (first_bad_utf8(text)) return fail(std::string(what) + " is not valid UTF-8");
    return text;
  }

  // A count of things that take at least `least_bytes` each.
  Result<uint64_t> read_count(std::string_view what, size_t least_bytes) {
    LOUPE_TRY(const uint64_t count, read<uint64_t>(what));
    if (count > left() / least_bytes) {
      return fail(std::string(what) + " is " + std::to_string(count) +
                  ", more than the rest of the file can hold");
    }
    return count;
  }

  Error fail(std::string what, ErrorCode code = ErrorCode::corrupt) const {
    return {code, std::move(what), name_ + ": byte " + std::to_string(at_), {}};
  }

 private:
  Error truncated(std::string_view what) const {
    Error error = fail("the file ends inside " + std::string(what));
    error.hint = "the file may be an incomplete download";
    return error;
  }

  std::span<const std::byte> bytes_;
  std::string name_;
  size_t at_ = 0;
};

}  // namespace loupe::io
