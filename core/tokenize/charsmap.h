// SPDX-License-Identifier: GPL-3.0-or-later
// The compiled character map of a sentencepiece model (its "precompiled_charsmap"): a double-array
// trie of what is replaced, and the replacements.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/tokenize/text.h"

namespace loupe::tokenize {

// Immutable; thread-safe.
class Charsmap {
 public:
  static Result<Charsmap> parse(std::string_view bytes, const std::string& where);
  // As Hugging Face's tokenizers apply it: to short grapheme clusters whole, else to each of their
  // characters.
  MappedText apply(const MappedText& text) const;

 private:
  Result<void> check_units(const std::string& where) const;
  // What the shortest entry that `key` begins with is replaced by.
  std::optional<std::string_view> replacement(std::string_view key) const;

  std::vector<uint32_t> units_;
  std::string replacements_;  // each ends with a zero byte
};

// RFC 4648; nothing when a character is outside the alphabet.
std::optional<std::string> decode_base64(std::string_view text);
std::string encode_base64(std::string_view bytes);

}  // namespace loupe::tokenize
