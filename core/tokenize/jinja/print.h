// SPDX-License-Identifier: GPL-3.0-or-later
// Values as text: Python's str() and repr(), and json.dumps as transformers calls it.
#pragma once

#include <optional>
#include <string>

#include "core/tokenize/jinja/limits.h"
#include "core/tokenize/jinja/value.h"

namespace loupe::tokenize::jinja {

void print(Budget& budget, const Value& value, std::string& out);
void print_repr(Budget& budget, const Value& value, std::string& out);
std::string to_text(Budget& budget, const Value& value);

struct JsonStyle {
  bool ensure_ascii = false;
  bool sort_keys = false;
  std::optional<std::string> indent;  // one level of it
  std::string item_separator = ", ", key_separator = ": ";
};
void print_json(Budget& budget, const Value& value, const JsonStyle& style, std::string& out);

}  // namespace loupe::tokenize::jinja
