// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/tokenizer.h"

namespace loupe::tokenize {

std::vector<int32_t> Tokenizer::ids(std::string_view text) const {
  const std::vector<Token> tokens = encode(text);
  std::vector<int32_t> result;
  result.reserve(tokens.size());
  for (const Token& token : tokens) result.push_back(token.id);
  return result;
}

std::string Tokenizer::decode(std::span<const int32_t> ids) const {
  std::string text;
  for (const int32_t id : ids) text += token_bytes(id);
  return text;
}

}  // namespace loupe::tokenize
