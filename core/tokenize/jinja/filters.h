// SPDX-License-Identifier: GPL-3.0-or-later
// The filters, by name.
#pragma once

#include <span>
#include <string_view>

#include "core/tokenize/jinja/arguments.h"

namespace loupe::tokenize::jinja {

class Machine;

struct Filter {
  std::string_view name;
  Value (*run)(Machine& machine, const Value& subject, const Arguments& arguments);
};

const Filter* find_filter(std::string_view name);  // null for none

// The parts of the table, each in a file of its own.
std::span<const Filter> text_filters();
std::span<const Filter> number_filters();
std::span<const Filter> sequence_filters();
std::span<const Filter> selection_filters();

}  // namespace loupe::tokenize::jinja
