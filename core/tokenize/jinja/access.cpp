// SPDX-License-Identifier: GPL-3.0-or-later
// Attributes, items and slices, by the rules of Jinja's sandbox.
#include <algorithm>

#include "core/tokenize/jinja/dict.h"
#include "core/tokenize/jinja/machine.h"
#include "core/tokenize/jinja/print.h"
#include "core/tokenize/jinja/python_text.h"

namespace loupe::tokenize::jinja {
namespace {

struct Bounds {
  int64_t start, stop, step;
};

// Python's slice.indices.
Bounds bounds_of(size_t size, const Value& start, const Value& stop, const Value& step) {
  for (const Value* bound : {&start, &stop, &step}) {
    if (!bound->is(Kind::none) && !bound->is_integral()) {
      fail(std::string("a slice's bounds are integers, not ") + type_name(bound->kind()));
    }
  }
  const auto length = static_cast<int64_t>(size);
  Bounds bounds{0, 0, step.is(Kind::none) ? 1 : step.as_integer()};
  if (bounds.step == 0) fail("a slice's step is zero");
  // A longer stride changes nothing, and its sums stay small.
  bounds.step = std::clamp<int64_t>(bounds.step, -length - 1, length + 1);
  const int64_t low = bounds.step > 0 ? 0 : -1;
  const int64_t high = bounds.step > 0 ? length : length - 1;
  const auto place = [&](const Value& bound, int64_t otherwise) {
    if (bound.is(Kind::none)) return otherwise;
    int64_t at = bound.as_integer();
    if (at < 0) at = at < -length ? low : at + length;
    return std::clamp(at, low, high);
  };
  bounds.start = place(start, bounds.step > 0 ? low : high);
  bounds.stop = place(stop, bounds.step > 0 ? high : low);
  return bounds;
}

std::vector<Value> sliced(const std::vector<Value>& items, const Bounds& bounds) {
  std::vector<Value> taken;
  for (int64_t i = bounds.start; bounds.step > 0 ? i < bounds.stop : i > bounds.stop;
       i += bounds.step) {
    taken.push_back(items[static_cast<size_t>(i)]);
  }
  return taken;
}

std::string sliced(const Text& text, const Bounds& bounds) {
  const std::string& bytes = text.bytes;
  std::string taken;
  if (bounds.step == 1) {
    if (bounds.start >= bounds.stop) return taken;
    const size_t begin = text.ascii() ? static_cast<size_t>(bounds.start)
                                      : byte_of(bytes, static_cast<size_t>(bounds.start));
    const auto length = static_cast<size_t>(bounds.stop - bounds.start);
    const std::string_view rest = std::string_view(bytes).substr(begin);
    return std::string(rest.substr(0, text.ascii() ? length : byte_of(rest, length)));
  }
  std::vector<size_t> starts;
  if (!text.ascii()) {
    for (size_t i = 0; i < bytes.size(); i += code_point_bytes(bytes[i])) starts.push_back(i);
  }
  for (int64_t i = bounds.start; bounds.step > 0 ? i < bounds.stop : i > bounds.stop;
       i += bounds.step) {
    const size_t at = text.ascii() ? static_cast<size_t>(i) : starts[static_cast<size_t>(i)];
    taken.append(bytes, at, code_point_bytes(bytes[at]));
  }
  return taken;
}

Range* sliced(const Range& range, const Bounds& bounds) {
  const auto along = [](int64_t from, int64_t steps, int64_t step) {
    int64_t to = 0;
    if (__builtin_mul_overflow(steps, step, &to) || __builtin_add_overflow(from, to, &to)) {
      refuse("integers of more than 64 bits are not supported");
    }
    return to;
  };
  return new Range(along(range.start, bounds.start, range.step),
                   along(range.start, bounds.stop, range.step), along(0, bounds.step, range.step));
}

// False where Python raises IndexError.
bool index_of(const Value& key, size_t size, size_t& index) {
  int64_t at = key.as_integer();
  const auto length = static_cast<int64_t>(size);
  if (at < 0) at += at >= -length ? length : 0;
  if (at < 0 || at >= length) return false;
  index = static_cast<size_t>(at);
  return true;
}

}  // namespace

Value Machine::attribute(const Value& object, std::string_view name, Symbol symbol) {
  if (object.is_undefined()) undefined_used(object);
  bool found = false;
  Value method = method_of(object, name, found);
  if (found) return method;
  switch (object.kind()) {
    case Kind::dict:
      if (const Value* value = object.as_dict().find(name)) return *value;
      break;
    case Kind::space:
      if (const Value* value = object.as_space().find(name)) return *value;
      break;
    case Kind::loop:
      return loop_attribute(object, name, symbol);
    case Kind::tuple: {
      const bool group = static_cast<const Sequence*>(object.identity())->group;
      if (group && name == "grouper") return object.items()[0];
      if (group && name == "list") return object.items()[1];
      break;
    }
    case Kind::macro:
      if (name == "name") return text(object.as_macro().definition->name);
      break;
    default:
      break;
  }
  if (name.starts_with("__")) {
    refuse("the attribute \"" + std::string(name.substr(0, 60)) + "\" is not supported");
  }
  return Value::undefined(symbol, object.kind());
}

// A bound method, where Python's type has an attribute of that name.
Value Machine::method_of(const Value& object, std::string_view name, bool& found) {
  const MethodEntry* entry = find_method(object.kind(), name);
  found = entry != nullptr;
  if (!entry) return {};
  if (!entry->run) {
    refuse("the method \"" + std::string(name) + "\" of " + type_name(object.kind()) +
           " is not supported");
  }
  budget.bytes(sizeof(Method));
  return Value::object(Kind::method, new Method(object, entry));
}

Value Machine::item(const Value& object, const Value& key) {
  if (object.is_undefined()) undefined_used(object);
  size_t index = 0;
  switch (object.kind()) {
    case Kind::dict:
      if (key.is(Kind::list) || key.is(Kind::dict)) return {};
      if (const Value* value = object.as_dict().find(budget, key)) return *value;
      break;
    case Kind::list:
    case Kind::tuple:
      if (key.is_integral()) {
        if (index_of(key, object.items().size(), index)) return object.items()[index];
        return {};
      }
      break;
    case Kind::text:
      if (key.is_integral()) {
        const Text& whole = object.as_text();
        if (!index_of(key, whole.length, index)) return {};
        budget.step(whole.ascii() ? 0 : index / 64);
        const size_t at = whole.ascii() ? index : byte_of(whole.bytes, index);
        return text(whole.bytes.substr(at, code_point_bytes(whole.bytes[at])), whole.markup);
      }
      break;
    case Kind::range:
      if (key.is_integral()) {
        if (!index_of(key, object.as_range().length(), index)) return {};
        return Value::integer(object.as_range().at(index));
      }
      break;
    default:
      break;
  }
  if (!key.is_text()) return Value::undefined(kNoSymbol, object.kind());
  if (object.is(Kind::dict)) {
    bool found = false;
    return method_of(object, key.bytes(), found);
  }
  return attribute(object, key.bytes());
}

Value Machine::slice(const Value& object, const Value& start, const Value& stop,
                     const Value& step) {
  switch (object.kind()) {
    case Kind::undefined:
      undefined_used(object);
    case Kind::list:
    case Kind::tuple: {
      auto items = sliced(object.items(), bounds_of(object.items().size(), start, stop, step));
      return object.is(Kind::list) ? list(std::move(items)) : tuple(std::move(items));
    }
    case Kind::text: {
      const Text& whole = object.as_text();
      budget.bytes(whole.bytes.size());
      return text(sliced(whole, bounds_of(whole.length, start, stop, step)), whole.markup);
    }
    case Kind::range: {
      const Range& range = object.as_range();
      const Bounds bounds = bounds_of(range.length(), start, stop, step);
      budget.bytes(sizeof(Range));
      return Value::object(Kind::range, sliced(range, bounds));
    }
    default:
      fail(std::string(type_name(object.kind())) + " has no slices");
      return {};
  }
}

std::string Machine::missing(const Value& value) const {
  const Symbol symbol = value.missing_name();
  if (symbol == kNoSymbol) return "an undefined value is used";
  const std::string name = "\"" + tree_.names[symbol] + "\"";
  if (value.missing_owner() == Kind::undefined) return name + " is undefined";
  return std::string("the ") + type_name(value.missing_owner()) + " has no attribute " + name;
}

void Machine::undefined_used(const Value& value) const {
  fail(missing(value));
}

}  // namespace loupe::tokenize::jinja
