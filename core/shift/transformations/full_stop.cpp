// SPDX-License-Identifier: GPL-3.0-or-later
// The final mark comes or goes.
#include "core/shift/transformation.h"
#include "core/shift/words.h"

namespace loupe::shift {
namespace {

std::string toggled(std::string_view text, uint64_t) {
  std::string out(text);
  const size_t end = end_of(text);
  if (end == 0 || pieces_of(text.substr(0, end)).back().block) return out;
  const auto [mark, begin] = last_point(text, end);
  if (is_final_mark(mark)) return out.erase(begin, end - begin);
  return out.insert(end, 1, '.');
}

}  // namespace

const Transformation full_stop{"full-stop",
                               "",
                               "Full stop",
                               "Adds a full stop at the end, or takes the final mark away. Keeps "
                               "the meaning, unless the mark was a question mark.",
                               false,
                               toggled};

}  // namespace loupe::shift
