// SPDX-License-Identifier: GPL-3.0-or-later
// Upper, lower and title case of texts.
#include <unicode/locid.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>

#include "core/tokenize/jinja/python_text.h"
#include "core/tokenize/text.h"

namespace loupe::tokenize::jinja {
namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

char ascii_upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
}

char ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool is_cased(char32_t c) {
  return u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_CASED);
}

std::string title_of(std::string_view code_point) {
  if (code_point.size() == 1) return std::string(1, ascii_upper(code_point[0]));
  auto text = icu::UnicodeString::fromUTF8(
      icu::StringPiece(code_point.data(), static_cast<int32_t>(code_point.size())));
  // Without the option, a title begins at the first letter and other characters are left alone.
  text.toTitle(nullptr, icu::Locale::getRoot(), U_TITLECASE_NO_BREAK_ADJUSTMENT);
  std::string out;
  return text.toUTF8String(out);
}

template <class Case>
bool all_of_case(std::string_view text, Case other) {
  bool cased = false;
  for (size_t i = 0; i < text.size(); i += code_point_bytes(text[i])) {
    uint32_t length = 0;
    const auto c = static_cast<UChar32>(decode_at(text.data(), i, length));
    if (other(c) || u_charType(c) == U_TITLECASE_LETTER) return false;
    cased = cased || is_cased(static_cast<char32_t>(c));
  }
  return cased;
}

}  // namespace

std::string to_upper(std::string_view text) {
  std::string out;
  if (is_ascii(text)) {
    out.resize(text.size());
    std::transform(text.begin(), text.end(), out.begin(), ascii_upper);
    return out;
  }
  return icu::UnicodeString::fromUTF8(
             icu::StringPiece(text.data(), static_cast<int32_t>(text.size())))
      .toUpper(icu::Locale::getRoot())
      .toUTF8String(out);
}

std::string to_lower(std::string_view text) {
  std::string out;
  if (is_ascii(text)) {
    out.resize(text.size());
    std::transform(text.begin(), text.end(), out.begin(), ascii_lower);
    return out;
  }
  return icu::UnicodeString::fromUTF8(
             icu::StringPiece(text.data(), static_cast<int32_t>(text.size())))
      .toLower(icu::Locale::getRoot())
      .toUTF8String(out);
}

namespace {

// The word's first code point as a title, the rest lowered as Python does: an ending sigma has a
// form of its own, which depends on what stands before it.
std::string titled(std::string_view word) {
  if (word.empty()) return "";
  const std::string_view first = word.substr(0, code_point_bytes(word[0]));
  return title_of(first) + to_lower(word).substr(to_lower(first).size());
}

}  // namespace

std::string to_title(std::string_view text) {
  std::string out;
  size_t word = 0;
  bool after_cased = false;
  for (size_t i = 0; i < text.size();) {
    uint32_t length = 0;
    const char32_t c = decode_at(text.data(), i, length);
    if (!after_cased) {
      out += titled(text.substr(word, i - word));
      word = i;
    }
    after_cased = is_cased(c);
    i += length;
  }
  return out + titled(text.substr(word));
}

std::string capitalize(std::string_view text) {
  return titled(text);
}

bool is_upper(std::string_view text) {
  return all_of_case(text, [](UChar32 c) { return u_isULowercase(c); });
}

bool is_lower(std::string_view text) {
  return all_of_case(text, [](UChar32 c) { return u_isUUppercase(c); });
}

}  // namespace loupe::tokenize::jinja
