// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/normalizer.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/tokenize/charsmap.h"
#include "core/tokenize/json_fields.h"
#include "core/tokenize/regex.h"

namespace loupe::tokenize {
namespace {

bool is_ascii(const std::string& text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return c & 0x80; });
}

void copy(const MappedText& from, uint32_t begin, uint32_t end, MappedText& to) {
  for (uint32_t at = begin; at < end; ++at) {
    to.append(std::string_view(from.text).substr(at, 1), from.original(at, at + 1));
  }
}

MappedText empty_like(const MappedText& text) {
  MappedText result;
  result.base = text.base;
  result.text.reserve(text.text.size() + 8);
  result.map.reserve(text.text.size() + 8);
  return result;
}

// Normalised between boundaries, so that what changed stands for as few original bytes as can be.
MappedText unicode_form(MappedText text, const icu::Normalizer2& form) {
  if (is_ascii(text.text)) return text;
  MappedText result = empty_like(text);
  uint32_t length = 0;
  for (uint32_t begin = 0; begin < text.text.size();) {
    decode_at(text.text.data(), begin, length);
    uint32_t end = begin + length;
    while (end < text.text.size()) {
      const auto c = static_cast<UChar32>(decode_at(text.text.data(), end, length));
      if (form.hasBoundaryBefore(c)) break;
      end += length;
    }
    const std::string segment = text.text.substr(begin, end - begin);
    UErrorCode status = U_ZERO_ERROR;
    std::string normalised;
    form.normalize(icu::UnicodeString::fromUTF8(segment), status).toUTF8String(normalised);
    if (U_FAILURE(status) || normalised == segment) {
      copy(text, begin, end, result);
    } else {
      result.append(normalised, text.original(begin, end));
    }
    begin = end;
  }
  return result;
}

MappedText lowercase(MappedText text) {
  if (is_ascii(text.text)) {
    for (char& c : text.text) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    }
    return text;
  }
  MappedText result = empty_like(text);
  uint32_t length = 0;
  for (uint32_t at = 0; at < text.text.size(); at += length) {
    const char32_t c = decode_at(text.text.data(), at, length);
    const auto lower = static_cast<char32_t>(u_tolower(static_cast<UChar32>(c)));
    if (lower == c) {
      copy(text, at, at + length, result);
      continue;
    }
    std::string bytes;
    append_utf8(bytes, lower);
    // The one character whose lower case is two (SpecialCasing, without a condition).
    if (c == 0x130) bytes = "i\xCC\x87";
    result.append(bytes, text.original(at, at + length));
  }
  return result;
}

MappedText replace(const MappedText& text, const std::vector<Span>& matches,
                   const std::string& content) {
  MappedText result = empty_like(text);
  uint32_t at = 0;
  for (const Span& match : matches) {
    copy(text, at, match.begin, result);
    result.append(content, text.original(match.begin, match.end));
    at = match.end;
  }
  copy(text, at, static_cast<uint32_t>(text.text.size()), result);
  return result;
}

std::vector<Span> find_string(const std::string& text, const std::string& needle) {
  std::vector<Span> matches;
  for (size_t at = text.find(needle); at != std::string::npos;
       at = text.find(needle, at + needle.size())) {
    matches.push_back({static_cast<uint32_t>(at), static_cast<uint32_t>(at + needle.size())});
  }
  return matches;
}

bool is_space(char32_t c) {
  return char_classes()[c] & kSpace;
}

MappedText strip(const MappedText& text, bool left, bool right) {
  uint32_t begin = 0, end = static_cast<uint32_t>(text.text.size()), length = 0;
  while (left && begin < end && is_space(decode_at(text.text.data(), begin, length)))
    begin += length;
  while (right && end > begin) {
    uint32_t last = end - 1;
    while ((text.text[last] & 0xC0) == 0x80) --last;
    if (!is_space(decode_at(text.text.data(), last, length))) break;
    end = last;
  }
  return text.slice(begin, end);
}

MappedText strip_marks(MappedText text) {
  if (is_ascii(text.text)) return text;
  MappedText result = empty_like(text);
  uint32_t length = 0;
  for (uint32_t at = 0; at < text.text.size(); at += length) {
    const auto c = static_cast<UChar32>(decode_at(text.text.data(), at, length));
    if (!(U_MASK(u_charType(c)) & U_GC_M_MASK)) copy(text, at, at + length, result);
  }
  return result;
}

MappedText prepend(MappedText text, const std::string& prefix) {
  if (text.text.empty()) return text;
  MappedText result = empty_like(text);
  const uint32_t place = text.original(0, 0).begin;
  result.append(prefix, {place, place});
  copy(text, 0, static_cast<uint32_t>(text.text.size()), result);
  return result;
}

const icu::Normalizer2* unicode_form_named(const std::string& name) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* form = nullptr;
  if (name == "NFC") form = icu::Normalizer2::getNFCInstance(status);
  if (name == "NFD") form = icu::Normalizer2::getNFDInstance(status);
  if (name == "NFKC") form = icu::Normalizer2::getNFKCInstance(status);
  if (name == "NFKD") form = icu::Normalizer2::getNFKDInstance(status);
  return U_SUCCESS(status) ? form : nullptr;
}

}  // namespace

Result<void> Normalizer::add_unicode_form(const std::string& name) {
  const icu::Normalizer2* form = unicode_form_named(name);
  if (!form) {
    return Error{ErrorCode::internal, "ICU has no data for " + name, "", "install ICU's data"};
  }
  steps_.push_back([form](MappedText text) { return unicode_form(std::move(text), *form); });
  return {};
}

Result<void> Normalizer::add(const nlohmann::json& spec, const std::string& where, int depth) {
  if (!spec.is_object()) return corrupt("normalizer is not an object", where);
  if (depth > 8) return unsupported("normalizer Sequences nested beyond 8", where);
  const std::string type = string_or(spec, "type", "");
  if (type == "Sequence") {
    const auto& list = field_or_null(spec, "normalizers");
    if (!list.is_array()) return corrupt("normalizer Sequence has no normalizers", where);
    for (const auto& item : list) LOUPE_CHECK(add(item, where, depth + 1));
  } else if (type == "NFC" || type == "NFD" || type == "NFKC" || type == "NFKD") {
    LOUPE_CHECK(add_unicode_form(type));
  } else if (type == "Lowercase") {
    steps_.push_back(lowercase);
  } else if (type == "StripAccents") {
    steps_.push_back(strip_marks);
  } else if (type == "Strip") {
    const bool left = bool_or(spec, "strip_left", true), right = bool_or(spec, "strip_right", true);
    steps_.push_back([=](MappedText text) { return strip(text, left, right); });
  } else if (type == "Precompiled") {
    const auto& encoded = field_or_null(spec, "precompiled_charsmap");
    const auto bytes = decode_base64(encoded.is_string() ? encoded.get<std::string>() : "");
    if (!bytes) return corrupt("precompiled_charsmap is no base64", where);
    LOUPE_TRY(Charsmap parsed, Charsmap::parse(*bytes, where));
    const auto map = std::make_shared<const Charsmap>(std::move(parsed));
    steps_.push_back([map](MappedText text) { return map->apply(text); });
  } else if (type == "Prepend") {
    const std::string prefix = string_or(spec, "prepend", "");
    steps_.push_back([prefix](MappedText text) { return prepend(std::move(text), prefix); });
  } else if (type == "Replace") {
    const std::string content = string_or(spec, "content", "");
    const auto& pattern = field_or_null(spec, "pattern");
    if (const std::string needle = string_or(pattern, "String", ""); !needle.empty()) {
      steps_.push_back([needle, content](MappedText text) {
        const auto matches = find_string(text.text, needle);
        return matches.empty() ? text : replace(text, matches, content);
      });
    } else if (const std::string source = string_or(pattern, "Regex", ""); !source.empty()) {
      LOUPE_TRY(const Regex regex, Regex::compile(source, where));
      steps_.push_back([regex, content](MappedText text) {
        const auto matches = regex.find_all(text.text);
        return matches.empty() ? text : replace(text, matches, content);
      });
    } else {
      return corrupt("normalizer Replace has no pattern", where);
    }
  } else {
    return unsupported("normalizer \"" + type + "\"", where);
  }
  return {};
}

Result<Normalizer> Normalizer::parse(const nlohmann::json& spec, const std::string& where) {
  Normalizer result;
  if (!spec.is_null()) LOUPE_CHECK(result.add(spec, where, 0));
  return result;
}

MappedText Normalizer::apply(MappedText text) const {
  for (const Step& step : steps_) text = step(std::move(text));
  return text;
}

std::string Normalizer::apply(const std::string& text) const {
  return apply(sanitise(text)).text;
}

}  // namespace loupe::tokenize
