// SPDX-License-Identifier: GPL-3.0-or-later
// What transformations share: which parts of a text are prose, where it begins and ends, and
// tables of words that stand for each other. UTF-8; offsets are bytes.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace loupe::shift {

// `prose` may be changed. Code in backticks, fenced blocks (their fences included), web addresses
// and mail addresses may not: another letter there means another thing.
struct Piece {
  std::string_view text;
  bool prose = true;
  bool block = false;  // a fenced block: lines of its own
};
// Together the whole text, in order; none is empty.
std::vector<Piece> pieces_of(std::string_view text);

// Without white space at that end (Unicode's White_Space).
size_t first_letter(std::string_view text);  // text.size() where there is none
size_t end_of(std::string_view text);        // behind the last
// ". ! ? …", and what ends a sentence in Chinese and Japanese.
bool is_final_mark(char32_t c);
// The code point that ends at `end`, and where it begins. `end` > 0.
std::pair<char32_t, size_t> last_point(std::string_view text, size_t end);

// Whether the prose looks English: enough of its words are the small ones of English that no
// neighbour language shares. A few words alone pass. Word lists of one language change others:
// "centre" is French too.
bool is_english(std::string_view text);

// Words, or pairs of words with one blank between them, and what stands for them; small ASCII
// letters and straight apostrophes. A key that is there twice keeps its first value.
class WordTable {
 public:
  explicit WordTable(const std::vector<std::pair<std::string, std::string>>& rows);
  // A row a line: what is replaced, a tab, what stands for it.
  explicit WordTable(std::string_view lines);
  size_t size() const { return rows_.size(); }

  // Each whole word of the prose that the table knows, in any case, the typographic apostrophe
  // too. The new word takes over capitals (Word, WORD); a possessive 's stays. `before`: only where
  // blanks and a word (in small letters) of which it says yes follow.
  std::string replaced_in(std::string_view text,
                          bool (*before)(const std::string& word) = nullptr) const;

 private:
  std::unordered_map<std::string, std::string> rows_;
};

// resources/words/british_american.tsv
extern const std::string_view british_american_words;

}  // namespace loupe::shift
