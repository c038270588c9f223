// SPDX-License-Identifier: GPL-3.0-or-later
// What is done to text before it is cut into words, as tokenizer.json's "normalizer" says.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/tokenize/text.h"

namespace loupe::tokenize {

// Immutable; thread-safe.
class Normalizer {
 public:
  // tokenizer.json's "normalizer" (may be null); a type that is not known is
  // ErrorCode::unsupported.
  static Result<Normalizer> parse(const nlohmann::json& spec, const std::string& where);

  bool empty() const { return steps_.empty(); }
  MappedText apply(MappedText text) const;
  std::string apply(const std::string& text) const;

 private:
  using Step = std::function<MappedText(MappedText)>;
  Result<void> add(const nlohmann::json& spec, const std::string& where, int depth);
  Result<void> add_unicode_form(const std::string& form);

  std::vector<Step> steps_;
};

}  // namespace loupe::tokenize
