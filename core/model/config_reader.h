// SPDX-License-Identifier: GPL-3.0-or-later
// Checked fields of a config.json. Internal to core/model.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "core/base/result.h"

namespace loupe::model {

class ConfigReader {
 public:
  // Both must outlive the reader.
  ConfigReader(const nlohmann::json& config, const std::string& where)
      : config_(config), where_(where) {}

  Error bad(const std::string& what) const;
  // A whole number from 1 to 2^24: beyond it sizes overflow, and no such model exists.
  Result<int64_t> count(const char* key, std::optional<int64_t> fallback = {}) const;
  // A positive finite number.
  Result<double> number(const char* key, double fallback) const;
  // The same, or 0 where it is missing, null or 0.
  Result<double> number_or_zero(const char* key) const;
  bool flag(const char* key, bool fallback) const;
  std::string text(const char* key, const std::string& fallback) const;
  bool has(const char* key) const;  // there, and not null

  const nlohmann::json& json() const { return config_; }
  const std::string& where() const { return where_; }

 private:
  const nlohmann::json& config_;
  const std::string& where_;
};

}  // namespace loupe::model
