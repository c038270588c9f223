// SPDX-License-Identifier: GPL-3.0-or-later
// JSON values as text columns. JSON has no NaN and no infinity, measures do: such a number is
// written as {"$number": "NaN"} (or "Infinity", "-Infinity") and comes back as a number.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace loupe::store {

std::string json_to_text(const nlohmann::json& value);   // throws json::type_error: not UTF-8
nlohmann::json json_from_text(const std::string& text);  // throws json::parse_error

}  // namespace loupe::store
