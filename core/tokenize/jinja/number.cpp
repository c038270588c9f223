// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/jinja/number.h"

#include <charconv>
#include <cmath>
#include <cstdio>

#include "core/tokenize/jinja/limits.h"
#include "core/tokenize/jinja/python_text.h"

namespace loupe::tokenize::jinja {
namespace {

[[noreturn]] void too_large() {
  refuse("integers of more than 64 bits are not supported");
}

int64_t integer_power(int64_t base, int64_t exponent) {
  int64_t result = 1;
  while (exponent > 0) {
    if ((exponent & 1) && __builtin_mul_overflow(result, base, &result)) too_large();
    exponent >>= 1;
    if (exponent > 0 && __builtin_mul_overflow(base, base, &base)) too_large();
  }
  return result;
}

Value integers(Arithmetic operation, int64_t a, int64_t b) {
  int64_t result = 0;
  switch (operation) {
    case Arithmetic::add:
      if (__builtin_add_overflow(a, b, &result)) too_large();
      return Value::integer(result);
    case Arithmetic::subtract:
      if (__builtin_sub_overflow(a, b, &result)) too_large();
      return Value::integer(result);
    case Arithmetic::multiply:
      if (__builtin_mul_overflow(a, b, &result)) too_large();
      return Value::integer(result);
    case Arithmetic::floor_divide:
      if (b == -1) return negative(Value::integer(a));
      return Value::integer(a / b - ((a % b != 0) && ((a < 0) != (b < 0)) ? 1 : 0));
    case Arithmetic::modulo:
      if (b == -1) return Value::integer(0);
      return Value::integer(a % b + ((a % b != 0) && ((a < 0) != (b < 0)) ? b : 0));
    case Arithmetic::power:
      if (b >= 0) return Value::integer(integer_power(a, b));
      return Value::real(std::pow(static_cast<double>(a), static_cast<double>(b)));
    case Arithmetic::divide:
      break;
  }
  return Value::real(
      static_cast<double>(static_cast<long double>(a) / static_cast<long double>(b)));
}

double real_modulo(double a, double b) {
  double rest = std::fmod(a, b);
  if (rest != 0 && (b < 0) != (rest < 0)) rest += b;
  return rest == 0 ? std::copysign(0.0, b) : rest;
}

Value reals(Arithmetic operation, double a, double b) {
  switch (operation) {
    case Arithmetic::add:
      return Value::real(a + b);
    case Arithmetic::subtract:
      return Value::real(a - b);
    case Arithmetic::multiply:
      return Value::real(a * b);
    case Arithmetic::divide:
      return Value::real(a / b);
    case Arithmetic::modulo:
      return Value::real(real_modulo(a, b));
    case Arithmetic::floor_divide: {
      const double whole = (a - real_modulo(a, b)) / b;
      const double floor = std::floor(whole);
      return Value::real(whole - floor > 0.5 ? floor + 1 : floor);
    }
    case Arithmetic::power:
      break;
  }
  if (a < 0 && b != std::floor(b) && std::isfinite(b)) refuse("complex numbers are not supported");
  const double result = std::pow(a, b);
  if (std::isinf(result) && std::isfinite(a) && std::isfinite(b)) fail("the power is too large");
  return Value::real(result);
}

// What int() and float() make of a literal: stripped, single underscores between digits taken out.
std::optional<std::string> literal(std::string_view text) {
  text = strip(text, {}, Side::both);
  std::string out;
  const auto word = [&](size_t i) {
    return i < text.size() && (std::isalnum(static_cast<unsigned char>(text[i])) != 0);
  };
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      out += text[i];
    } else if (i == 0 || !word(i - 1) || !word(i + 1)) {
      return {};
    }
  }
  if (out.empty()) return {};
  return out;
}

}  // namespace

Value calculate(Arithmetic operation, const Value& a, const Value& b) {
  const bool divides = operation == Arithmetic::divide || operation == Arithmetic::floor_divide ||
                       operation == Arithmetic::modulo;
  if (divides && b.as_real() == 0) fail("division by zero");
  if (operation == Arithmetic::power && a.as_real() == 0 && b.as_real() < 0) {
    fail("division by zero");
  }
  if (a.is_integral() && b.is_integral()) {
    return integers(operation, a.as_integer(), b.as_integer());
  }
  return reals(operation, a.as_real(), b.as_real());
}

Value negative(const Value& value) {
  if (value.is(Kind::real)) return Value::real(-value.as_real());
  if (value.as_integer() == INT64_MIN) too_large();
  return Value::integer(-value.as_integer());
}

std::string real_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  char digits[64];
  const auto end =
      std::to_chars(digits, digits + sizeof digits, value, std::chars_format::scientific);
  std::string text(digits, end.ptr);
  const size_t e = text.find('e');
  const int exponent = std::atoi(text.c_str() + e + 1);
  if (exponent < -4 || exponent >= 16) return text;
  const auto plain = std::to_chars(digits, digits + sizeof digits, value, std::chars_format::fixed);
  text.assign(digits, plain.ptr);
  if (text.find('.') == std::string::npos) text += ".0";
  return text;
}

std::optional<int64_t> parse_integer(std::string_view text, int base) {
  const auto cleaned = literal(text);
  if (!cleaned) return {};
  std::string_view digits = *cleaned;
  const bool minus = digits[0] == '-';
  if (minus || digits[0] == '+') digits.remove_prefix(1);
  if (digits.size() > 2 && digits[0] == '0') {
    const char mark = static_cast<char>(digits[1] | 0x20);
    if ((base == 16 && mark == 'x') || (base == 8 && mark == 'o') || (base == 2 && mark == 'b')) {
      digits.remove_prefix(2);
    }
  }
  uint64_t value = 0;
  if (digits.empty() || digits[0] == '-' || digits[0] == '+') return {};
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (end != digits.data() + digits.size()) return {};
  const uint64_t most = uint64_t{INT64_MAX} + (minus ? 1 : 0);
  if (error == std::errc::result_out_of_range || value > most) too_large();
  if (error != std::errc()) return {};
  return minus ? static_cast<int64_t>(-value) : static_cast<int64_t>(value);
}

std::optional<double> parse_real(std::string_view text) {
  const auto cleaned = literal(text);
  if (!cleaned) return {};
  std::string_view digits = *cleaned;
  const bool minus = digits[0] == '-';
  if (minus || digits[0] == '+') digits.remove_prefix(1);
  if (digits.empty() || digits[0] == '-' || digits[0] == '+') return {};
  double value = 0;
  const std::string lower = to_lower(digits);
  if (lower == "inf" || lower == "infinity") {
    value = HUGE_VAL;
  } else if (lower == "nan") {
    value = NAN;
  } else {
    // from_chars knows further spellings of NaN and infinity.
    if (digits[0] != '.' && (digits[0] < '0' || digits[0] > '9')) return {};
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (end != digits.data() + digits.size() || error == std::errc::invalid_argument) return {};
    // Too large or too small: strtod says which.
    if (error == std::errc::result_out_of_range) value = std::strtod(lower.c_str(), nullptr);
  }
  return minus ? -value : value;
}

int64_t truncate(double value) {
  if (std::isnan(value)) fail("NaN is no integer");
  if (std::isinf(value)) fail("infinity is no integer");
  if (std::abs(value) >= 9.2e18) too_large();
  return static_cast<int64_t>(value);
}

double round_half_even(double value, int digits) {
  if (!std::isfinite(value)) return value;
  char text[512];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return std::strtod(text, nullptr);
}

}  // namespace loupe::tokenize::jinja
