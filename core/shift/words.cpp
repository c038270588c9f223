// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/shift/words.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cctype>
#include <unordered_set>

namespace loupe::shift {
namespace {

constexpr std::string_view curly_apostrophe = "\xE2\x80\x99";

// The code point at `at`; `at` moves behind it. What is no UTF-8 counts as U+FFFD.
char32_t next_point(std::string_view text, size_t& at) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  auto offset = static_cast<int64_t>(at);
  const auto size = static_cast<int64_t>(text.size());
  UChar32 c = 0;
  U8_NEXT_OR_FFFD(bytes, offset, size, c);
  at = static_cast<size_t>(offset);
  return static_cast<char32_t>(c);
}

bool is_word_point(char32_t point) {
  const auto c = static_cast<UChar32>(point);
  return u_isalnum(c) || c == '_' || (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0;
}

std::string_view line_at(std::string_view text, size_t at) {
  const size_t end = text.find('\n', at);
  return text.substr(at, end == std::string_view::npos ? end : end + 1 - at);
}

// "```" or "~~~", as long as it is written; empty where the line begins no fence.
std::string_view fence_of(std::string_view line) {
  const size_t start = std::min(line.find_first_not_of(' '), line.size());
  line.remove_prefix(start);
  if (start > 3 || line.empty() || (line[0] != '`' && line[0] != '~')) return {};
  const size_t length = std::min(line.find_first_not_of(line[0]), line.size());
  // "```code``` and more" is code within a line.
  if (length < 3 || (line[0] == '`' && line.find('`', length) != std::string_view::npos)) return {};
  return line.substr(0, length);
}

size_t block_end(std::string_view text, size_t at, std::string_view fence) {
  for (at += line_at(text, at).size(); at < text.size();) {
    const std::string_view line = line_at(text, at);
    at += line.size();
    const std::string_view closing = fence_of(line);
    if (closing.starts_with(fence) &&
        line.find_first_not_of(" \t\r\n", line.find(closing) + closing.size()) == line.npos)
      return at;
  }
  return text.size();
}

// Where code that begins with backticks at `at` ends; `at` where nothing closes it.
size_t code_end(std::string_view text, size_t at) {
  const size_t length = std::min(text.find_first_not_of('`', at), text.size()) - at;
  for (size_t from = at + length; (from = text.find('`', from)) != std::string_view::npos;) {
    const size_t run = std::min(text.find_first_not_of('`', from), text.size()) - from;
    from += run;
    if (run == length) return from;
  }
  return at;
}

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool is_address(std::string_view chunk) {
  const size_t sign = chunk.find('@');
  return chunk.find("://") != chunk.npos || chunk.find("www.") != chunk.npos ||
         (sign != chunk.npos && sign > 0 && chunk.find('.', sign) != chunk.npos);
}

class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {}

  std::vector<Piece> split() {
    for (size_t at = 0; at < text_.size();) {
      const bool line_begins = at == 0 || text_[at - 1] == '\n';
      if (const auto fence = line_begins ? fence_of(line_at(text_, at)) : ""; !fence.empty()) {
        at = keep(at, block_end(text_, at, fence), true);
      } else if (const size_t end = text_[at] == '`' ? code_end(text_, at) : at; end > at) {
        at = keep(at, end, false);
      } else if (text_[at] == '`') {
        at = std::min(text_.find_first_not_of('`', at), text_.size());
      } else if (is_blank(text_[at])) {
        ++at;
      } else {
        size_t chunk = at;
        while (chunk < text_.size() && !is_blank(text_[chunk]) && text_[chunk] != '`') ++chunk;
        at = is_address(text_.substr(at, chunk - at)) ? keep(at, chunk, false) : chunk;
      }
    }
    add(text_.size(), {.prose = true});
    return std::move(pieces_);
  }

 private:
  void add(size_t end, Piece piece) {
    if (end == done_) return;
    piece.text = text_.substr(done_, end - done_);
    pieces_.push_back(piece);
    done_ = end;
  }
  size_t keep(size_t from, size_t to, bool block) {
    add(from, {.prose = true});
    add(to, {.prose = false, .block = block});
    return to;
  }

  std::string_view text_;
  size_t done_ = 0;
  std::vector<Piece> pieces_;
};

struct Word {
  size_t begin = 0, end = 0;
  std::string key;  // small ASCII letters, straight apostrophes
};

// Apostrophes belong to a word between two of its letters.
std::vector<Word> words_of(std::string_view text) {
  std::vector<Word> words;
  bool inside = false;
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    const char32_t point = next_point(text, at);
    if (is_word_point(point)) {
      if (!inside) words.push_back({begin, begin, {}});
      for (const char c : text.substr(begin, at - begin))
        words.back().key += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
      words.back().end = at;
      inside = true;
      continue;
    }
    if (inside && (point == U'\'' || point == U'\u2019')) {
      size_t behind = at;
      if (at < text.size() && is_word_point(next_point(text, behind))) {
        words.back().key += '\'';
        continue;
      }
    }
    inside = false;
  }
  return words;
}

bool is_blanks(std::string_view text) {
  return !text.empty() && text.find_first_not_of(' ') == std::string_view::npos;
}

// `word` written as `like` is: with a capital in front, in capitals, or as it is.
std::string cased_like(std::string word, std::string_view like) {
  const auto letters = [&](int (*is)(int)) {
    return std::count_if(like.begin(), like.end(),
                         [&](char c) { return is(static_cast<unsigned char>(c)) != 0; });
  };
  const auto upper = [](char c) {
    return static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  };
  if (letters(std::isupper) > 1 && letters(std::islower) == 0)
    std::transform(word.begin(), word.end(), word.begin(), upper);
  else if (!word.empty() && like[0] >= 'A' && like[0] <= 'Z')
    word[0] = upper(word[0]);
  return word;
}

}  // namespace

std::vector<Piece> pieces_of(std::string_view text) {
  return Splitter(text).split();
}

size_t first_letter(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    if (!u_isUWhiteSpace(static_cast<UChar32>(next_point(text, at)))) return begin;
  }
  return text.size();
}

std::pair<char32_t, size_t> last_point(std::string_view text, size_t end) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  auto begin = static_cast<int64_t>(end);
  U8_BACK_1(bytes, 0, begin);
  auto at = static_cast<size_t>(begin);
  return {next_point(text.substr(0, end), at), static_cast<size_t>(begin)};
}

size_t end_of(std::string_view text) {
  size_t end = text.size();
  while (end > 0) {
    const auto [point, begin] = last_point(text, end);
    if (!u_isUWhiteSpace(static_cast<UChar32>(point))) break;
    end = begin;
  }
  return end;
}

bool is_final_mark(char32_t c) {
  return std::u32string_view(U".!?\u2026\u3002\uFF01\uFF1F").find(c) != std::u32string_view::npos;
}

bool is_english(std::string_view text) {
  static const std::unordered_set<std::string_view> small{
      "the", "of",   "and", "to",   "is",  "that",  "it",   "with", "you",
      "are", "this", "be",  "not",  "was", "have",  "from", "my",   "would",
      "i",   "they", "for", "your", "can", "which", "their"};
  size_t all = 0, found = 0;
  for (const Piece& piece : pieces_of(text)) {
    if (!piece.prose) continue;
    for (const Word& word : words_of(piece.text)) {
      ++all;
      found += small.contains(word.key) ? 1 : 0;
    }
  }
  return all < 6 || found * 12 >= all;
}

WordTable::WordTable(const std::vector<std::pair<std::string, std::string>>& rows)
    : rows_(rows.begin(), rows.end()) {}

WordTable::WordTable(std::string_view lines) {
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(line.size() + 1, lines.size()));
    if (const size_t tab = line.find('\t'); tab != std::string_view::npos)
      rows_.emplace(line.substr(0, tab), line.substr(tab + 1));
  }
}

std::string WordTable::replaced_in(std::string_view text,
                                   bool (*before)(const std::string&)) const {
  std::string out;
  for (const Piece& piece : pieces_of(text)) {
    size_t done = 0;
    const auto words = piece.prose ? words_of(piece.text) : std::vector<Word>();
    const auto blanks_behind = [&](size_t i) {
      return i + 1 < words.size() &&
             is_blanks(piece.text.substr(words[i].end, words[i + 1].begin - words[i].end));
    };
    for (size_t i = 0; i < words.size(); ++i) {
      size_t last = i;
      size_t end = words[i].end;
      auto row = rows_.end();
      if (blanks_behind(i)) {
        row = rows_.find(words[i].key + " " + words[i + 1].key);
        if (row != rows_.end()) end = words[last = i + 1].end;
      }
      if (row == rows_.end()) row = rows_.find(words[i].key);
      if (row == rows_.end() && words[i].key.ends_with("'s")) {
        row = rows_.find(words[i].key.substr(0, words[i].key.size() - 2));
        end -= piece.text.substr(0, end - 1).ends_with('\'') ? 2 : 1 + curly_apostrophe.size();
      }
      if (row == rows_.end() || (before && !(blanks_behind(last) && before(words[last + 1].key))))
        continue;
      const size_t begin = words[i].begin;
      out += piece.text.substr(done, begin - done);
      out += cased_like(row->second, piece.text.substr(begin, end - begin));
      done = end;
      i = last;
    }
    out += piece.text.substr(done);
  }
  return out;
}

}  // namespace loupe::shift
