// SPDX-License-Identifier: GPL-3.0-or-later
// What every tokenizer that loads must do, whatever file it came from.
#pragma once

#include "core/tokenize/tokenizer.h"
#include "tests/fuzz/check.h"

namespace loupe::fuzz {

// Tokens in order and inside the text, groups that hold each of them once, and text that comes back
// from any ids.
inline void check_tokenizer(const std::shared_ptr<const tokenize::Tokenizer>& tokenizer) {
  constexpr std::string_view kTexts[] = {
      "", "The answer is 42, isn't it?  \n\tyes <s>no</s> \xE2\x96\x81x",
      "e\xCC\x81 \xEF\xAC\x81le \xE6\xBC\xA2\xE5\xAD\x97 "
      "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB",
      "\xFF\xE2\x82 a\xF0\x9F\x98 \xED\xA0\x80",
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa                                 b"};
  for (const std::string_view text : kTexts) {
    const auto tokens = tokenizer->encode(text);
    uint32_t begin = 0, end = 0;
    std::vector<int32_t> ids;
    for (const auto& token : tokens) {
      FUZZ_CHECK(token.begin >= begin && token.end >= end && token.end >= token.begin);
      FUZZ_CHECK(token.id >= 0 && token.id < tokenizer->vocab_size());
      begin = token.begin;
      end = token.end;
      ids.push_back(token.id);
    }
    FUZZ_CHECK(end <= text.size());
    (void)tokenizer->decode(ids);
    (void)tokenizer->readable(ids);
    size_t counted = 0;
    for (const auto& group : tokenize::group_by_character(tokens, text))
      counted += group.end - group.begin;
    FUZZ_CHECK(counted == tokens.size());
  }
  const std::vector<int32_t> odd = {
      -1, 0, 1, tokenizer->vocab_size() - 1, tokenizer->vocab_size(), INT32_MAX};
  (void)tokenizer->decode(odd);
  (void)tokenizer->readable(odd);
  for (const int32_t id : odd) {
    (void)tokenizer->token_name(id);
    (void)tokenizer->is_special(id);
  }
  if (tokenizer->token_id("<|new|>")) return;
  const auto grown = tokenize::with_added_tokens(tokenizer, {"<|new|>"}, tokenizer->vocab_size());
  FUZZ_CHECK(grown.ok());
  FUZZ_CHECK((*grown)->token_id("<|new|>") == tokenizer->vocab_size());
}

}  // namespace loupe::fuzz
