// SPDX-License-Identifier: GPL-3.0-or-later
// A word in front that says nothing.
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "core/shift/transformation.h"
#include "core/shift/words.h"

namespace loupe::shift {
namespace {

constexpr std::string_view word = "Well, ";

// "I", "I'm" and abbreviations keep their capital inside a sentence.
bool keeps_capital(const icu::UnicodeString& text) {
  const UChar32 first = text.char32At(0);
  const UChar32 second = text.char32At(text.moveIndex32(0, 1));
  return first == 'I' ? !u_isalnum(second) || u_isupper(second) : u_isupper(second);
}

std::string with_filler(std::string_view text, uint64_t) {
  const size_t at = first_letter(text);
  const std::string_view rest = text.substr(at);
  if (rest.empty() || rest.starts_with(word)) return std::string(text);
  const Piece first = pieces_of(rest).front();
  if (first.block) return std::string(text);
  std::string out = std::string(text.substr(0, at)) + std::string(word);
  auto unicode = icu::UnicodeString::fromUTF8({rest.data(), int32_t(rest.size())});
  if (first.prose && !keeps_capital(unicode))
    unicode.replace(0, unicode.moveIndex32(0, 1), u_tolower(unicode.char32At(0)));
  return unicode.toUTF8String(out);
}

}  // namespace

const Transformation filler{
    "filler", "", "“Well, …”", "A filler in front. Keeps the meaning.", true, with_filler};

}  // namespace loupe::shift
