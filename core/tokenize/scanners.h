// SPDX-License-Identifier: GPL-3.0-or-later
// Hand-written matchers of the three regular expressions that most byte-level BPE models split
// words with: exactly the expression, many times its speed.
#pragma once

#include <cstddef>
#include <string_view>

namespace loupe::tokenize {

// The end of the match at `at` in text[0, end): valid UTF-8, at < end. Each expression matches at
// every position, so the matches cover the text.
using Scanner = size_t (*)(const char* text, size_t at, size_t end);

size_t scan_gpt2(const char* text, size_t at, size_t end);
size_t scan_llama3(const char* text, size_t at, size_t end);  // up to three digits together
size_t scan_qwen2(const char* text, size_t at, size_t end);   // digits one by one

extern const std::string_view kGpt2Regex;
extern const std::string_view kLlama3Regex;
extern const std::string_view kQwen2Regex;

// nullptr when `regex` is none of the three.
Scanner scanner_for(std::string_view regex);

}  // namespace loupe::tokenize
