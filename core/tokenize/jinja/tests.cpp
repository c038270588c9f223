// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/jinja/tests.h"

#include <algorithm>

#include "core/tokenize/jinja/compare.h"
#include "core/tokenize/jinja/filters.h"
#include "core/tokenize/jinja/machine.h"
#include "core/tokenize/jinja/number.h"
#include "core/tokenize/jinja/python_text.h"

namespace loupe::tokenize::jinja {
namespace {

bool leaves(Machine& machine, const Value& subject, const Value& divisor, double rest) {
  const Value left = machine.arithmetic(static_cast<uint8_t>(Arithmetic::modulo), subject, divisor);
  return left.is_number() && left.as_real() == rest;
}

template <int wanted>
bool parity(Machine& machine, const Value& subject, const Value&) {
  return leaves(machine, subject, Value::integer(2), wanted);
}

bool divisible(Machine& machine, const Value& subject, const Value& by) {
  return leaves(machine, subject, by, 0);
}

bool iterable(Machine&, const Value& subject, const Value&) {
  switch (subject.kind()) {
    case Kind::undefined:
    case Kind::text:
    case Kind::list:
    case Kind::tuple:
    case Kind::dict:
    case Kind::range:
    case Kind::view:
    case Kind::generator:
    case Kind::loop:
      return true;
    default:
      return false;
  }
}

bool sequence(Machine&, const Value& subject, const Value&) {
  switch (subject.kind()) {
    case Kind::undefined:
    case Kind::text:
    case Kind::list:
    case Kind::tuple:
    case Kind::dict:
    case Kind::range:
      return true;
    default:
      return false;
  }
}

bool callable(Machine&, const Value& subject, const Value&) {
  switch (subject.kind()) {
    case Kind::undefined:
    case Kind::function:
    case Kind::macro:
    case Kind::method:
    case Kind::loop:
      return true;
    default:
      return false;
  }
}

bool same(Machine&, const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return false;
  if (a.identity() || b.identity()) return a.identity() == b.identity();
  if (a.is(Kind::real)) return a.as_real() == b.as_real();
  return a.is_undefined() || a.as_integer() == b.as_integer();
}

template <Kind kind>
bool is_kind(Machine&, const Value& subject, const Value&) {
  return subject.is(kind);
}

bool defined(Machine&, const Value& subject, const Value&) {
  return !subject.is_undefined();
}

bool number(Machine&, const Value& subject, const Value&) {
  return subject.is_number();
}

template <bool wanted>
bool is_boolean(Machine&, const Value& subject, const Value&) {
  return subject.is(Kind::boolean) && subject.as_boolean() == wanted;
}

bool lower_case(Machine& machine, const Value& subject, const Value&) {
  return is_lower(machine.to_text(subject));
}

bool upper_case(Machine& machine, const Value& subject, const Value&) {
  return is_upper(machine.to_text(subject));
}

bool eq(Machine& machine, const Value& a, const Value& b) {
  return equal(machine.budget, a, b);
}

bool ne(Machine& machine, const Value& a, const Value& b) {
  return !equal(machine.budget, a, b);
}

std::partial_ordering ordered(Machine& machine, const Value& a, const Value& b) {
  if (a.is_undefined()) machine.undefined_used(a);
  if (b.is_undefined()) machine.undefined_used(b);
  return order(machine.budget, a, b);
}

bool lt(Machine& machine, const Value& a, const Value& b) {
  return ordered(machine, a, b) < 0;
}

bool le(Machine& machine, const Value& a, const Value& b) {
  return ordered(machine, a, b) <= 0;
}

bool gt(Machine& machine, const Value& a, const Value& b) {
  return ordered(machine, a, b) > 0;
}

bool ge(Machine& machine, const Value& a, const Value& b) {
  return ordered(machine, a, b) >= 0;
}

bool in(Machine& machine, const Value& item, const Value& container) {
  return contains(machine.budget, container, item);
}

bool escaped(Machine&, const Value& subject, const Value&) {
  return subject.is_text() && subject.as_text().markup;
}

bool filter_exists(Machine&, const Value& subject, const Value&) {
  return subject.is_text() && find_filter(subject.bytes());
}

bool test_exists(Machine&, const Value& subject, const Value&) {
  return subject.is_text() && find_test(subject.bytes());
}

constexpr Test kTests[] = {
    {"!=", 1, ne},
    {"<", 1, lt},
    {"<=", 1, le},
    {"==", 1, eq},
    {">", 1, gt},
    {">=", 1, ge},
    {"boolean", 0, is_kind<Kind::boolean>},
    {"callable", 0, callable},
    {"defined", 0, defined},
    {"divisibleby", 1, divisible},
    {"eq", 1, eq},
    {"equalto", 1, eq},
    {"escaped", 0, escaped},
    {"even", 0, parity<0>},
    {"false", 0, is_boolean<false>},
    {"filter", 0, filter_exists},
    {"float", 0, is_kind<Kind::real>},
    {"ge", 1, ge},
    {"greaterthan", 1, gt},
    {"gt", 1, gt},
    {"in", 1, in},
    {"integer", 0, is_kind<Kind::integer>},
    {"iterable", 0, iterable},
    {"le", 1, le},
    {"lessthan", 1, lt},
    {"lower", 0, lower_case},
    {"lt", 1, lt},
    {"mapping", 0, is_kind<Kind::dict>},
    {"ne", 1, ne},
    {"none", 0, is_kind<Kind::none>},
    {"number", 0, number},
    {"odd", 0, parity<1>},
    {"sameas", 1, same},
    {"sequence", 0, sequence},
    {"string", 0, is_kind<Kind::text>},
    {"test", 0, test_exists},
    {"true", 0, is_boolean<true>},
    {"undefined", 0, is_kind<Kind::undefined>},
    {"upper", 0, upper_case},
};

}  // namespace

const Test* find_test(std::string_view name) {
  const auto* found = std::find_if(std::begin(kTests), std::end(kTests),
                                   [&](const Test& test) { return test.name == name; });
  return found == std::end(kTests) ? nullptr : found;
}

}  // namespace loupe::tokenize::jinja
