// SPDX-License-Identifier: GPL-3.0-or-later
// Text on its way to tokens: valid UTF-8 that remembers where it came from, and Unicode classes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace loupe::tokenize {

// Bytes [begin, end) of something.
struct Span {
  uint32_t begin = 0;
  uint32_t end = 0;
};

// Valid UTF-8 and, byte for byte, the original bytes it stands for. Without a map it is the
// original itself, from byte `base` on.
struct MappedText {
  std::string text;
  std::vector<Span> map;  // empty, or one a byte of `text`
  uint32_t base = 0;

  bool identity() const { return map.empty(); }
  // What bytes [begin, end) of `text` stand for in the original.
  Span original(uint32_t begin, uint32_t end) const;
  MappedText slice(uint32_t begin, uint32_t end) const;
  // Appends bytes that stand for `from`; only on a text that carries a map (or is empty).
  void append(std::string_view bytes, Span from);
};

// Every maximal ill-formed part becomes one U+FFFD, as Python's and Rust's lossy decoders do.
MappedText sanitise(std::string_view bytes);

// One code point of valid UTF-8 at `at`; `length` is its bytes.
inline char32_t decode_at(const char* text, size_t at, uint32_t& length) {
  const auto* s = reinterpret_cast<const unsigned char*>(text) + at;
  if (s[0] < 0x80) {
    length = 1;
    return s[0];
  }
  if (s[0] < 0xE0) {
    length = 2;
    return (char32_t{s[0]} & 0x1F) << 6 | (s[1] & 0x3F);
  }
  if (s[0] < 0xF0) {
    length = 3;
    return (char32_t{s[0]} & 0x0F) << 12 | (char32_t{s[1]} & 0x3F) << 6 | (s[2] & 0x3F);
  }
  length = 4;
  return (char32_t{s[0]} & 0x07) << 18 | (char32_t{s[1]} & 0x3F) << 12 |
         (char32_t{s[2]} & 0x3F) << 6 | (s[3] & 0x3F);
}

void append_utf8(std::string& out, char32_t c);

// Unicode classes as the regular expressions of pre-tokenizers name them.
enum CharClass : uint8_t {
  kLetter = 1,   // \p{L}
  kNumber = 2,   // \p{N}
  kSpace = 4,    // \s: White_Space
  kWord = 8,     // \w: Alphabetic, M, Nd, Pc, Join_Control
  kNewline = 16  // \r \n
};

// 0x110000 entries of CharClass bits, made on first use.
const uint8_t* char_classes();

}  // namespace loupe::tokenize
