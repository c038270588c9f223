// SPDX-License-Identifier: GPL-3.0-or-later
// Filters and functions that stand in front of minja's own. For jinja.cpp alone; include after
// text_methods.h.
#pragma once

#include "core/tokenize/minja_support/text_methods.h"

namespace loupe::tokenize::jinja {

using Arguments = minja::ArgumentsValue;

// Positional argument `i`, or the one named `name`, or null.
inline Value argument(Arguments& arguments, size_t i, const std::string& name) {
  return i < arguments.args.size() ? arguments.args[i] : arguments.get_named(name);
}
inline Value subject(Arguments& arguments) {
  if (arguments.args.empty()) throw std::runtime_error("a filter wants a value");
  return arguments.args[0];
}
inline int64_t integer_or(const Value& value, int64_t fallback) {
  return value.is_null() ? fallback : value.is_boolean() ? value.get<bool>() : value.get<int64_t>();
}

template <class Function>
Value text_filter(const Function& function) {
  return Value::callable([function](const std::shared_ptr<minja::Context>&, Arguments& arguments) {
    return Value(function(text_of(subject(arguments))));
  });
}

// A list's items, a text's characters, a mapping's keys; undefined has none.
inline std::vector<Value> items_of(const Value& value) {
  std::vector<Value> items;
  if (value.is_null()) return items;
  value.for_each([&](Value& item) { items.push_back(item); });
  count_steps(items.size());
  return items;
}

inline Value range(Arguments& arguments) {
  const size_t given = arguments.args.size();
  if (given < 1 || given > 3) throw std::runtime_error("range() wants one to three numbers");
  const auto number = [&](size_t i) { return arguments.args[i].get<int64_t>(); };
  const int64_t start = given > 1 ? number(0) : 0, end = number(given > 1 ? 1 : 0);
  const int64_t step = given > 2 ? number(2) : 1;
  if (step == 0) throw std::runtime_error("range() step cannot be zero");
  Value result = Value::array();
  for (int64_t i = start; step > 0 ? i < end : i > end;) {
    if (result.size() >= 100'000) throw std::runtime_error("range() is too long");
    result.push_back(Value(i));
    if (__builtin_add_overflow(i, step, &i)) break;
  }
  count_steps(result.size());
  return result;
}

inline Value indent(Arguments& arguments) {
  const std::string text = text_of(subject(arguments));
  const Value width = argument(arguments, 1, "width");
  const bool first = argument(arguments, 2, "first").to_bool();
  const bool blank = argument(arguments, 3, "blank").to_bool();
  const std::string margin = width.is_string()
                                 ? width.get<std::string>()
                                 : repeat(" ", integer_or(width, 4)).get<std::string>();
  std::string result;
  for (size_t at = 0, line = 0; at <= text.size(); ++line) {
    const size_t end = std::min(text.find('\n', at), text.size());
    if (line > 0) result += '\n';
    if ((line > 0 || first) && (blank || end > at || (line == 0 && first))) result += margin;
    result.append(text, at, end - at);
    check_size(result.size());
    at = end + 1;
  }
  return Value(result);
}

inline Value to_json(Arguments& arguments) {
  const int64_t width = integer_or(argument(arguments, 2, "indent"), -1);
  if (width > 16) throw std::runtime_error("tojson() indents by 16 at most");
  return Value(subject(arguments).dump(static_cast<int>(width), true));
}

// select's and selectattr's test, with its argument.
inline bool passes(const Value& value, Arguments& arguments, size_t at) {
  using Op = minja::BinaryOpExpr::Op;
  static const std::map<std::string, Op> comparisons = {
      {"equalto", Op::Eq}, {"eq", Op::Eq}, {"==", Op::Eq}, {"ne", Op::Ne}, {"!=", Op::Ne},
      {"lt", Op::Lt},      {"<", Op::Lt},  {"le", Op::Le}, {"<=", Op::Le}, {"gt", Op::Gt},
      {">", Op::Gt},       {"ge", Op::Ge}, {">=", Op::Ge}, {"in", Op::In}};
  if (arguments.args.size() <= at) return value.to_bool();
  const std::string name = arguments.args[at].get<std::string>();
  const auto comparison = comparisons.find(name);
  if (comparison == comparisons.end()) return test(name, value);
  if (arguments.args.size() <= at + 1) throw std::runtime_error("'" + name + "' wants a value");
  return binary(static_cast<int>(comparison->second), value, arguments.args[at + 1]).to_bool();
}

inline Value selection(bool by_attribute, bool keep) {
  return Value::callable([by_attribute, keep](const std::shared_ptr<minja::Context>&,
                                              Arguments& arguments) {
    Value result = Value::array();
    for (const Value& item : items_of(subject(arguments))) {
      const bool passed = by_attribute
                              ? passes(subscript(item, argument(arguments, 1, "")), arguments, 2)
                              : passes(item, arguments, 1);
      if (passed == keep) result.push_back(item);
    }
    return result;
  });
}

template <class Function>
Value items_filter(const Function& function) {
  return Value::callable([function](const std::shared_ptr<minja::Context>&, Arguments& arguments) {
    return function(items_of(subject(arguments)));
  });
}

template <class Function>
Value arguments_filter(const Function& function) {
  return Value::callable([function](const std::shared_ptr<minja::Context>&, Arguments& arguments) {
    return function(arguments);
  });
}

// To be set on a root context.
inline Value builtins() {
  Value all = Value::object();
  all.set("trim", arguments_filter([](Arguments& arguments) {
            Value result;
            std::vector<Value> rest(arguments.args.begin() + (arguments.args.empty() ? 0 : 1),
                                    arguments.args.end());
            string_method("strip", text_of(subject(arguments)), rest, result);
            return result;
          }));
  all.set("lower", text_filter(lower));
  all.set("upper", text_filter(upper));
  all.set("capitalize", text_filter(capitalize));
  all.set("title", text_filter(title_filter));
  all.set("string", text_filter([](const std::string& text) { return text; }));
  all.set("first", items_filter([](const std::vector<Value>& items) {
            return items.empty() ? Value() : items.front();
          }));
  all.set("last", items_filter([](const std::vector<Value>& items) {
            return items.empty() ? Value() : items.back();
          }));
  all.set("list",
          items_filter([](const std::vector<Value>& items) { return Value::array(items); }));
  const Value count = arguments_filter([](Arguments& arguments) {
    const Value value = subject(arguments);
    return Value(value.is_null() ? int64_t{0} : static_cast<int64_t>(value.size()));
  });
  all.set("length", count);
  all.set("count", count);
  all.set("reverse", arguments_filter([](Arguments& arguments) {
            return slice(subject(arguments), Value(), Value(), Value(int64_t{-1}));
          }));
  all.set(
      "replace", arguments_filter([](Arguments& arguments) {
        return Value(replace(text_of(subject(arguments)), text_of(argument(arguments, 1, "old")),
                             text_of(argument(arguments, 2, "new")),
                             integer_or(argument(arguments, 3, "count"), -1)));
      }));
  all.set("range", arguments_filter(range));
  all.set("indent", arguments_filter(indent));
  all.set("tojson", arguments_filter([](Arguments& arguments) { return to_json(arguments); }));
  all.set("select", selection(false, true));
  all.set("reject", selection(false, false));
  all.set("selectattr", selection(true, true));
  all.set("rejectattr", selection(true, false));
  return all;
}

}  // namespace loupe::tokenize::jinja
