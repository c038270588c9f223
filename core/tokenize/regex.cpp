// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/regex.h"

#include <unicode/uregex.h>
#include <unicode/utext.h>

namespace loupe::tokenize {
namespace {

// Matching reports about every millisecond of work. An honest expression needs a few reports for
// megabytes of text; one that backtracks without bound is stopped, at the same place every time.
constexpr int64_t kReports = 300, kBytesPerReport = 1 << 10;

UBool U_CALLCONV spend_report(const void* left, int32_t) {
  return --*static_cast<int64_t*>(const_cast<void*>(left)) > 0;
}

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
  regex.gave_up_ = std::make_shared<std::atomic<bool>>(false);
  regex.pattern_ = std::shared_ptr<const void>(compiled, [](const void* p) {
    uregex_close(static_cast<URegularExpression*>(const_cast<void*>(p)));
  });
  return regex;
}

std::vector<Span> Regex::find_all(std::string_view text) const {
  std::vector<Span> matches;
  if (gave_up_->load(std::memory_order_relaxed)) return matches;
  UErrorCode status = U_ZERO_ERROR;
  // A clone shares the compiled pattern and has a matching state of its own.
  URegularExpression* matcher =
      uregex_clone(static_cast<const URegularExpression*>(pattern_.get()), &status);
  if (U_FAILURE(status)) return matches;
  UText subject = UTEXT_INITIALIZER;
  utext_openUTF8(&subject, text.data(), static_cast<int64_t>(text.size()), &status);
  uregex_setUText(matcher, &subject, &status);
  int64_t left = kReports + static_cast<int64_t>(text.size()) / kBytesPerReport;
  uregex_setMatchCallback(matcher, spend_report, &left, &status);
  while (U_SUCCESS(status) && uregex_findNext(matcher, &status)) {
    const auto begin = static_cast<uint32_t>(uregex_start64(matcher, 0, &status));
    const auto end = static_cast<uint32_t>(uregex_end64(matcher, 0, &status));
    if (U_SUCCESS(status)) matches.push_back({begin, end});
  }
  if (status == U_REGEX_STOPPED_BY_CALLER) gave_up_->store(true, std::memory_order_relaxed);
  uregex_close(matcher);
  utext_close(&subject);
  return matches;
}

}  // namespace loupe::tokenize
