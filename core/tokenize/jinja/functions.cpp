// SPDX-License-Identifier: GPL-3.0-or-later
// The functions that every template sees.
#include "core/tokenize/jinja/dict.h"
#include "core/tokenize/jinja/machine.h"

namespace loupe::tokenize::jinja {
namespace {

Value make_range(Budget& budget, const Arguments& arguments) {
  const Bound given("range", arguments, {"start", "stop", "step"}, 1);
  if (!arguments.named.empty()) fail("range takes no named arguments");
  int64_t bounds[3];
  for (size_t i = 0; i < 3; ++i) {
    bounds[i] = given.integer(i, 1);
    if (std::abs(static_cast<double>(bounds[i])) > 1e12) refuse("the range is too large");
  }
  const bool stop_only = arguments.positional.size() == 1;
  if (bounds[2] == 0) fail("the range's step is zero");
  budget.bytes(sizeof(Range));
  auto* range = new Range(stop_only ? 0 : bounds[0], stop_only ? bounds[0] : bounds[1], bounds[2]);
  Value made = Value::object(Kind::range, range);
  if (range->length() > kMaxRange) {
    fail("the range has more than " + std::to_string(kMaxRange) + " items");
  }
  return made;
}

// The entries of dict(…) and namespace(…): of a dict or of pairs, then the named arguments.
Value make_dict(Machine& machine, const char* name, const Arguments& arguments) {
  if (arguments.positional.size() > 1) fail(std::string(name) + " takes one positional argument");
  auto* dict = new Dict;
  Value made = dict_value(dict);
  if (!arguments.positional.empty()) {
    const Value& from = arguments.positional[0];
    if (from.is(Kind::dict)) {
      for (const auto& [key, value] : from.as_dict().entries) {
        dict->set(machine.budget, key, value);
      }
    } else {
      for (const Value& pair : machine.items_of(from)) {
        const auto two = machine.items_of(pair);
        if (two.size() != 2) fail(std::string(name) + " is made of pairs");
        dict->set(machine.budget, two[0], two[1]);
      }
    }
  }
  for (const auto& [key, value] : arguments.named) {
    dict->set(machine.budget, machine.text(std::string(key)), value);
  }
  return made;
}

}  // namespace

Value Machine::call_function(Function function, const Arguments& arguments) {
  switch (function) {
    case Function::range:
      return make_range(budget, arguments);
    case Function::dict:
      return make_dict(*this, "dict", arguments);
    case Function::name_space: {
      const Value entries = make_dict(*this, "namespace", arguments);
      budget.bytes(sizeof(Space));
      auto* space = new Space;
      Value made = Value::object(Kind::space, space);
      spaces_.push_back(made);
      for (const auto& [key, value] : entries.as_dict().entries) {
        if (!key.is_text()) refuse("a namespace's names are texts");
        if (space->entries.size() >= kMaxTreeDepth) fail("a namespace has too many names");
        space->set(key.bytes(), value);
      }
      return made;
    }
    case Function::raise_exception: {
      const Bound given("raise_exception", arguments, {"message"}, 1);
      fail(to_text(*given[0]));
    }
    case Function::strftime_now: {
      const Bound given("strftime_now", arguments, {"format"}, 1);
      return text(variables_.format_date(given.text(0)));
    }
  }
  return {};
}

}  // namespace loupe::tokenize::jinja
