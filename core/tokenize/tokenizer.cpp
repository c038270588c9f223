// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/tokenizer.h"

#include <algorithm>
#include <limits>
#include <set>

#include "core/tokenize/added_tokens.h"
#include "core/tokenize/text.h"

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

std::string Tokenizer::readable(std::span<const int32_t> ids) const {
  return sanitise(decode(ids)).text;
}

std::shared_ptr<const Tokenizer> Tokenizer::grown(const std::vector<AddedToken>&) const {
  return nullptr;
}

Result<std::shared_ptr<const Tokenizer>> with_added_tokens(
    const std::shared_ptr<const Tokenizer>& tokenizer, const std::vector<std::string>& names,
    int32_t first_id, bool special) {
  const auto refuse = [](std::string what, std::string hint) {
    return Error{ErrorCode::invalid_input, std::move(what), "", std::move(hint)};
  };
  if (first_id < tokenizer->vocab_size()) {
    return refuse("token ids from " + std::to_string(first_id) +
                      " on are taken: the vocabulary has " +
                      std::to_string(tokenizer->vocab_size()) + " tokens",
                  "");
  }
  constexpr int32_t kMaxHoles = 1 << 18, kMaxNew = 1 << 18;
  if (first_id - tokenizer->vocab_size() > kMaxHoles || names.size() > kMaxNew) {
    return refuse("the ids from " + std::to_string(first_id) + " on are too many or too far away",
                  "");
  }
  std::set<std::string> seen;
  std::vector<AddedToken> tokens;
  for (const std::string& name : names) {
    if (name.empty()) return refuse("a token to add has no name", "");
    if (!sanitise(name).identity()) return refuse("a token to add is no UTF-8", "");
    if (!seen.insert(name).second) return refuse("the token " + name + " is to be added twice", "");
    if (tokenizer->token_id(name)) {
      return refuse("the vocabulary has a token " + name + " already", "choose another name");
    }
    AddedToken token;
    token.id = first_id + static_cast<int32_t>(tokens.size());
    token.content = name;
    token.special = special;
    token.normalized = false;
    tokens.push_back(std::move(token));
  }
  if (tokens.empty()) return tokenizer;
  auto grown = tokenizer->grown(tokens);
  if (!grown) {
    return Error{ErrorCode::unsupported, "this tokenizer's vocabulary cannot grow", "", ""};
  }
  return grown;
}

std::vector<Span> group_by_character(std::span<const Token> tokens, std::string_view text) {
  // Where a boundary may be: at the start of every character and of every ill-formed part.
  std::vector<bool> starts(text.size() + 1);
  starts[text.size()] = true;
  const MappedText clean = sanitise(text);
  uint32_t length = 0;
  for (uint32_t at = 0; at < clean.text.size(); at += length) {
    decode_at(clean.text.data(), at, length);
    starts[clean.original(at, at + length).begin] = true;
  }
  const auto cuts = [&](uint32_t at) { return at < text.size() && !starts[at]; };
  std::vector<Span> groups;
  uint32_t reached = 0;  // the end of the group's bytes
  for (uint32_t i = 0; i < tokens.size(); ++i) {
    const Token& token = tokens[i];
    const bool joins = i > 0 && (token.begin < reached || cuts(token.begin));
    if (joins) {
      groups.back().end = i + 1;
      reached = std::max(reached, token.end);
    } else {
      groups.push_back({i, i + 1});
      reached = token.end;
    }
  }
  return groups;
}

}  // namespace loupe::tokenize
