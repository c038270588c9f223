// SPDX-License-Identifier: GPL-3.0-or-later
// The hooks: limits, operators, tests and string methods. For jinja.cpp alone; include after
// minja.hpp.
#pragma once

#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "core/tokenize/minja_support/hooks.h"
#include "core/tokenize/text.h"
#include "minja.hpp"

namespace loupe::tokenize::jinja {

using minja::Value;

// A chat template takes thousands of steps, some tens deep, within a millisecond.
inline constexpr int kMaxDepth = 1000;
inline constexpr size_t kMaxSteps = 2'000'000, kMaxBytes = 32u << 20, kMaxBytesInAll = 1u << 30;
inline constexpr std::chrono::seconds kMaxTime{5};

struct Counts {
  int depth = 0;
  size_t steps = 0, bytes = 0;
  std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
};
inline Counts& counts() {
  thread_local Counts instance;
  return instance;
}

inline void count_steps(size_t steps) {
  Counts& c = counts();
  const size_t before = c.steps;
  c.steps += steps;
  if (c.steps > kMaxSteps) throw std::runtime_error("the template runs too long");
  if (before / 256 != c.steps / 256 && std::chrono::steady_clock::now() - c.start > kMaxTime) {
    throw std::runtime_error("the template runs too long");
  }
}

inline Guard::Guard() {
  count_steps(1);
  if (counts().depth >= kMaxDepth) throw std::runtime_error("the template nests too deeply");
  ++counts().depth;
}
inline Guard::~Guard() {
  --counts().depth;
}

inline void check_size(size_t bytes) {
  if (bytes > kMaxBytes && bytes != std::numeric_limits<size_t>::max()) {
    throw std::runtime_error("the template makes too long a text");
  }
}

inline Value counted(Value value) {
  if (value.is_string()) counts().bytes += value.get<std::string>().size();
  if (counts().bytes > kMaxBytesInAll) {
    throw std::runtime_error("the template makes too long a text");
  }
  return value;
}

inline void refuse_circle(const Value& value, const Value& holder) {
  const Guard guard;
  if (value.same_object(holder)) throw std::runtime_error("a namespace cannot hold itself");
  if (value.is_array()) {
    for (size_t i = 0; i < value.size(); ++i) refuse_circle(value.at(i), holder);
  } else if (value.is_object()) {
    Value copy = value;
    for (const Value& key : copy.keys()) refuse_circle(copy.at(key), holder);
  }
}

inline std::vector<std::string> characters(const std::string& text) {
  std::vector<std::string> result;
  for (size_t at = 0; at < text.size();) {
    size_t end = at + 1;
    if (static_cast<unsigned char>(text[at]) >= 0xC2) {
      while (end < text.size() && end < at + 4 && (text[end] & 0xC0) == 0x80) ++end;
    }
    result.push_back(text.substr(at, end - at));
    at = end;
  }
  return result;
}

inline size_t length(const std::string& text) {
  return characters(text).size();
}

inline char32_t code_point(const std::string& character) {
  if (character.size() == 1) return static_cast<unsigned char>(character[0]);
  const MappedText clean = sanitise(character);
  uint32_t ignored = 0;
  return clean.text.empty() ? 0 : decode_at(clean.text.data(), 0, ignored);
}

inline bool is_python_space(const std::string& character) {
  const char32_t c = code_point(character);
  return (c >= 0x1C && c <= 0x1F) || (char_classes()[c] & kSpace);
}

// With `set`, its characters are stripped; else white space.
inline std::string strip_any(const std::string& text, const std::string* set, bool left,
                             bool right) {
  const auto all = characters(text);
  const auto chosen = set ? characters(*set) : std::vector<std::string>{};
  const auto strips = [&](const std::string& c) {
    return set ? std::find(chosen.begin(), chosen.end(), c) != chosen.end() : is_python_space(c);
  };
  size_t begin = 0, end = all.size(), first_byte = 0, last_byte = text.size();
  while (left && begin < end && strips(all[begin])) first_byte += all[begin++].size();
  while (right && end > begin && strips(all[end - 1])) last_byte -= all[--end].size();
  return text.substr(first_byte, last_byte - first_byte);
}

inline std::string strip(const std::string& text, bool left, bool right) {
  return strip_any(text, nullptr, left, right);
}

// As `~`, filters and output write a value; undefined is nothing.
inline std::string text_of(const Value& value) {
  return value.is_null() ? "" : value.to_str();
}

inline std::runtime_error type_error(const char* what, const Value& a, const Value& b) {
  const auto kind = [](const Value& v) {
    return v.is_null() ? "undefined" : v.is_string() ? "text" : v.is_number() ? "number" : "value";
  };
  return std::runtime_error(std::string(what) + " of " + kind(a) + " and " + kind(b));
}

inline Value repeat(const std::string& text, int64_t times) {
  if (times <= 0 || text.empty()) return Value(std::string());
  if (static_cast<uint64_t>(times) > kMaxBytes / text.size()) check_size(kMaxBytes + 1);
  std::string result;
  for (int64_t i = 0; i < times; ++i) result += text;
  return Value(result);
}

inline Value integer_arithmetic(minja::BinaryOpExpr::Op op, int64_t a, int64_t b) {
  using Op = minja::BinaryOpExpr::Op;
  const auto overflow = [] { return std::runtime_error("integer overflow"); };
  int64_t result = 0;
  if (op == Op::Add) {
    if (__builtin_add_overflow(a, b, &result)) throw overflow();
  } else if (op == Op::Sub) {
    if (__builtin_sub_overflow(a, b, &result)) throw overflow();
  } else if (op == Op::Mul) {
    if (__builtin_mul_overflow(a, b, &result)) throw overflow();
  } else {
    if (b == 0) throw std::runtime_error("division by zero");
    if (b == -1 && a == std::numeric_limits<int64_t>::min()) throw overflow();
    // Python rounds down.
    const bool down = a % b != 0 && (a < 0) != (b < 0);
    result = op == Op::DivDiv ? a / b - (down ? 1 : 0) : a % b + (down ? b : 0);
  }
  return Value(result);
}

inline Value arithmetic(minja::BinaryOpExpr::Op op, const Value& l, const Value& r) {
  using Op = minja::BinaryOpExpr::Op;
  const bool integers = l.is_number_integer() && r.is_number_integer();
  if (integers && op != Op::Div && op != Op::MulMul) {
    return integer_arithmetic(op, l.get<int64_t>(), r.get<int64_t>());
  }
  const double a = l.get<double>(), b = r.get<double>();
  if ((op == Op::Div || op == Op::DivDiv || op == Op::Mod) && b == 0) {
    throw std::runtime_error("division by zero");
  }
  switch (op) {
    case Op::Add:
      return Value(a + b);
    case Op::Sub:
      return Value(a - b);
    case Op::Mul:
      return Value(a * b);
    case Op::Div:
      return Value(a / b);
    case Op::DivDiv:
      return Value(std::floor(a / b));
    case Op::Mod:
      return Value(a - b * std::floor(a / b));
    default:
      break;
  }
  const double power = std::pow(a, b);
  if (integers && b >= 0 && std::abs(power) < 9e15) return Value(static_cast<int64_t>(power));
  return Value(power);
}

inline bool contains(const Value& container, const Value& item) {
  if (container.is_null()) return false;
  if (!container.is_string()) return container.contains(item);
  if (!item.is_string()) throw type_error("'in'", item, container);
  return container.get<std::string>().find(item.get<std::string>()) != std::string::npos;
}

inline Value binary(int op_number, const Value& l, const Value& r) {
  using Op = minja::BinaryOpExpr::Op;
  const auto op = static_cast<Op>(op_number);
  const bool numbers = l.is_number() && r.is_number();
  switch (op) {
    case Op::StrConcat: {
      std::string joined = text_of(l) + text_of(r);
      check_size(joined.size());
      return Value(joined);
    }
    case Op::Eq:
      return Value(l == r);
    case Op::Ne:
      return Value(!(l == r));
    case Op::In:
      return Value(contains(r, l));
    case Op::NotIn:
      return Value(!contains(r, l));
    case Op::Lt:
      return Value(l < r);
    case Op::Gt:
      return Value(r < l);
    case Op::Le:
      return Value(!(r < l));
    case Op::Ge:
      return Value(!(l < r));
    case Op::Add:
      if (l.is_string() && r.is_string()) return binary(static_cast<int>(Op::StrConcat), l, r);
      if (l.is_array() && r.is_array()) {
        count_steps(l.size() + r.size());
        return l + r;
      }
      break;
    case Op::Mul:
      if (l.is_string() && r.is_number_integer()) {
        return repeat(l.get<std::string>(), r.get<int64_t>());
      }
      break;
    default:
      break;
  }
  if (!numbers) throw type_error("arithmetic", l, r);
  return arithmetic(op, l, r);
}

inline bool test(const std::string& name, const Value& v) {
  if (name == "defined") return !v.is_null();
  if (name == "undefined" || name == "none") return v.is_null();
  if (name == "string") return v.is_string();
  if (name == "boolean") return v.is_boolean();
  if (name == "integer") return v.is_number_integer();
  if (name == "float") return v.is_number_float();
  if (name == "number") return v.is_number() || v.is_boolean();
  if (name == "mapping") return v.is_object() && !v.is_callable();
  if (name == "iterable" || name == "sequence") return v.is_iterable();
  if (name == "callable") return v.is_callable();
  if (name == "true") return v.is_boolean() && v.get<bool>();
  if (name == "false") return v.is_boolean() && !v.get<bool>();
  if (name == "odd" || name == "even") {
    if (!v.is_number_integer()) throw std::runtime_error("'" + name + "' of what is no integer");
    return (v.get<int64_t>() % 2 != 0) == (name == "odd");
  }
  throw std::runtime_error("unknown test '" + name + "'");
}

// A list's item or a text's character; nothing beyond the end.
inline Value element(const Value& target, int64_t index) {
  const auto size = static_cast<int64_t>(target.size());
  if (index < 0) index += size;
  if (index < 0 || index >= size) return Value();
  if (target.is_string()) {
    return Value(characters(target.get<std::string>())[static_cast<size_t>(index)]);
  }
  return target.at(static_cast<size_t>(index));
}

inline Value subscript(const Value& target, const Value& index) {
  if (target.is_array() || target.is_string()) {
    return index.is_number_integer() ? element(target, index.get<int64_t>()) : Value();
  }
  Value copy = target;
  return copy.get(index);
}

inline Value slice(const Value& target, const Value& start, const Value& end, const Value& step) {
  if (!target.is_array() && !target.is_string()) {
    throw std::runtime_error("only lists and texts can be sliced");
  }
  const auto text =
      target.is_string() ? characters(target.get<std::string>()) : std::vector<std::string>{};
  const auto size = static_cast<int64_t>(target.is_string() ? text.size() : target.size());
  const int64_t by = step.is_null() ? 1 : step.get<int64_t>();
  if (by == 0) throw std::runtime_error("slice step cannot be zero");
  const int64_t low = by > 0 ? 0 : -1, high = by > 0 ? size : size - 1;
  const auto clamp = [&](const Value& v, int64_t absent) {
    if (v.is_null()) return absent;
    const int64_t i = v.get<int64_t>();
    return std::clamp(i < 0 ? i + size : i, low, high);
  };
  const int64_t from = clamp(start, by > 0 ? low : high), to = clamp(end, by > 0 ? high : low);
  std::string joined;
  Value items = Value::array();
  count_steps(static_cast<size_t>(size));
  for (int64_t i = from; by > 0 ? i < to : i > to;) {
    if (target.is_string()) {
      joined += text[static_cast<size_t>(i)];
    } else {
      items.push_back(target.at(static_cast<size_t>(i)));
    }
    if (__builtin_add_overflow(i, by, &i)) break;
  }
  return target.is_string() ? Value(joined) : items;
}

}  // namespace loupe::tokenize::jinja
