// SPDX-License-Identifier: GPL-3.0-or-later
// What the names in GGUF's tokenizer.ggml.pre stand for, told as tokenizer.json tells it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace loupe::tokenize {

struct GgufPreTokenizer {
  std::string_view name;
  std::vector<std::string_view> splits;  // regular expressions, applied in turn
  bool gpt2_split = false;               // then that of GPT-2
  bool nfc = false;                      // text is composed first
  bool ignore_merges = false;            // a word of the vocabulary is one token
  bool adds_bos = false;                 // where the file does not say

  nlohmann::json normalizer() const;  // null without one
  nlohmann::json pre_tokenizer() const;
};

// nullptr when the name is not known.
const GgufPreTokenizer* find_gguf_pre_tokenizer(std::string_view name);

}  // namespace loupe::tokenize
