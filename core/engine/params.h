// SPDX-License-Identifier: GPL-3.0-or-later
// Reading a request's parameters: what is missing or of the wrong kind is refused by name.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "core/base/result.h"

namespace loupe::engine {

inline Error bad_params(const std::string& what) {
  return Error{ErrorCode::invalid_input, what, "request", ""};
}

inline Result<int64_t> int_param(const nlohmann::json& params, const char* key) {
  const auto found = params.find(key);
  if (found == params.end() || !found->is_number_integer())
    return bad_params(std::string("\"") + key + "\" must be a whole number");
  return found->get<int64_t>();
}

inline Result<std::string> text_param(const nlohmann::json& params, const char* key) {
  const auto found = params.find(key);
  if (found == params.end() || !found->is_string())
    return bad_params(std::string("\"") + key + "\" must be a text");
  return found->get<std::string>();
}

}  // namespace loupe::engine
