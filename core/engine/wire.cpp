// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/wire.h"

#include <unicode/unistr.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>

#include <cmath>
#include <cstdio>

namespace loupe::engine {

std::string printable(const std::string& bytes) {
  std::string out;
  const auto append = [&](UChar32 c) { icu::UnicodeString(c).toUTF8String(out); };
  const auto length = static_cast<int32_t>(bytes.size());
  int32_t at = 0;
  while (at < length) {
    UChar32 c = 0;
    U8_NEXT(reinterpret_cast<const uint8_t*>(bytes.data()), at, length, c);
    if (c < 0)
      append(0xFFFD);
    else if (c == '\n')
      append(0x23CE);
    else if (c == '\t')
      append(0x21E5);
    else if (c < 0x20)
      append(0x2400 + c);
    else if (c == 0x7F)
      append(0x2421);
    else
      append(c);
  }
  return out;
}

std::string format_number(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.4g", value);
  return text;
}

nlohmann::json error_json(const Error& error) {
  return {{"code", error_code_name(error.code)},
          {"what", error.what},
          {"where", error.where},
          {"hint", error.hint}};
}

std::optional<Error> error_from_text(const std::string& text) {
  const auto error = nlohmann::json::parse(text, nullptr, false);
  if (!error.is_object()) return std::nullopt;
  return Error{error_code_from_name(error.value("code", "")), error.value("what", ""),
               error.value("where", ""), error.value("hint", "")};
}

nlohmann::json progress_json(const Progress& p) {
  return {
      {"phase", p.phase}, {"done", p.done}, {"total", p.total}, {"seconds_left", p.seconds_left}};
}

std::string dump(const nlohmann::json& value, int indent) {
  return value.dump(indent, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace loupe::engine
