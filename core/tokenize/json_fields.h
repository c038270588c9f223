// SPDX-License-Identifier: GPL-3.0-or-later
// Fields of tokenizer files, read without trusting their types.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "core/base/result.h"

namespace loupe::tokenize {

// The string under `key`, or `fallback` when it is absent or of another type.
inline std::string string_or(const nlohmann::json& object, const char* key, std::string fallback) {
  if (!object.is_object()) return fallback;
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : fallback;
}

inline bool bool_or(const nlohmann::json& object, const char* key, bool fallback) {
  if (!object.is_object()) return fallback;
  const auto found = object.find(key);
  return found != object.end() && found->is_boolean() ? found->get<bool>() : fallback;
}

// null when absent.
inline const nlohmann::json& field_or_null(const nlohmann::json& object, const char* key) {
  static const nlohmann::json null;
  if (!object.is_object()) return null;
  const auto found = object.find(key);
  return found != object.end() ? *found : null;
}

inline Error unsupported(const std::string& thing, const std::string& where) {
  return {ErrorCode::unsupported, "unsupported tokenizer: " + thing, where,
          "only byte-level BPE, BPE with byte fallback, Unigram and sentencepiece models are read"};
}

inline Error corrupt(const std::string& what, const std::string& where) {
  return {ErrorCode::corrupt, what, where, "fetch the file again"};
}

}  // namespace loupe::tokenize
