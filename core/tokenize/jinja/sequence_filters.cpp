// SPDX-License-Identifier: GPL-3.0-or-later
// Filters over sequences and dicts.
#include <algorithm>

#include "core/tokenize/jinja/compare.h"
#include "core/tokenize/jinja/dict.h"
#include "core/tokenize/jinja/filters.h"
#include "core/tokenize/jinja/getter.h"
#include "core/tokenize/jinja/number.h"
#include "core/tokenize/jinja/print.h"

namespace loupe::tokenize::jinja {
namespace {

Value length(Machine& machine, const Value& subject, const Arguments& arguments) {
  const Bound none("length", arguments, {});
  return Value::integer(static_cast<int64_t>(machine.length_of(subject)));
}

Value list(Machine& machine, const Value& subject, const Arguments& arguments) {
  const Bound none("list", arguments, {});
  return machine.list(machine.items_of(subject));
}

Value otherwise(Machine&, const Value& subject, const Arguments& arguments) {
  const Bound given("default", arguments, {"default_value", "boolean"});
  if (!subject.is_undefined() && !(given.truth(1, false) && !truth(subject))) return subject;
  return given.has(0) ? *given[0] : Value::text("");
}

Value first(Machine& machine, const Value& subject, const Arguments& arguments) {
  const Bound none("first", arguments, {});
  if (subject.is(Kind::generator)) {
    Generator& generator = subject.as_generator();
    if (generator.next >= generator.items.size()) return {};
    return generator.items[generator.next++];
  }
  const auto items = machine.items_of(subject);
  return items.empty() ? Value() : items.front();
}

Value last(Machine& machine, const Value& subject, const Arguments& arguments) {
  const Bound none("last", arguments, {});
  if (subject.is(Kind::generator)) fail("a generator has no last item; make a list of it first");
  const auto items = machine.items_of(subject);
  return items.empty() ? Value() : items.back();
}

Value reverse(Machine& machine, const Value& subject, const Arguments& arguments) {
  const Bound none("reverse", arguments, {});
  if (subject.is_text()) {
    return machine.slice(subject, Value::none(), Value::none(), Value::integer(-1));
  }
  auto items = machine.items_of(subject);
  std::reverse(items.begin(), items.end());
  if (subject.is(Kind::generator)) return machine.list(std::move(items));
  return machine.generator(std::move(items));
}

Value join(Machine& machine, const Value& subject, const Arguments& arguments) {
  const Bound given("join", arguments, {"d", "attribute"});
  const Getter get(machine, given[1], false);
  const std::string glue = given.has(0) ? machine.to_text(*given[0]) : "";
  const Value between = Value::text(glue);
  std::string joined;
  bool begun = false;
  for (const Value& item : machine.items_of(subject)) {
    if (begun) print(machine.budget, between, joined);
    begun = true;
    print(machine.budget, get(item), joined);
  }
  return machine.text(std::move(joined));
}

Value items(Machine& machine, const Value& subject, const Arguments& arguments) {
  const Bound none("items", arguments, {});
  std::vector<Value> pairs;
  if (subject.is_undefined()) return machine.generator({});
  if (!subject.is(Kind::dict)) fail(std::string(type_name(subject.kind())) + " has no items");
  for (const auto& [key, value] : subject.as_dict().entries) {
    pairs.push_back(machine.tuple({key, value}));
  }
  return machine.generator(std::move(pairs));
}

// Items with what they are ordered by.
using Keyed = std::vector<std::pair<Value, Value>>;

Keyed keyed(const std::vector<Value>& items, const Getter& get) {
  Keyed pairs;
  for (const Value& item : items) pairs.emplace_back(get(item), item);
  return pairs;
}

std::vector<Value> sorted(Machine& machine, Keyed pairs, bool backwards) {
  std::stable_sort(pairs.begin(), pairs.end(), [&](const auto& a, const auto& b) {
    return backwards ? less(machine.budget, b.first, a.first)
                     : less(machine.budget, a.first, b.first);
  });
  std::vector<Value> items;
  for (auto& pair : pairs) items.push_back(std::move(pair.second));
  return items;
}

Value sort(Machine& machine, const Value& subject, const Arguments& arguments) {
  const Bound given("sort", arguments, {"reverse", "case_sensitive", "attribute"});
  const Getter get(machine, given[2], !given.truth(1, false), true);
  return machine.list(
      sorted(machine, keyed(machine.items_of(subject), get), given.truth(0, false)));
}

Value dict_sort(Machine& machine, const Value& subject, const Arguments& arguments) {
  const Bound given("dictsort", arguments, {"case_sensitive", "by", "reverse"});
  const std::string by = given.has(1) ? given.text(1) : "key";
  if (by != "key" && by != "value") fail("\"dictsort\" sorts by key or by value");
  if (subject.is_undefined()) machine.undefined_used(subject);
  if (!subject.is(Kind::dict)) fail(std::string(type_name(subject.kind())) + " has no items");
  const Getter get(machine, nullptr, !given.truth(0, false));
  Keyed pairs;
  for (const auto& [key, value] : subject.as_dict().entries) {
    pairs.emplace_back(get(by == "key" ? key : value), machine.tuple({key, value}));
  }
  return machine.list(sorted(machine, std::move(pairs), given.truth(2, false)));
}

template <bool largest>
Value extreme(Machine& machine, const Value& subject, const Arguments& arguments) {
  const Bound given(largest ? "max" : "min", arguments, {"case_sensitive", "attribute"});
  const Getter get(machine, given[1], !given.truth(0, false));
  const Keyed pairs = keyed(machine.items_of(subject), get);
  if (pairs.empty()) return {};
  size_t best = 0;
  for (size_t i = 1; i < pairs.size(); ++i) {
    if (largest ? less(machine.budget, pairs[best].first, pairs[i].first)
                : less(machine.budget, pairs[i].first, pairs[best].first)) {
      best = i;
    }
  }
  return pairs[best].second;
}

Value sum(Machine& machine, const Value& subject, const Arguments& arguments) {
  const Bound given("sum", arguments, {"attribute", "start"});
  const Getter get(machine, given[0], false);
  Value total = given.has(1) ? *given[1] : Value::integer(0);
  if (total.is_text()) fail("texts are not summed; join them");
  for (const Value& item : machine.items_of(subject)) {
    total = machine.arithmetic(static_cast<uint8_t>(Arithmetic::add), total, get(item));
  }
  return total;
}

Value unique(Machine& machine, const Value& subject, const Arguments& arguments) {
  const Bound given("unique", arguments, {"case_sensitive", "attribute"});
  const Getter get(machine, given[1], !given.truth(0, false));
  Dict seen;
  std::vector<Value> kept;
  for (const Value& item : machine.items_of(subject)) {
    Value key = get(item);
    if (seen.find(machine.budget, key)) continue;
    seen.set(machine.budget, std::move(key), Value::none());
    kept.push_back(item);
  }
  return machine.generator(std::move(kept));
}

Value batch(Machine& machine, const Value& subject, const Arguments& arguments) {
  const Bound given("batch", arguments, {"linecount", "fill_with"}, 1);
  const int64_t size = given.integer(0, 1);
  if (size < 1 || static_cast<size_t>(size) > kMaxItems) refuse("such a batch is not supported");
  std::vector<Value> batches, batch;
  for (const Value& item : machine.items_of(subject)) {
    if (batch.size() == static_cast<size_t>(size)) {
      batches.push_back(machine.list(std::exchange(batch, {})));
    }
    batch.push_back(item);
  }
  if (!batch.empty()) {
    if (const Value* fill = given.unless_none(1)) {
      machine.budget.bytes(static_cast<size_t>(size) * sizeof(Value));
      batch.resize(static_cast<size_t>(size), *fill);
    }
    batches.push_back(machine.list(std::move(batch)));
  }
  return machine.generator(std::move(batches));
}

Value group_by(Machine& machine, const Value& subject, const Arguments& arguments) {
  const Bound given("groupby", arguments, {"attribute", "default", "case_sensitive"}, 1);
  const bool fold = !given.truth(2, false);
  Getter get(machine, given[0], fold), get_name(machine, given[0], false);
  if (const Value* value = given.unless_none(1)) {
    get.set_default(*value);
    get_name.set_default(*value);
  }
  const auto items = sorted(machine, keyed(machine.items_of(subject), get), false);
  std::vector<Value> groups, group;
  const auto close = [&] {
    if (group.empty()) return;
    Value name = get_name(group[0]);
    std::vector<Value> two{std::move(name), machine.list(std::exchange(group, {}))};
    machine.budget.bytes(sizeof(Sequence));
    groups.push_back(Value::object(Kind::tuple, new Sequence(std::move(two), true)));
  };
  for (const Value& item : items) {
    if (!group.empty() && !equal(machine.budget, get(group[0]), get(item))) close();
    group.push_back(item);
  }
  close();
  return machine.list(std::move(groups));
}

constexpr Filter kFilters[] = {
    {"length", length},      {"count", length},      {"list", list}, {"default", otherwise},
    {"d", otherwise},        {"first", first},       {"last", last}, {"reverse", reverse},
    {"join", join},          {"items", items},       {"sort", sort}, {"dictsort", dict_sort},
    {"min", extreme<false>}, {"max", extreme<true>}, {"sum", sum},   {"unique", unique},
    {"batch", batch},        {"groupby", group_by},
};

}  // namespace

std::span<const Filter> sequence_filters() {
  return kFilters;
}

}  // namespace loupe::tokenize::jinja
