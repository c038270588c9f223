// SPDX-License-Identifier: GPL-3.0-or-later
// The methods of Python's types that templates call.
#pragma once

#include <string_view>

#include "core/tokenize/jinja/arguments.h"

namespace loupe::tokenize::jinja {

class Machine;

// An attribute of one of Python's types; those that are not supported have no `run`.
struct MethodEntry {
  std::string_view name;
  Value (*run)(Machine& machine, const Value& self, const Arguments& arguments);
};

// Null where Python's type has no such attribute.
const MethodEntry* find_method(Kind kind, std::string_view name);

const MethodEntry* find_text_method(std::string_view name);
// str % argument.
Value percent_format(Machine& machine, const Value& format, const Value& argument);
// str.format.
Value brace_format(Machine& machine, const Value& format, const Arguments& arguments);

}  // namespace loupe::tokenize::jinja
