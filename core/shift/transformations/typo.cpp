// SPDX-License-Identifier: GPL-3.0-or-later
// A slip of the fingers: two neighbouring letters of the longest word change places.
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>

#include "core/shift/transformation.h"
#include "core/shift/words.h"

namespace loupe::shift {
namespace {

struct Run {  // letters of the prose, one behind the other
  size_t begin = 0, length = 0;
};

std::string swapped(std::string_view text, uint64_t seed) {
  std::u32string points;
  Run best;
  for (const Piece& piece : pieces_of(text)) {
    const auto unicode =
        icu::UnicodeString::fromUTF8({piece.text.data(), int32_t(piece.text.size())});
    Run run;
    for (int32_t i = 0; i < unicode.length(); i = unicode.moveIndex32(i, 1)) {
      const UChar32 c = unicode.char32At(i);
      // A mark belongs to the letter in front of it: both stay where they are.
      if ((U_GET_GC_MASK(c) & U_GC_M_MASK) != 0 && run.length > 0) --run.length;
      const bool letter = piece.prose && u_isalpha(c);
      if (letter && run.length == 0) run.begin = points.size();
      if (run.length > best.length) best = run;
      run.length = letter ? run.length + 1 : 0;
      points += static_cast<char32_t>(c);
    }
    if (run.length > best.length) best = run;
  }
  if (best.length < 2) return std::string(text);
  // The first letter stays where it can: a typo in front is rarer, and it keeps the capital.
  const size_t first = best.length > 3 ? 1 : 0;
  const size_t places = best.length - 1 - first;
  uint64_t start = seed;
  for (size_t i = 0; i < best.length; ++i) start = start * 31 + points[best.begin + i];
  for (size_t k = 0; k < places; ++k) {
    const size_t at = best.begin + first + (start + k) % places;
    if (points[at] == points[at + 1]) continue;
    std::swap(points[at], points[at + 1]);
    break;
  }
  std::string out;
  icu::UnicodeString::fromUTF32(reinterpret_cast<const UChar32*>(points.data()),
                                static_cast<int32_t>(points.size()))
      .toUTF8String(out);
  return out;
}

}  // namespace

const Transformation typo{
    "typo",
    "",
    "Typo",
    "Swaps two neighbouring letters of the longest word, the same two for the "
    "same seed. A reader still gets the meaning.",
    true,
    swapped};

}  // namespace loupe::shift
