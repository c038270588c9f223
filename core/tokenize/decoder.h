// SPDX-License-Identifier: GPL-3.0-or-later
// From tokens back to text for people to read, as tokenizer.json's "decoder" says. What a token
// stands for byte by byte is another matter: Tokenizer::token_bytes.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace loupe::tokenize {

// Immutable; thread-safe.
class Decoder {
 public:
  // tokenizer.json's "decoder" (may be null: tokens joined by spaces); a type that is not known is
  // ErrorCode::unsupported.
  static Result<Decoder> parse(const nlohmann::json& spec, const std::string& where);
  static Decoder byte_level();

  // Names in the vocabulary to text; bytes that are no UTF-8 become U+FFFD.
  std::string apply(std::vector<std::string> names) const;

 private:
  using Names = std::vector<std::string>;
  using Step = std::function<Names(Names)>;
  Result<void> add(const nlohmann::json& spec, const std::string& where, int depth);

  std::vector<Step> steps_;
};

// The byte that a fallback token "<0xE2>" stands for, or -1.
int fallback_byte(const std::string& name);

}  // namespace loupe::tokenize
