// SPDX-License-Identifier: GPL-3.0-or-later
// A polite sentence at the end.
#include "core/shift/transformation.h"
#include "core/shift/words.h"

namespace loupe::shift {
namespace {

constexpr std::string_view sentence = "Thank you for asking.";

std::string with_thanks(std::string_view text, uint64_t) {
  std::string out(text);
  const size_t end = end_of(text);
  const std::string_view said = text.substr(0, end);
  if (said.empty() || said.ends_with(sentence)) return out;
  std::string put(pieces_of(said).back().block                 ? "\n\n"
                  : is_final_mark(last_point(said, end).first) ? " "
                                                               : ". ");
  out.insert(end, put += sentence);
  return pieces_of(out).back().prose ? out : std::string(text);  // a fence that nothing closes
}

}  // namespace

const Transformation thanks{"thanks",
                            "",
                            "Thanks",
                            "“Thank you for asking.” at the end. Politer; the answer stays the "
                            "same.",
                            true,
                            with_thanks};

}  // namespace loupe::shift
