// SPDX-License-Identifier: GPL-3.0-or-later
// map, select and their like. Jinja works on one item at a time, when it is asked for; here all are
// worked on at once, which shows only where a later item fails.
#include "core/tokenize/jinja/compare.h"
#include "core/tokenize/jinja/filters.h"
#include "core/tokenize/jinja/getter.h"
#include "core/tokenize/jinja/tests.h"

namespace loupe::tokenize::jinja {
namespace {

Value map_attribute(Machine& machine, const Value& subject, const Arguments& arguments) {
  const Bound given("map", arguments, {"attribute", "default"}, 1);
  Getter get(machine, given[0], false);
  if (const Value* value = given.unless_none(1)) get.set_default(*value);
  std::vector<Value> mapped;
  for (const Value& item : machine.items_of(subject)) mapped.push_back(get(item));
  return machine.generator(std::move(mapped));
}

Value map(Machine& machine, const Value& subject, const Arguments& arguments) {
  if (!truth(subject)) return machine.generator({});
  if (arguments.positional.empty()) return map_attribute(machine, subject, arguments);
  if (!arguments.positional[0].is_text()) fail("\"map\" takes the name of a filter");
  const std::string& name = arguments.positional[0].bytes();
  const Filter* filter = find_filter(name);
  if (!filter) refuse("the filter \"" + name.substr(0, 60) + "\" is not supported");
  Arguments rest = arguments;
  rest.positional.erase(rest.positional.begin());
  std::vector<Value> mapped;
  const Level level(machine.budget);
  for (const Value& item : machine.items_of(subject)) {
    machine.budget.step();
    mapped.push_back(filter->run(machine, item, rest));
  }
  return machine.generator(std::move(mapped));
}

template <bool by_attribute, bool wanted>
Value select(Machine& machine, const Value& subject, const Arguments& arguments) {
  if (!truth(subject)) return machine.generator({});
  if (!arguments.named.empty()) fail("a selection takes no named arguments");
  const auto& given = arguments.positional;
  if (by_attribute && given.empty()) fail("a selection needs the name of an attribute");
  const size_t test_at = by_attribute ? 1 : 0;
  const Getter get(machine, by_attribute ? &given[0] : nullptr, false);
  const Test* test = nullptr;
  if (given.size() > test_at) {
    if (!given[test_at].is_text()) fail("a selection takes the name of a test");
    const std::string& name = given[test_at].bytes();
    test = find_test(name);
    if (!test) refuse("the test \"" + name.substr(0, 60) + "\" is not supported");
    if (given.size() - test_at - 1 != test->arguments) {
      fail("the test \"" + name + "\" takes " + std::to_string(test->arguments) + " arguments");
    }
  }
  const Value none;
  const Value& argument = given.size() > test_at + 1 ? given[test_at + 1] : none;
  std::vector<Value> kept;
  for (const Value& item : machine.items_of(subject)) {
    machine.budget.step();
    const Value seen = get(item);
    const bool holds = test ? test->holds(machine, seen, argument) : truth(seen);
    if (holds == wanted) kept.push_back(item);
  }
  return machine.generator(std::move(kept));
}

constexpr Filter kFilters[] = {
    {"map", map},
    {"select", select<false, true>},
    {"reject", select<false, false>},
    {"selectattr", select<true, true>},
    {"rejectattr", select<true, false>},
};

}  // namespace

std::span<const Filter> selection_filters() {
  return kFilters;
}

}  // namespace loupe::tokenize::jinja
