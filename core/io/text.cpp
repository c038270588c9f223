// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/text.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace loupe::io {
namespace {

constexpr size_t kMaxDepth = 200;
constexpr size_t kMaxQuotedBytes = 100;

// Length of the valid sequence that starts at `at`, or 0.
size_t utf8_sequence(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[at + i]); };
  const uint8_t first = byte(0);
  if (first < 0x80) return 1;
  const size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() - at < length) return 0;
  for (size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xC0) != 0x80) return 0;
  const uint8_t second = byte(1);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool surrogate = first == 0xED && second >= 0xA0;
  const bool too_large = first == 0xF4 && second >= 0x90;
  return overlong || surrogate || too_large ? 0 : length;
}

std::string place(std::string_view text, size_t offset, const std::string& file,
                  size_t first_line) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const size_t line = first_line + std::count(before.begin(), before.end(), '\n');
  const size_t newline = before.rfind('\n');
  const size_t column = before.size() - (newline == std::string_view::npos ? 0 : newline + 1) + 1;
  return file + ":" + std::to_string(line) + ":" + std::to_string(column);
}

// Offset of the bracket that opens level kMaxDepth + 1.
std::optional<size_t> first_too_deep(std::string_view text) {
  size_t depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kMaxDepth) return i;
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return std::nullopt;
}

// "[json.exception.parse_error.101] parse error at line 1, column 5: syntax error …" without the
// preamble, whose line and column count from the start of `text`, not of the file.
std::string tidy_json_message(std::string_view message) {
  if (const size_t end = message.find("] "); message.starts_with('[') && end != message.npos)
    message.remove_prefix(end + 2);
  if (const size_t colon = message.find(": ");
      message.starts_with("parse error") && colon != message.npos)
    message.remove_prefix(colon + 2);
  if (message.size() > 200) {
    size_t cut = 200;
    while (cut > 0 && (static_cast<uint8_t>(message[cut]) & 0xC0) == 0x80) --cut;
    return std::string(message.substr(0, cut)) + "…";
  }
  return std::string(message);
}

}  // namespace

std::optional<size_t> first_bad_utf8(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    const size_t length = utf8_sequence(text, at);
    if (length == 0) return at;
    at += length;
  }
  return std::nullopt;
}

std::string quote_name(std::string_view name) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "`";
  size_t at = 0;
  while (at < name.size()) {
    if (at >= kMaxQuotedBytes) {
      text += "…";
      break;
    }
    const auto byte = static_cast<uint8_t>(name[at]);
    const size_t length = utf8_sequence(name, at);
    if (length == 0 || byte < 0x20 || byte == 0x7F) {
      text += {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
      ++at;
    } else {
      text += name.substr(at, length);
      at += length;
    }
  }
  return text + "`";
}

Result<nlohmann::json> parse_json(std::string_view text, const std::string& file,
                                  size_t first_line) {
  if (const auto bad = first_bad_utf8(text)) {
    return Error{ErrorCode::invalid_input, "not valid UTF-8", place(text, *bad, file, first_line),
                 "save the file as UTF-8"};
  }
  if (const auto deep = first_too_deep(text)) {
    return Error{ErrorCode::invalid_input,
                 "JSON is nested more than " + std::to_string(kMaxDepth) + " levels deep",
                 place(text, *deep, file, first_line),
                 {}};
  }
  try {
    return nlohmann::json::parse(text);
  } catch (const nlohmann::json::parse_error& problem) {
    // `byte` counts what was read, the offending character included.
    const size_t offset = problem.byte > 0 ? problem.byte - 1 : 0;
    return Error{ErrorCode::invalid_input,
                 "bad JSON: " + tidy_json_message(problem.what()),
                 place(text, offset, file, first_line),
                 {}};
  } catch (const nlohmann::json::exception& problem) {
    return Error{ErrorCode::invalid_input,
                 "bad JSON: " + tidy_json_message(problem.what()),
                 place(text, 0, file, first_line),
                 {}};
  }
}

}  // namespace loupe::io
