// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/scanners.h"

#include "core/tokenize/text.h"

namespace loupe::tokenize {

const std::string_view kGpt2Regex =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
const std::string_view kLlama3Regex =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*)"
    R"(|\s*[\r\n]+|\s+(?!\S)|\s+)";
const std::string_view kQwen2Regex =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*)"
    R"(|\s*[\r\n]+|\s+(?!\S)|\s+)";

namespace {

struct Reader {
  const char* text;
  size_t end;
  const uint8_t* classes = char_classes();

  uint8_t at(size_t position, uint32_t& length) const {
    return classes[decode_at(text, position, length)];
  }
  // The end of the run of characters with (class & mask) == want.
  size_t run(size_t position, uint8_t mask, uint8_t want) const {
    uint32_t length = 0;
    while (position < end && (at(position, length) & mask) == want) position += length;
    return position;
  }
};

constexpr uint8_t kLetterNumberSpace = kLetter | kNumber | kSpace;

// `\s+(?!\S)|\s+` at a white space: all of the run at the end of the text, else all but its last
// character (which may start the next word), else that one character.
size_t scan_spaces(const Reader& reader, size_t at) {
  size_t position = at, last = at;
  uint32_t length = 0;
  while (position < reader.end && (reader.at(position, length) & kSpace)) {
    last = position;
    position += length;
  }
  return position == reader.end || last == at ? position : last;
}

// The length of an English contraction at an apostrophe, or 0.
size_t contraction(const char* text, size_t at, size_t end, bool any_case) {
  if (text[at] != '\'' || at + 1 >= end) return 0;
  const auto letter = [&](size_t i) -> char {
    if (i >= end) return 0;
    const char c = text[i];
    return any_case && c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  };
  const char first = letter(at + 1), second = letter(at + 2);
  if (first == 's' || first == 't' || first == 'm' || first == 'd') return 2;
  if ((first == 'r' || first == 'v') && second == 'e') return 3;
  if (first == 'l' && second == 'l') return 3;
  // U+017F folds to s.
  if (any_case && static_cast<unsigned char>(first) == 0xC5 &&
      static_cast<unsigned char>(second) == 0xBF) {
    return 3;
  }
  return 0;
}

template <int kMaxDigits>
size_t scan_grouped(const char* text, size_t at, size_t end) {
  if (const size_t length = contraction(text, at, end, true)) return at + length;
  const Reader reader{text, end};
  uint32_t length = 0;
  const uint8_t first = reader.at(at, length);
  if (first & kLetter) return reader.run(at, kLetter, kLetter);
  if (first & kNumber) {
    size_t position = at + length;
    for (int i = 1; i < kMaxDigits && position < end; ++i) {
      if (!(reader.at(position, length) & kNumber)) break;
      position += length;
    }
    return position;
  }
  const size_t next = at + length;
  uint8_t second = 0;
  if (next < end) {
    second = reader.at(next, length);
    if ((second & kLetter) && !(first & kNewline)) return reader.run(next, kLetter, kLetter);
  }
  const bool symbol_after_space = text[at] == ' ' && next < end && !(second & kLetterNumberSpace);
  if (!(first & kSpace) || symbol_after_space) {
    const size_t symbols = reader.run(symbol_after_space ? next : at, kLetterNumberSpace, 0);
    return reader.run(symbols, kNewline, kNewline);
  }
  // `\s*[\r\n]+`: to the last line break of the run.
  size_t after_newline = 0;
  for (size_t position = at; position < end;) {
    const uint8_t c = reader.at(position, length);
    if (!(c & kSpace)) break;
    position += length;
    if (c & kNewline) after_newline = position;
  }
  return after_newline ? after_newline : scan_spaces(reader, at);
}

}  // namespace

size_t scan_gpt2(const char* text, size_t at, size_t end) {
  if (const size_t length = contraction(text, at, end, false)) return at + length;
  const Reader reader{text, end};
  const size_t word = text[at] == ' ' && at + 1 < end ? at + 1 : at;
  uint32_t length = 0;
  const uint8_t first = reader.at(word, length);
  if (first & kLetter) return reader.run(word + length, kLetter, kLetter);
  if (first & kNumber) return reader.run(word + length, kNumber, kNumber);
  if (!(first & kSpace)) return reader.run(word + length, kLetterNumberSpace, 0);
  return scan_spaces(reader, at);
}

size_t scan_llama3(const char* text, size_t at, size_t end) {
  return scan_grouped<3>(text, at, end);
}
size_t scan_qwen2(const char* text, size_t at, size_t end) {
  return scan_grouped<1>(text, at, end);
}

Scanner scanner_for(std::string_view regex) {
  if (regex == kGpt2Regex) return scan_gpt2;
  if (regex == kLlama3Regex) return scan_llama3;
  if (regex == kQwen2Regex) return scan_qwen2;
  return nullptr;
}

}  // namespace loupe::tokenize
