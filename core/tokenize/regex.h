// SPDX-License-Identifier: GPL-3.0-or-later
// An ICU regular expression over UTF-8.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/tokenize/text.h"

namespace loupe::tokenize {

// Immutable; thread-safe.
class Regex {
 public:
  // `where` names the file in the Error of an expression that ICU does not accept.
  static Result<Regex> compile(const std::string& pattern, const std::string& where);
  // Every match in valid UTF-8, left to right, empty ones too. An expression that backtracks
  // without bound is cut off; what lies behind, and every later text, is then taken as unmatched.
  std::vector<Span> find_all(std::string_view text) const;

 private:
  std::shared_ptr<const void> pattern_;
  std::shared_ptr<std::atomic<bool>> gave_up_;
};

}  // namespace loupe::tokenize
