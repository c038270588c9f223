// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/config_reader.h"

#include <cmath>

namespace loupe::model {

namespace {
constexpr int64_t largest_count = int64_t{1} << 24;
std::string quoted(const char* key) {
  return std::string("the field \"") + key + "\"";
}
}  // namespace

Error ConfigReader::bad(const std::string& what) const {
  return Error{ErrorCode::corrupt, what, where_,
               "check that the model's files belong together and are complete"};
}

bool ConfigReader::has(const char* key) const {
  const auto found = config_.find(key);
  return found != config_.end() && !found->is_null();
}

Result<int64_t> ConfigReader::count(const char* key, std::optional<int64_t> fallback) const {
  if (!has(key)) {
    if (fallback) return *fallback;
    return bad(quoted(key) + " is missing");
  }
  const auto& found = config_.at(key);
  if (!found.is_number_integer()) return bad(quoted(key) + " is no whole number");
  const auto value = found.get<int64_t>();
  if (value <= 0 || value > largest_count) return bad(quoted(key) + " is " + std::to_string(value));
  return value;
}

Result<double> ConfigReader::number(const char* key, double fallback) const {
  if (!has(key)) return fallback;
  const auto& found = config_.at(key);
  if (!found.is_number()) return bad(quoted(key) + " is no number");
  const double value = found.get<double>();
  if (!std::isfinite(value) || value <= 0) return bad(quoted(key) + " is not a positive number");
  return value;
}

Result<double> ConfigReader::number_or_zero(const char* key) const {
  if (!has(key) || config_.at(key) == 0) return 0.0;
  return number(key, 0);
}

bool ConfigReader::flag(const char* key, bool fallback) const {
  const auto found = config_.find(key);
  return found != config_.end() && found->is_boolean() ? found->get<bool>() : fallback;
}

std::string ConfigReader::text(const char* key, const std::string& fallback) const {
  const auto found = config_.find(key);
  return found != config_.end() && found->is_string() ? found->get<std::string>() : fallback;
}

}  // namespace loupe::model
