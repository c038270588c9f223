// SPDX-License-Identifier: GPL-3.0-or-later
// A prompt and a response as the model's chat template writes them (design section 4, "Text to tokens").
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace loupe::tokenize {

struct Turn {
  std::string role;  // "system", "user", "assistant"
  std::string content;
};

struct RenderedPair {
  std::string prompt;    // x: the prompt rendered with the generation prompt
  std::string response;  // y: what the template adds when the response is appended, end-of-turn included
  // Where the response's own text stands inside `response`, UTF-8 bytes; {0, 0} when the template changed it.
  size_t content_begin = 0, content_end = 0;
};

// Immutable; thread-safe.
class ChatTemplate {
 public:
  // Jinja source as found in tokenizer_config.json ("chat_template") or GGUF ("tokenizer.chat_template").
  // `date` ("2024-07-26") is what strftime_now sees: stored with the model, never today's.
  static Result<ChatTemplate> jinja(std::string source, std::string bos_token, std::string eos_token,
                                    std::string date);
  // `<|user|>\n{x}\n<|assistant|>\n{y}{eos}`, with `bos` in front where given.
  static ChatTemplate plain(std::string bos_token, std::string eos_token);

  Result<std::string> render(const std::vector<Turn>& turns, bool add_generation_prompt) const;
  // Refused, with the first difference, when rendered(prompt) is no prefix of rendered(prompt + response).
  Result<RenderedPair> render_pair(const std::vector<Turn>& prompt, std::string_view response) const;
  const std::string& source() const;  // "" for plain

 private:
  struct Impl;
  std::shared_ptr<const Impl> impl_;
};

}  // namespace loupe::tokenize
