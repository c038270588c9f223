// SPDX-License-Identifier: GPL-3.0-or-later
// The arguments of a call, and how they find the parameters of a built-in thing.
#pragma once

#include <array>
#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

#include "core/tokenize/jinja/limits.h"
#include "core/tokenize/jinja/value.h"

namespace loupe::tokenize::jinja {

struct Arguments {
  std::vector<Value> positional;
  std::vector<std::pair<std::string_view, Value>> named;
};

// Each parameter's argument, or null. Fails on arguments too few, too many or unknown.
class Bound {
 public:
  Bound(std::string_view callee, const Arguments& arguments,
        std::initializer_list<std::string_view> parameters, size_t required = 0);

  const Value* operator[](size_t i) const { return found_[i]; }
  bool has(size_t i) const { return found_[i] != nullptr; }
  bool truth(size_t i, bool otherwise) const;
  // Fail on another type.
  int64_t integer(size_t i, int64_t otherwise) const;
  const std::string& text(size_t i) const;
  // Null for absent and for None.
  const Value* unless_none(size_t i) const;

 private:
  [[noreturn]] void wrong(size_t i, const char* wanted) const;

  std::string_view callee_;
  std::array<const Value*, 6> found_{};
};

}  // namespace loupe::tokenize::jinja
