// SPDX-License-Identifier: GPL-3.0-or-later
// The tests (`x is defined`), by name.
#pragma once

#include <string_view>

#include "core/tokenize/jinja/arguments.h"

namespace loupe::tokenize::jinja {

class Machine;

struct Test {
  std::string_view name;
  size_t arguments;
  bool (*holds)(Machine& machine, const Value& subject, const Value& argument);
};

const Test* find_test(std::string_view name);  // null for none

}  // namespace loupe::tokenize::jinja
