// SPDX-License-Identifier: GPL-3.0-or-later
// What minja calls instead of its own code where it would crash, run without end, or silently
// render something else than Jinja2 does. patches.cmake puts the calls in. Errors are thrown as
// std::runtime_error, minja's way.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace minja {
class Value;
}

namespace loupe::tokenize::jinja {

// Around every parse and evaluation step: bounds the depth, number and time of the steps on this
// thread. Parsing and rendering get a thread each, so that the counts start at zero and the stack
// is deep enough.
class Guard {
 public:
  Guard();
  ~Guard();
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;
};
// For work that one step does many times.
void count_steps(size_t steps);
// Refuses a value or an output that has grown too large.
void check_size(size_t bytes);
// Passes an evaluated value on; bounds the bytes of all of them together.
minja::Value counted(minja::Value value);
// Throws when `holder` is `value` or lies within it.
void refuse_circle(const minja::Value& value, const minja::Value& holder);

// `op` is a minja::BinaryOpExpr::Op; both sides are evaluated (so neither `and`, `or` nor `is`).
minja::Value binary(int op, const minja::Value& left, const minja::Value& right);
// `value is name`
bool test(const std::string& name, const minja::Value& value);
minja::Value subscript(const minja::Value& target, const minja::Value& index);
// Absent parts are null values.
minja::Value slice(const minja::Value& target, const minja::Value& start, const minja::Value& end,
                   const minja::Value& step);
// Python's string methods; false when `name` is none of them.
bool string_method(const std::string& name, const std::string& text,
                   const std::vector<minja::Value>& arguments, minja::Value& result);

// Code points of UTF-8; an ill-formed byte counts as one.
std::vector<std::string> characters(const std::string& text);
size_t length(const std::string& text);
// White space as Python's str.strip() sees it.
std::string strip(const std::string& text, bool left, bool right);

}  // namespace loupe::tokenize::jinja
