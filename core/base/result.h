// SPDX-License-Identifier: GPL-3.0-or-later
// Errors as values at the edges: a Result<T> is either a T or an Error that says what happened,
// where (file, line, tensor, row), and what to do about it.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace loupe {

enum class ErrorCode {
  invalid_input,  // the caller's data or arguments
  not_found,      // a file, model, run or row that is not there
  corrupt,        // a file that contradicts itself
  unsupported,    // a valid thing that this program does not handle
  io,             // the operating system refused
  disk_full,      // no room, or a file-size limit
  cancelled,      // the user said stop
  superseded,     // a newer request took the slot
  busy,           // somebody else holds the lock
  out_of_memory,  // on the host or the device
  newer_version,  // written by a newer RewardLoupe
  internal,       // a bug of ours
};

struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string what;   // what happened, one sentence
  std::string where;  // file, line, tensor, row; may be empty
  std::string hint;   // what to do; may be empty

  // "where: what (hint)", for a terminal.
  std::string text() const;
};

const char* error_code_name(ErrorCode code);
ErrorCode error_code_from_name(const std::string& name);  // unknown names give `internal`

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)), ok_(false) {}
  bool ok() const { return ok_; }
  explicit operator bool() const { return ok_; }
  const Error& error() const& { return error_; }
  Error&& error() && { return std::move(error_); }

 private:
  Error error_;
  bool ok_ = true;
};

}  // namespace loupe

#define LOUPE_CONCAT_INNER(a, b) a##b
#define LOUPE_CONCAT(a, b) LOUPE_CONCAT_INNER(a, b)

// LOUPE_TRY(auto file, open(path)); — the value, or return the error to the caller.
#define LOUPE_TRY(declaration, expression)                           \
  auto LOUPE_CONCAT(loupe_result_, __LINE__) = (expression);         \
  if (!LOUPE_CONCAT(loupe_result_, __LINE__))                        \
    return std::move(LOUPE_CONCAT(loupe_result_, __LINE__)).error(); \
  declaration = std::move(LOUPE_CONCAT(loupe_result_, __LINE__)).value()

// LOUPE_CHECK(write(path)); — for Result<void>.
#define LOUPE_CHECK(expression)                                            \
  do {                                                                     \
    auto loupe_check_result = (expression);                                \
    if (!loupe_check_result) return std::move(loupe_check_result).error(); \
  } while (false)
