// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/text.h"

#include <unicode/uchar.h>

#include <algorithm>

namespace loupe::tokenize {

Span MappedText::original(uint32_t begin, uint32_t end) const {
  if (map.empty()) return {base + begin, base + end};
  if (begin >= map.size()) return {map.back().end, map.back().end};
  if (begin == end) return {map[begin].begin, map[begin].begin};
  return {map[begin].begin, map[end - 1].end};
}

MappedText MappedText::slice(uint32_t begin, uint32_t end) const {
  MappedText part;
  part.text = text.substr(begin, end - begin);
  part.base = base + begin;
  if (!map.empty()) part.map.assign(map.begin() + begin, map.begin() + end);
  return part;
}

void MappedText::append(std::string_view bytes, Span from) {
  text += bytes;
  map.insert(map.end(), bytes.size(), from);
}

namespace {

// The length of the well-formed sequence at `at`, or 0, and then how many bytes are ill-formed
// there.
uint32_t well_formed(std::string_view bytes, size_t at, uint32_t& bad) {
  const auto byte = [&](size_t i) -> unsigned {
    return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0u;
  };
  const unsigned lead = byte(at);
  bad = 1;
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  const uint32_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  // The second byte's range excludes overlong forms, surrogates and what lies beyond U+10FFFF.
  unsigned low = 0x80, high = 0xBF;
  if (lead == 0xE0) low = 0xA0;
  if (lead == 0xED) high = 0x9F;
  if (lead == 0xF0) low = 0x90;
  if (lead == 0xF4) high = 0x8F;
  for (uint32_t i = 1; i < length; ++i) {
    const unsigned next = byte(at + i);
    if (next < low || next > high) {
      bad = i;
      return 0;
    }
    low = 0x80;
    high = 0xBF;
  }
  return length;
}

std::vector<uint8_t> make_classes() {
  std::vector<uint8_t> classes(0x110000, 0);
  for (UChar32 c = 0; c < 0x110000; ++c) {
    const uint32_t mask = U_MASK(u_charType(c));
    uint8_t bits = 0;
    if (mask & U_GC_L_MASK) bits |= kLetter;
    if (mask & U_GC_N_MASK) bits |= kNumber;
    if (u_hasBinaryProperty(c, UCHAR_WHITE_SPACE)) bits |= kSpace;
    if ((mask & (U_GC_M_MASK | U_GC_ND_MASK | U_GC_PC_MASK)) ||
        u_hasBinaryProperty(c, UCHAR_ALPHABETIC) || u_hasBinaryProperty(c, UCHAR_JOIN_CONTROL)) {
      bits |= kWord;
    }
    if (c == '\r' || c == '\n') bits |= kNewline;
    classes[static_cast<size_t>(c)] = bits;
  }
  return classes;
}

}  // namespace

MappedText sanitise(std::string_view bytes) {
  MappedText result;
  size_t at = 0;
  uint32_t bad = 0;
  while (at < bytes.size()) {
    const uint32_t length = well_formed(bytes, at, bad);
    if (length == 0) break;
    at += length;
  }
  if (at == bytes.size()) {
    result.text = bytes;
    return result;
  }
  result.map.reserve(bytes.size());
  at = 0;
  while (at < bytes.size()) {
    const auto begin = static_cast<uint32_t>(at);
    if (const uint32_t length = well_formed(bytes, at, bad)) {
      for (uint32_t i = 0; i < length; ++i) {
        result.append(bytes.substr(at + i, 1), {begin + i, begin + i + 1});
      }
      at += length;
    } else {
      result.append("\xEF\xBF\xBD", {begin, begin + bad});
      at += bad;
    }
  }
  return result;
}

void append_utf8(std::string& out, char32_t c) {
  const auto put = [&](char32_t byte) { out += static_cast<char>(byte); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6);
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3F));
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  }
}

const uint8_t* char_classes() {
  static const std::vector<uint8_t> classes = make_classes();
  return classes.data();
}

}  // namespace loupe::tokenize
