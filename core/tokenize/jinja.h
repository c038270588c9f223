// SPDX-License-Identifier: GPL-3.0-or-later
// A Jinja template, rendered as Jinja2 does with trim_blocks and lstrip_blocks. Untrusted: whatever
// it says, parsing and rendering end, in bounded memory, with a text or an Error.
#pragma once

#include <memory>
#include <string>
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
};

// Immutable; thread-safe.
class JinjaTemplate {
 public:
  static Result<JinjaTemplate> parse(const std::string& source);
  Result<std::string> render(const JinjaInput& input) const;

 private:
  struct Impl;
  std::shared_ptr<const Impl> impl_;
};

}  // namespace loupe::tokenize
