// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/added_tokens.h"

#include <algorithm>

namespace loupe::tokenize {
namespace {

// The class of the character that ends at `at` (> 0).
uint8_t class_before(std::string_view text, size_t at, size_t& begin) {
  begin = at - 1;
  while (begin > 0 && (text[begin] & 0xC0) == 0x80) --begin;
  uint32_t length = 0;
  return char_classes()[decode_at(text.data(), begin, length)];
}

uint8_t class_after(std::string_view text, size_t at, uint32_t& length) {
  return char_classes()[decode_at(text.data(), at, length)];
}

bool stands_alone(std::string_view text, size_t begin, size_t end) {
  size_t before = 0;
  uint32_t length = 0;
  if (begin > 0 && (class_before(text, begin, before) & kWord)) return false;
  return end >= text.size() || !(class_after(text, end, length) & kWord);
}

size_t strip_left(std::string_view text, size_t begin) {
  size_t before = 0;
  while (begin > 0 && (class_before(text, begin, before) & kSpace)) begin = before;
  return begin;
}

size_t strip_right(std::string_view text, size_t end) {
  uint32_t length = 0;
  while (end < text.size() && (class_after(text, end, length) & kSpace)) end += length;
  return end;
}

}  // namespace

void AddedTokenMatcher::add(const AddedToken& token, const std::string& content) {
  if (content.empty()) return;
  uint32_t node = 0;
  for (const char c : content) {
    const uint64_t key = uint64_t{node} << 8 | static_cast<unsigned char>(c);
    const auto [edge, fresh] = edges_.emplace(key, static_cast<uint32_t>(token_at_node_.size()));
    if (fresh) token_at_node_.push_back(-1);
    node = edge->second;
  }
  starts_[static_cast<unsigned char>(content[0])] = true;
  if (token_at_node_[node] < 0) {
    token_at_node_[node] = static_cast<int32_t>(tokens_.size());
    tokens_.push_back(token);
  }
}

AddedTokenMatcher::Match AddedTokenMatcher::longest_at(std::string_view text, size_t at) const {
  Match match;
  uint32_t node = 0;
  for (size_t i = at; i < text.size(); ++i) {
    const auto edge = edges_.find(uint64_t{node} << 8 | static_cast<unsigned char>(text[i]));
    if (edge == edges_.end()) break;
    node = edge->second;
    if (token_at_node_[node] >= 0) {
      match = {static_cast<uint32_t>(i + 1), token_at_node_[node]};
    }
  }
  return match;
}

std::vector<Stretch> AddedTokenMatcher::split(std::string_view text) const {
  std::vector<Stretch> stretches;
  uint32_t done = 0;
  if (!tokens_.empty()) {
    for (size_t at = 0; at < text.size();) {
      if (!starts_[static_cast<unsigned char>(text[at])]) {
        ++at;
        continue;
      }
      const Match match = longest_at(text, at);
      if (match.token < 0) {
        ++at;
        continue;
      }
      size_t begin = at, end = match.end;
      at = match.end;
      const AddedToken& token = tokens_[static_cast<size_t>(match.token)];
      if (token.single_word && !stands_alone(text, begin, end)) continue;
      if (token.lstrip) begin = std::max<size_t>(strip_left(text, begin), done);
      if (token.rstrip) end = strip_right(text, end);
      // The token before swallowed white space that is a token itself: give it back.
      if (begin < done) stretches.back().range.end = static_cast<uint32_t>(begin);
      if (done < begin) stretches.push_back({{done, static_cast<uint32_t>(begin)}, -1});
      stretches.push_back({{static_cast<uint32_t>(begin), static_cast<uint32_t>(end)}, token.id});
      done = static_cast<uint32_t>(end);
    }
  }
  if (done < text.size()) stretches.push_back({{done, static_cast<uint32_t>(text.size())}, -1});
  return stretches;
}

AddedTokens::AddedTokens(const std::vector<AddedToken>& tokens, const Normalizer& normalizer) {
  for (const AddedToken& token : tokens) add(token, normalizer);
}

void AddedTokens::add(const AddedToken& token, const Normalizer& normalizer) {
  if (token.normalized) {
    normalized_.add(token, normalizer.apply(token.content));
  } else {
    raw_.add(token, token.content);
  }
}

}  // namespace loupe::tokenize
