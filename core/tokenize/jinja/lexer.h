// SPDX-License-Identifier: GPL-3.0-or-later
// Template source cut into text and tokens, with Jinja's rules for white space: trim_blocks and
// lstrip_blocks are on, as in transformers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace loupe::tokenize::jinja {

enum class TokenKind : uint8_t {
  data,  // text outside of tags
  block_begin,
  block_end,
  variable_begin,
  variable_end,
  name,
  text,  // a string literal, quotes included
  integer,
  real,
  sign,  // an operator or bracket
  end,
};

struct Token {
  TokenKind kind = TokenKind::end;
  uint32_t at = 0;  // byte of the source
  std::string_view bytes;
};

// One kind of line end, and none at the very end.
std::string normalise_source(std::string_view source);

// Views into `source`, which is normalised, valid UTF-8. Throws Failure.
std::vector<Token> lex(std::string_view source);

}  // namespace loupe::tokenize::jinja
