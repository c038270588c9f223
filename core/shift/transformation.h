// SPDX-License-Identifier: GPL-3.0-or-later
// Small changes of a text's surface that leave what it says alone: what the Shift page offers and
// what a study of surface reliance applies to whole sets. Each is a pure function of UTF-8 text and
// seed, the same on each machine; text with nothing to change comes back as it was, the empty text
// too. Code, links and addresses are left alone (core/shift/words.h). Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace loupe::shift {

struct Transformation {
  std::string_view id;     // "upper-case"
  std::string_view group;  // those of one group share a menu; empty: a button of its own
  std::string_view title;
  std::string_view why;  // one or two sentences for the person who chooses
  bool keeps_meaning = true;
  // Most have one outcome and ignore the seed.
  std::string (*apply)(std::string_view text, uint64_t seed) = nullptr;
};

// In the order in which they are offered.
const std::vector<Transformation>& transformations();
// nullptr: there is none of this id.
const Transformation* transformation(std::string_view id);

// One idea a file, in core/shift/transformations/.
extern const Transformation lower_case, upper_case, sentence_case;
extern const Transformation contract, expand;
extern const Transformation typo;
extern const Transformation filler;
extern const Transformation full_stop;
extern const Transformation thanks;

}  // namespace loupe::shift
