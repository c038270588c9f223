// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <charconv>
#include <limits>

#include "core/api/describe_json.h"

namespace loupe::api {

Unreadable::Unreadable(std::string at, std::string why)
    : std::runtime_error(at.empty() ? why : "\"" + at + "\" " + why),
      key(std::move(at)),
      problem(std::move(why)) {}

json number_to_json(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  return value;
}

double number_from_json(const json& value) {
  if (value.is_string()) {
    const std::string& text = value.get_ref<const std::string&>();
    if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
    if (text == "Infinity") return std::numeric_limits<double>::infinity();
    if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  }
  if (!value.is_number()) detail::wrong_kind("", value, "a number");
  return value.get<double>();
}

namespace detail {

std::string text_of(double value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof(text), value).ptr;
  return {text, end};
}

void wrong_kind(const std::string& key, const json& value, const char* expected) {
  const char* found = value.is_null()      ? "nothing"
                      : value.is_boolean() ? "true or false"
                      : value.is_number()  ? "a number"
                      : value.is_string()  ? "a text"
                      : value.is_array()   ? "a list"
                                           : "an object";
  throw Unreadable(key, std::string("must be ") + expected + ", and is " + found);
}

void check_number(const std::string& key, double value, const Doc& doc) {
  const bool below = doc.above_least ? !(value > doc.least) : !(value >= doc.least);
  const bool bounded = doc.least > -HUGE_VAL || doc.most < HUGE_VAL;
  if (!bounded || (!below && value <= doc.most && std::isfinite(value))) return;
  std::string range;
  if (doc.most == HUGE_VAL)
    range = (doc.above_least ? "more than " : "at least ") + text_of(doc.least);
  else
    range =
        (doc.above_least ? "above " : "from ") + text_of(doc.least) + " to " + text_of(doc.most);
  throw Unreadable(key, "is " + (std::isfinite(value) ? text_of(value) : "no finite number") +
                            "; it must be " + range);
}

void check_choice(const std::string& key, const std::string& value, const Doc& doc) {
  if (doc.choices.empty() ||
      std::find(doc.choices.begin(), doc.choices.end(), value) != doc.choices.end())
    return;
  std::string list;
  for (size_t i = 0; i < doc.choices.size(); ++i)
    list += (i == 0                        ? ""
             : i + 1 == doc.choices.size() ? " or "
                                           : ", ") +
            std::string(doc.choices[i]);
  throw Unreadable(key, "is \"" + value + "\"; it can be " + list);
}

void check_keys(const json& in, const std::string& key,
                const std::vector<std::string_view>& known) {
  for (const auto& [name, entry] : in.items())
    if (std::find(known.begin(), known.end(), name) == known.end())
      throw Unreadable(key.empty() ? name : key + "." + name, "is not known here");
}

}  // namespace detail
}  // namespace loupe::api
