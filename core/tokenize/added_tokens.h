// SPDX-License-Identifier: GPL-3.0-or-later
// Tokens that are recognised in the text as a whole, before any merging: leftmost, then longest.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/tokenize/normalizer.h"
#include "core/tokenize/text.h"

namespace loupe::tokenize {

struct AddedToken {
  int32_t id = 0;
  std::string content;
  bool special = false;
  bool normalized = false;   // looked for after normalising, else before
  bool single_word = false;  // not inside a word
  bool lstrip = false;       // swallows white space in front of it
  bool rstrip = false;       // and behind it
};

// A stretch of text: a token, or (id < 0) text between tokens.
struct Stretch {
  Span range;
  int32_t id = -1;
};

// Immutable; thread-safe.
class AddedTokenMatcher {
 public:
  void add(const AddedToken& token, const std::string& content);
  bool empty() const { return tokens_.empty(); }
  std::vector<Stretch> split(std::string_view text) const;

 private:
  struct Match {
    uint32_t end = 0;
    int32_t token = -1;  // index in tokens_
  };
  Match longest_at(std::string_view text, size_t at) const;

  std::vector<AddedToken> tokens_;
  std::unordered_map<uint64_t, uint32_t> edges_;  // node << 8 | byte -> node
  std::vector<int32_t> token_at_node_ = {-1};
  std::array<bool, 256> starts_{};
};

// Those looked for before normalising, and those looked for after.
class AddedTokens {
 public:
  AddedTokens() = default;
  AddedTokens(const std::vector<AddedToken>& tokens, const Normalizer& normalizer);
  void add(const AddedToken& token, const Normalizer& normalizer);
  const AddedTokenMatcher& raw() const { return raw_; }
  const AddedTokenMatcher& normalized() const { return normalized_; }

 private:
  AddedTokenMatcher raw_, normalized_;
};

}  // namespace loupe::tokenize
