// SPDX-License-Identifier: GPL-3.0-or-later
// Methods of dicts, lists and tuples, and the attributes of other types.
#include "core/tokenize/jinja/methods.h"

#include <algorithm>
#include <array>

#include "core/tokenize/jinja/compare.h"
#include "core/tokenize/jinja/dict.h"
#include "core/tokenize/jinja/machine.h"

namespace loupe::tokenize::jinja {
namespace {

template <View::Of of>
Value view(Machine& machine, const Value& self, const Arguments& arguments) {
  const Bound none("a dict's view", arguments, {});
  machine.budget.bytes(sizeof(View));
  return Value::object(Kind::view, new View(of, self));
}

Value get(Machine& machine, const Value& self, const Arguments& arguments) {
  const Bound given("get", arguments, {"key", "default"}, 1);
  if (!arguments.named.empty()) fail("\"get\" takes no named arguments");
  if (const Value* value = self.as_dict().find(machine.budget, *given[0])) return *value;
  return given.has(1) ? *given[1] : Value::none();
}

Value index(Machine& machine, const Value& self, const Arguments& arguments) {
  const Bound given("index", arguments, {"value"}, 1);
  const auto& items = self.items();
  for (size_t i = 0; i < items.size(); ++i) {
    if (equal(machine.budget, items[i], *given[0])) return Value::integer(static_cast<int64_t>(i));
  }
  fail("the value is not in the list");
}

Value count(Machine& machine, const Value& self, const Arguments& arguments) {
  const Bound given("count", arguments, {"value"}, 1);
  int64_t number = 0;
  for (const Value& item : self.items()) {
    number += equal(machine.budget, item, *given[0]) ? 1 : 0;
  }
  return Value::integer(number);
}

// Sorted by name.
constexpr MethodEntry kDict[] = {
    {"clear", nullptr},
    {"copy", nullptr},
    {"fromkeys", nullptr},
    {"get", get},
    {"items", view<View::Of::items>},
    {"keys", view<View::Of::keys>},
    {"pop", nullptr},
    {"popitem", nullptr},
    {"setdefault", nullptr},
    {"update", nullptr},
    {"values", view<View::Of::values>},
};
constexpr MethodEntry kList[] = {
    {"append", nullptr}, {"clear", nullptr},   {"copy", nullptr},   {"count", count},
    {"extend", nullptr}, {"index", index},     {"insert", nullptr}, {"pop", nullptr},
    {"remove", nullptr}, {"reverse", nullptr}, {"sort", nullptr},
};
constexpr MethodEntry kTuple[] = {{"count", count}, {"index", index}};
constexpr MethodEntry kNumber[] = {
    {"as_integer_ratio", nullptr}, {"bit_count", nullptr},   {"bit_length", nullptr},
    {"conjugate", nullptr},        {"denominator", nullptr}, {"from_bytes", nullptr},
    {"fromhex", nullptr},          {"hex", nullptr},         {"imag", nullptr},
    {"is_integer", nullptr},       {"numerator", nullptr},   {"real", nullptr},
    {"to_bytes", nullptr},
};
constexpr MethodEntry kRange[] = {{"count", nullptr},
                                  {"index", nullptr},
                                  {"start", nullptr},
                                  {"step", nullptr},
                                  {"stop", nullptr}};
constexpr MethodEntry kView[] = {{"isdisjoint", nullptr}, {"mapping", nullptr}};
constexpr MethodEntry kGenerator[] = {
    {"close", nullptr},        {"gi_code", nullptr}, {"gi_frame", nullptr}, {"gi_running", nullptr},
    {"gi_yieldfrom", nullptr}, {"send", nullptr},    {"throw", nullptr}};
constexpr MethodEntry kMacro[] = {{"arguments", nullptr},
                                  {"caller", nullptr},
                                  {"catch_kwargs", nullptr},
                                  {"catch_varargs", nullptr},
                                  {"explicit_caller", nullptr}};

template <size_t size>
const MethodEntry* look_up(const MethodEntry (&table)[size], std::string_view name) {
  const auto* found = std::lower_bound(
      std::begin(table), std::end(table), name,
      [](const MethodEntry& entry, std::string_view wanted) { return entry.name < wanted; });
  return found != std::end(table) && found->name == name ? found : nullptr;
}

}  // namespace

const MethodEntry* find_method(Kind kind, std::string_view name) {
  switch (kind) {
    case Kind::text:
      return find_text_method(name);
    case Kind::dict:
      return look_up(kDict, name);
    case Kind::list:
      return look_up(kList, name);
    case Kind::tuple:
      return look_up(kTuple, name);
    case Kind::boolean:
    case Kind::integer:
    case Kind::real:
      return look_up(kNumber, name);
    case Kind::range:
      return look_up(kRange, name);
    case Kind::view:
      return look_up(kView, name);
    case Kind::generator:
      return look_up(kGenerator, name);
    case Kind::macro:
      return look_up(kMacro, name);
    default:
      return nullptr;
  }
}

}  // namespace loupe::tokenize::jinja
