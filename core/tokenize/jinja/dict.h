// SPDX-License-Identifier: GPL-3.0-or-later
// A dict in the order of its first insertions.
#pragma once

#include <unordered_map>

#include "core/tokenize/jinja/limits.h"
#include "core/tokenize/jinja/value.h"

namespace loupe::tokenize::jinja {

struct Dict : Object {
  std::vector<std::pair<Value, Value>> entries;

  // Keys that cannot be hashed fail.
  void set(Budget& budget, Value key, Value value);
  const Value* find(Budget& budget, const Value& key) const;
  const Value* find(std::string_view key) const;

 private:
  static constexpr size_t kSmall = 8;  // up to here, every key is looked at
  size_t position(Budget& budget, const Value& key) const;

  std::unordered_multimap<size_t, uint32_t> index_;
};

inline Value dict_value(Dict* dict) {
  return Value::object(Kind::dict, dict);
}

}  // namespace loupe::tokenize::jinja
