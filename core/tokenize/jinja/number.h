// SPDX-License-Identifier: GPL-3.0-or-later
// Python's arithmetic on 64-bit integers and floats, and numbers as text. Integers that Python
// would let grow are refused.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/tokenize/jinja/value.h"

namespace loupe::tokenize::jinja {

enum class Arithmetic : uint8_t { add, subtract, multiply, divide, floor_divide, modulo, power };

// Both are numbers.
Value calculate(Arithmetic operation, const Value& a, const Value& b);
Value negative(const Value& value);

std::string real_text(double value);  // repr(float)
// int(text) and float(text), nothing where Python raises ValueError.
std::optional<int64_t> parse_integer(std::string_view text, int base);
std::optional<double> parse_real(std::string_view text);
// int(float).
int64_t truncate(double value);
double round_half_even(double value, int digits);

}  // namespace loupe::tokenize::jinja
