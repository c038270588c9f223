// SPDX-License-Identifier: GPL-3.0-or-later
// Filters that make numbers.
#include <cmath>

#include "core/tokenize/jinja/compare.h"
#include "core/tokenize/jinja/filters.h"
#include "core/tokenize/jinja/machine.h"
#include "core/tokenize/jinja/number.h"

namespace loupe::tokenize::jinja {
namespace {

Value to_integer(Machine& machine, const Value& subject, const Arguments& arguments) {
  const Bound given("int", arguments, {"default", "base"});
  const Value otherwise = given.has(0) ? *given[0] : Value::integer(0);
  if (subject.is_undefined()) machine.undefined_used(subject);
  if (subject.is_integral()) return Value::integer(subject.as_integer());
  if (subject.is(Kind::real)) {
    if (std::isnan(subject.as_real())) return otherwise;
    return Value::integer(truncate(subject.as_real()));
  }
  if (!subject.is_text()) return otherwise;
  const int64_t base = given.integer(1, 10);
  if (base < 2 || base > 36) refuse("only the bases 2 to 36 are supported");
  if (const auto whole = parse_integer(subject.bytes(), static_cast<int>(base))) {
    return Value::integer(*whole);
  }
  const auto real = parse_real(subject.bytes());
  if (!real || !std::isfinite(*real)) return otherwise;
  return Value::integer(truncate(*real));
}

Value to_real(Machine& machine, const Value& subject, const Arguments& arguments) {
  const Bound given("float", arguments, {"default"});
  const Value otherwise = given.has(0) ? *given[0] : Value::real(0);
  if (subject.is_undefined()) machine.undefined_used(subject);
  if (subject.is_number()) return Value::real(subject.as_real());
  if (!subject.is_text()) return otherwise;
  const auto real = parse_real(subject.bytes());
  return real ? Value::real(*real) : otherwise;
}

Value number_of(Machine& machine, const Value& subject, const char* filter) {
  if (subject.is_undefined()) machine.undefined_used(subject);
  if (!subject.is_number()) {
    fail(std::string("\"") + filter + "\" takes a number, not " + type_name(subject.kind()));
  }
  return subject.is(Kind::real) ? subject : Value::integer(subject.as_integer());
}

Value absolute(Machine& machine, const Value& subject, const Arguments& arguments) {
  const Bound none("abs", arguments, {});
  const Value number = number_of(machine, subject, "abs");
  if (number.is(Kind::real)) return Value::real(std::abs(number.as_real()));
  return number.as_integer() < 0 ? negative(number) : number;
}

Value round(Machine& machine, const Value& subject, const Arguments& arguments) {
  const Bound given("round", arguments, {"precision", "method"});
  const Value number = number_of(machine, subject, "round");
  const int64_t digits = given.integer(0, 0);
  if (digits < 0 || digits > 100) refuse("only rounding to 0 to 100 digits is supported");
  const std::string method = given.has(1) ? given.text(1) : "common";
  if (method == "common") {
    if (number.is(Kind::integer)) return number;
    return Value::real(round_half_even(number.as_real(), static_cast<int>(digits)));
  }
  if (method != "ceil" && method != "floor") fail("a number is rounded common, ceil or floor");
  const double scale = std::pow(10.0, static_cast<double>(digits));
  const double scaled = number.as_real() * scale;
  if (!std::isfinite(scaled)) fail("the number is too large to be rounded");
  return Value::real((method == "ceil" ? std::ceil(scaled) : std::floor(scaled)) / scale + 0.0);
}

constexpr Filter kFilters[] = {
    {"int", to_integer},
    {"float", to_real},
    {"abs", absolute},
    {"round", round},
};

}  // namespace

std::span<const Filter> number_filters() {
  return kFilters;
}

}  // namespace loupe::tokenize::jinja
