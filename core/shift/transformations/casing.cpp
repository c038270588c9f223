// SPDX-License-Identifier: GPL-3.0-or-later
// Letters large or small, in any script that has both.
#include <unicode/locid.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "core/shift/transformation.h"
#include "core/shift/words.h"

namespace loupe::shift {
namespace {

template <class Change>
std::string changed(std::string_view text, const Change& change) {
  std::string out;
  for (const Piece& piece : pieces_of(text)) {
    if (piece.prose) {
      auto letters = icu::UnicodeString::fromUTF8({piece.text.data(), int32_t(piece.text.size())});
      change(letters).toUTF8String(out);
    } else {
      out += piece.text;
    }
  }
  return out;
}

std::string lower(std::string_view text, uint64_t) {
  return changed(text, [](auto& letters) { return letters.toLower(icu::Locale::getRoot()); });
}

std::string upper(std::string_view text, uint64_t) {
  return changed(text, [](auto& letters) { return letters.toUpper(icu::Locale::getRoot()); });
}

bool closes(UChar32 c) {  // quotes and brackets behind a final mark
  return c == '"' || c == '\'' || c == ')' || c == ']' || c == 0x201D || c == 0x2019;
}

// Reads over text and knows where a sentence begins, across code and links too.
class SentenceCase {
 public:
  std::string of(std::string_view text) {
    std::string out;
    for (const Piece& piece : pieces_of(text)) {
      if (piece.prose) {
        capitals(piece.text).toUTF8String(out);
      } else {
        out += piece.text;
        starts_ = piece.block;
        ended_ = false;
      }
    }
    return out;
  }

 private:
  icu::UnicodeString capitals(std::string_view text) {
    auto letters = icu::UnicodeString::fromUTF8({text.data(), int32_t(text.size())});
    letters.toLower(icu::Locale::getRoot());
    icu::UnicodeString out;
    UChar32 before = 0;
    for (int32_t i = 0; i < letters.length();) {
      const UChar32 c = letters.char32At(i);
      i += U16_LENGTH(c);
      const bool alone =
          !u_isalnum(before) && (i == letters.length() || !u_isalnum(letters.char32At(i)));
      out.append((starts_ || (alone && c == 'i')) && u_isalnum(c) ? u_totitle(c) : c);
      if (c == '\n' || (ended_ && u_isUWhiteSpace(c)))
        starts_ = true;
      else if (u_isalnum(c))
        starts_ = false;
      ended_ = is_final_mark(static_cast<char32_t>(c)) || (ended_ && closes(c));
      before = c;
    }
    return out;
  }

  bool starts_ = true, ended_ = false;
};

std::string sentences(std::string_view text, uint64_t) {
  return SentenceCase().of(text);
}

}  // namespace

const Transformation lower_case{
    "lower-case", "Casing", "lower case", "All letters small. Keeps the meaning.", true, lower};
const Transformation upper_case{"upper-case",
                                "Casing",
                                "UPPER CASE",
                                "All letters capital. Keeps the meaning, though it may sound "
                                "louder.",
                                true,
                                upper};
const Transformation sentence_case{"sentence-case",
                                   "Casing",
                                   "Sentence case",
                                   "A capital at the start of each sentence. Keeps the meaning; "
                                   "names lose their capital.",
                                   true,
                                   sentences};

}  // namespace loupe::shift
