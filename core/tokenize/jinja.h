// SPDX-License-Identifier: GPL-3.0-or-later
// A Jinja template, rendered as transformers renders it: Jinja2's sandbox with trim_blocks,
// lstrip_blocks and loop controls. The subset that chat templates use; anything else is refused by
// name and place. Untrusted: whatever it says, parsing and rendering end, in bounded memory and
// stack, with a text or an Error.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"

namespace loupe::tokenize {

struct JinjaMessage {
  std::string role;
  std::string content;
};

// What the template sees. `date` is "YYYY-MM-DD".
struct JinjaInput {
  std::vector<JinjaMessage> messages;
  bool add_generation_prompt = false;
  std::string bos_token, eos_token;
  std::string date;
  // Further variables, or others in place of those above: messages with more fields, tools,
  // documents, enable_thinking. Without them tools and documents are none, the rest undefined.
  std::vector<std::pair<std::string, nlohmann::ordered_json>> variables;
};

// Immutable; thread-safe.
class JinjaTemplate {
 public:
  static Result<JinjaTemplate> parse(std::string_view source);
  Result<std::string> render(const JinjaInput& input) const;

 private:
  struct Impl;
  std::shared_ptr<const Impl> impl_;
};

}  // namespace loupe::tokenize
