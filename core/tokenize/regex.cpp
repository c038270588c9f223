// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/regex.h"

#include <unicode/uregex.h>
#include <unicode/utext.h>

namespace loupe::tokenize {
namespace {

// ICU's unit is about a millisecond of matching.
constexpr int32_t kTimeLimit = 10000;

}  // namespace

Result<Regex> Regex::compile(const std::string& pattern, const std::string& where) {
  UErrorCode status = U_ZERO_ERROR;
  UParseError parse_error{};
  UText source = UTEXT_INITIALIZER;
  utext_openUTF8(&source, pattern.data(), static_cast<int64_t>(pattern.size()), &status);
  URegularExpression* compiled = uregex_openUText(&source, 0, &parse_error, &status);
  utext_close(&source);
  if (U_FAILURE(status)) {
    if (compiled) uregex_close(compiled);
    return Error{ErrorCode::unsupported,
                 "regular expression \"" + pattern + "\" is not understood: " + u_errorName(status),
                 where, ""};
  }
  Regex regex;
  regex.pattern_ = std::shared_ptr<const void>(compiled, [](const void* p) {
    uregex_close(static_cast<URegularExpression*>(const_cast<void*>(p)));
  });
  return regex;
}

std::vector<Span> Regex::find_all(std::string_view text) const {
  std::vector<Span> matches;
  UErrorCode status = U_ZERO_ERROR;
  // A clone shares the compiled pattern and has a matching state of its own.
  URegularExpression* matcher =
      uregex_clone(static_cast<const URegularExpression*>(pattern_.get()), &status);
  if (U_FAILURE(status)) return matches;
  UText subject = UTEXT_INITIALIZER;
  utext_openUTF8(&subject, text.data(), static_cast<int64_t>(text.size()), &status);
  uregex_setUText(matcher, &subject, &status);
  uregex_setTimeLimit(matcher, kTimeLimit, &status);
  while (U_SUCCESS(status) && uregex_findNext(matcher, &status)) {
    const auto begin = static_cast<uint32_t>(uregex_start64(matcher, 0, &status));
    const auto end = static_cast<uint32_t>(uregex_end64(matcher, 0, &status));
    if (U_SUCCESS(status)) matches.push_back({begin, end});
  }
  uregex_close(matcher);
  utext_close(&subject);
  return matches;
}

}  // namespace loupe::tokenize
