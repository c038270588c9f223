// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/json_text.h"

#include <cmath>
#include <limits>

namespace loupe::store {

using nlohmann::json;

namespace {

constexpr const char* kNumberKey = "$number";

bool is_non_finite(const json& value) {
  return value.is_number_float() && !std::isfinite(value.get<double>());
}

bool has_non_finite(const json& value) {
  if (is_non_finite(value)) return true;
  if (!value.is_structured()) return false;
  for (const json& child : value) {
    if (has_non_finite(child)) return true;
  }
  return false;
}

void wrap(json& value) {
  if (is_non_finite(value)) {
    const double number = value.get<double>();
    value = json{{kNumberKey, std::isnan(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity"}};
  } else if (value.is_structured()) {
    for (json& child : value) wrap(child);
  }
}

void unwrap(json& value) {
  if (!value.is_structured()) return;
  if (value.is_object() && value.size() == 1) {
    const auto found = value.find(kNumberKey);
    if (found != value.end() && found->is_string()) {
      const std::string text = found->get<std::string>();
      if (text == "NaN") value = std::numeric_limits<double>::quiet_NaN();
      if (text == "Infinity") value = std::numeric_limits<double>::infinity();
      if (text == "-Infinity") value = -std::numeric_limits<double>::infinity();
      if (!value.is_structured()) return;
    }
  }
  for (json& child : value) unwrap(child);
}

}  // namespace

std::string json_to_text(const json& value) {
  if (!has_non_finite(value)) return value.dump();
  json copy = value;
  wrap(copy);
  return copy.dump();
}

json json_from_text(const std::string& text) {
  json value = json::parse(text);
  if (text.find(kNumberKey) != std::string::npos) unwrap(value);
  return value;
}

}  // namespace loupe::store
