// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/jinja/python_text.h"

#include <unicode/uchar.h>

#include <algorithm>

#include "core/tokenize/text.h"

namespace loupe::tokenize::jinja {
namespace {

// The code point that ends at `end`, and where it begins.
size_t previous(std::string_view text, size_t end) {
  do {
    --end;
  } while (end > 0 && (text[end] & 0xC0) == 0x80);
  return end;
}

char32_t at(std::string_view text, size_t position) {
  uint32_t length = 0;
  return decode_at(text.data(), position, length);
}

bool is_line_end(char32_t c) {
  return (c >= 0x0A && c <= 0x0D) || (c >= 0x1C && c <= 0x1E) || c == 0x85 || c == 0x2028 ||
         c == 0x2029;
}

bool holds(std::string_view characters, char32_t c) {
  for (size_t i = 0; i < characters.size(); i += code_point_bytes(characters[i])) {
    if (at(characters, i) == c) return true;
  }
  return false;
}

template <class Test>
bool all(std::string_view text, Test test) {
  for (size_t i = 0; i < text.size(); i += code_point_bytes(text[i])) {
    if (!test(at(text, i))) return false;
  }
  return !text.empty();
}

std::vector<std::string_view> split_at_space(std::string_view text, int64_t most) {
  std::vector<std::string_view> parts;
  text = strip(text, {}, Side::left);
  while (!text.empty()) {
    if (most-- == 0) {
      parts.push_back(text);
      return parts;
    }
    size_t end = 0;
    while (end < text.size() && !is_space(at(text, end))) end += code_point_bytes(text[end]);
    parts.push_back(text.substr(0, end));
    text = strip(text.substr(end), {}, Side::left);
  }
  return parts;
}

std::vector<std::string_view> split_right_at_space(std::string_view text, int64_t most) {
  std::vector<std::string_view> parts;
  text = strip(text, {}, Side::right);
  while (!text.empty()) {
    if (most-- == 0) {
      parts.push_back(text);
      break;
    }
    size_t begin = text.size();
    while (begin > 0 && !is_space(at(text, previous(text, begin)))) begin = previous(text, begin);
    parts.push_back(text.substr(begin));
    text = strip(text.substr(0, begin), {}, Side::right);
  }
  std::reverse(parts.begin(), parts.end());
  return parts;
}

}  // namespace

bool is_space(char32_t c) {
  if (c < 0x80) return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20);
  return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 ||
         c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

bool is_printable(char32_t c) {
  if (c < 0x7F) return c >= 0x20;
  switch (u_charType(static_cast<UChar32>(c))) {
    case U_UNASSIGNED:
    case U_CONTROL_CHAR:
    case U_FORMAT_CHAR:
    case U_PRIVATE_USE_CHAR:
    case U_SURROGATE:
    case U_SPACE_SEPARATOR:
    case U_LINE_SEPARATOR:
    case U_PARAGRAPH_SEPARATOR:
      return false;
    default:
      return true;
  }
}

size_t code_point_bytes(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

size_t count_code_points(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

size_t byte_of(std::string_view text, size_t index) {
  size_t at = 0;
  while (index > 0 && at < text.size()) {
    at += code_point_bytes(text[at]);
    --index;
  }
  return at;
}

std::string_view strip(std::string_view text, std::optional<std::string_view> characters,
                       Side side) {
  const auto goes = [&](char32_t c) { return characters ? holds(*characters, c) : is_space(c); };
  size_t begin = 0, end = text.size();
  if (side != Side::right) {
    while (begin < end && goes(at(text, begin))) begin += code_point_bytes(text[begin]);
  }
  if (side != Side::left) {
    while (end > begin && goes(at(text, previous(text, end)))) end = previous(text, end);
  }
  return text.substr(begin, end - begin);
}

std::vector<std::string_view> split(std::string_view text,
                                    std::optional<std::string_view> separator, int64_t most) {
  if (!separator) return split_at_space(text, most);
  std::vector<std::string_view> parts;
  for (;;) {
    const size_t found = most == 0 ? std::string_view::npos : text.find(*separator);
    if (found == std::string_view::npos) break;
    parts.push_back(text.substr(0, found));
    text.remove_prefix(found + separator->size());
    --most;
  }
  parts.push_back(text);
  return parts;
}

std::vector<std::string_view> split_right(std::string_view text,
                                          std::optional<std::string_view> separator, int64_t most) {
  if (!separator) return split_right_at_space(text, most);
  std::vector<std::string_view> parts;
  for (;;) {
    const size_t found = most == 0 ? std::string_view::npos : text.rfind(*separator);
    if (found == std::string_view::npos) break;
    parts.push_back(text.substr(found + separator->size()));
    text = text.substr(0, found);
    --most;
  }
  parts.push_back(text);
  std::reverse(parts.begin(), parts.end());
  return parts;
}

std::vector<std::string_view> split_lines(std::string_view text, bool keep_ends) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    size_t end = 0;
    while (end < text.size() && !is_line_end(at(text, end))) end += code_point_bytes(text[end]);
    size_t next = end;
    if (end < text.size()) {
      next += code_point_bytes(text[end]);
      if (text[end] == '\r' && next < text.size() && text[next] == '\n') ++next;
    }
    lines.push_back(text.substr(0, keep_ends ? next : end));
    text.remove_prefix(next);
  }
  return lines;
}

std::string replace(std::string_view text, std::string_view old, std::string_view replacement,
                    int64_t most) {
  std::string out;
  if (old.empty()) {
    // Between all code points, and at both ends.
    for (size_t i = 0; i <= text.size();) {
      if (most-- != 0) {
        out += replacement;
      } else {
        most = 0;
      }
      if (i == text.size()) break;
      const size_t length = code_point_bytes(text[i]);
      out.append(text.substr(i, length));
      i += length;
    }
    return out;
  }
  for (;;) {
    const size_t found = most == 0 ? std::string_view::npos : text.find(old);
    if (found == std::string_view::npos) break;
    out.append(text.substr(0, found)).append(replacement);
    text.remove_prefix(found + old.size());
    --most;
  }
  return out.append(text);
}

size_t count(std::string_view text, std::string_view part) {
  if (part.empty()) return count_code_points(text) + 1;
  size_t number = 0;
  for (size_t at = text.find(part); at != std::string_view::npos;
       at = text.find(part, at + part.size())) {
    ++number;
  }
  return number;
}

bool all_digits(std::string_view text) {
  return all(text, [](char32_t c) {
    const int kind = u_getIntPropertyValue(static_cast<UChar32>(c), UCHAR_NUMERIC_TYPE);
    return kind == U_NT_DECIMAL || kind == U_NT_DIGIT;
  });
}

bool all_space(std::string_view text) {
  return all(text, is_space);
}

size_t count_words(std::string_view text) {
  size_t words = 0;
  bool inside = false;
  for (size_t i = 0; i < text.size(); i += code_point_bytes(text[i])) {
    const auto c = static_cast<UChar32>(at(text, i));
    const bool word =
        c == '_' || u_isalpha(c) || u_getIntPropertyValue(c, UCHAR_NUMERIC_TYPE) != U_NT_NONE;
    if (word && !inside) ++words;
    inside = word;
  }
  return words;
}

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '\'':
        out += "&#39;";
        break;
      case '"':
        out += "&#34;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace loupe::tokenize::jinja
