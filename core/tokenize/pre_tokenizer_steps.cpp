// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/pre_tokenizer_steps.h"

#include <algorithm>

namespace loupe::tokenize {
namespace {

std::vector<Span> string_matches(std::string_view text, Span word, std::string_view needle) {
  std::vector<Span> matches;
  const std::string_view inside = text.substr(0, word.end);
  for (size_t at = inside.find(needle, word.begin); at != std::string_view::npos;
       at = inside.find(needle, at + needle.size())) {
    matches.push_back({static_cast<uint32_t>(at), static_cast<uint32_t>(at + needle.size())});
  }
  return matches;
}

// The words of a text under change, kept with their origin.
class Rebuild {
 public:
  explicit Rebuild(const Words& from) : from_(from) { to_.text.base = from.text.base; }

  void begin_word() { begin_ = size(); }
  void put(std::string_view bytes, Span original) { to_.text.append(bytes, original); }
  void copy(uint32_t begin, uint32_t end) {
    for (uint32_t at = begin; at < end; ++at) {
      put(std::string_view(from_.text.text).substr(at, 1), from_.text.original(at, at + 1));
    }
  }
  // An inserted character stands for no bytes: the empty span in front of `at`.
  void insert(std::string_view bytes, uint32_t at) {
    const uint32_t place = from_.text.original(at, at).begin;
    put(bytes, {place, place});
  }
  void end_word() {
    if (size() > begin_) to_.ranges.push_back({begin_, size()});
  }
  Words take() { return std::move(to_); }

 private:
  uint32_t size() const { return static_cast<uint32_t>(to_.text.text.size()); }

  const Words& from_;
  Words to_;
  uint32_t begin_ = 0;
};

}  // namespace

std::vector<Part> parts_of(Span word, const std::vector<Span>& matches, bool invert) {
  std::vector<Part> parts;
  uint32_t at = word.begin;
  for (const Span& match : matches) {
    if (match.begin > at) parts.push_back({{at, match.begin}, invert});
    parts.push_back({match, !invert});
    at = match.end;
  }
  if (at < word.end) parts.push_back({{at, word.end}, invert});
  return parts;
}

void split_parts(const std::vector<Part>& parts, SplitBehavior behavior, std::vector<Span>& out) {
  std::vector<Span> pieces;
  const bool next = behavior == SplitBehavior::merged_with_next;
  bool previous_match = false;
  for (size_t i = 0; i < parts.size(); ++i) {
    const Part& part = next ? parts[parts.size() - 1 - i] : parts[i];
    bool join = false;
    switch (behavior) {
      case SplitBehavior::removed:
        if (part.is_match) continue;
        break;
      case SplitBehavior::isolated:
        break;
      case SplitBehavior::contiguous:
        join = i > 0 && part.is_match == previous_match;
        break;
      case SplitBehavior::merged_with_previous:
      case SplitBehavior::merged_with_next:
        join = part.is_match && !previous_match && !pieces.empty();
        break;
    }
    if (join && next) {
      pieces.back().begin = part.range.begin;
    } else if (join) {
      pieces.back().end = part.range.end;
    } else {
      pieces.push_back(part.range);
    }
    previous_match = part.is_match;
  }
  if (next) std::reverse(pieces.begin(), pieces.end());
  for (const Span& piece : pieces) {
    if (piece.end > piece.begin) out.push_back(piece);
  }
}

void ScannerStep::apply(Words& words) const {
  std::vector<Span> out;
  out.reserve(words.text.text.size() / 4 + 8);
  const char* text = words.text.text.data();
  for (const Span& word : words.ranges) {
    for (size_t at = word.begin; at < word.end;) {
      const size_t end = scan_(text, at, word.end);
      out.push_back({static_cast<uint32_t>(at), static_cast<uint32_t>(end)});
      at = end;
    }
  }
  words.ranges = std::move(out);
}

void RegexSplitStep::apply(Words& words) const {
  std::vector<Span> out;
  for (const Span& word : words.ranges) {
    auto matches = regex_.find_all(
        std::string_view(words.text.text).substr(word.begin, word.end - word.begin));
    for (Span& match : matches) match = {match.begin + word.begin, match.end + word.begin};
    split_parts(parts_of(word, matches, invert_), behavior_, out);
  }
  words.ranges = std::move(out);
}

void StringSplitStep::apply(Words& words) const {
  std::vector<Span> out;
  for (const Span& word : words.ranges) {
    const auto matches = string_matches(words.text.text, word, needle_);
    split_parts(parts_of(word, matches, invert_), behavior_, out);
  }
  words.ranges = std::move(out);
}

void ClassSplitStep::apply(Words& words) const {
  const uint8_t* classes = char_classes();
  std::vector<Span> out;
  std::vector<Span> matches;
  for (const Span& word : words.ranges) {
    matches.clear();
    uint32_t length = 0;
    for (uint32_t at = word.begin; at < word.end; at += length) {
      if (classes[decode_at(words.text.text.data(), at, length)] & class_) {
        matches.push_back({at, at + length});
      }
    }
    if (matches.empty()) {
      out.push_back(word);
    } else {
      split_parts(parts_of(word, matches, false), behavior_, out);
    }
  }
  words.ranges = std::move(out);
}

void PrefixSpaceStep::apply(Words& words) const {
  Rebuild rebuild(words);
  for (const Span& word : words.ranges) {
    rebuild.begin_word();
    if (words.text.text[word.begin] != ' ') rebuild.insert(" ", word.begin);
    rebuild.copy(word.begin, word.end);
    rebuild.end_word();
  }
  words = rebuild.take();
}

void MetaspaceStep::apply(Words& words) const {
  Rebuild rebuild(words);
  const std::string_view text = words.text.text;
  for (const Span& word : words.ranges) {
    rebuild.begin_word();
    const bool at_start = words.text.original(word.begin, word.begin).begin == 0;
    const bool has_one =
        text[word.begin] == ' ' || text.substr(word.begin).starts_with(replacement_);
    if (!has_one && (prepend_ == Prepend::always || (prepend_ == Prepend::first && at_start))) {
      rebuild.insert(replacement_, word.begin);
    }
    for (uint32_t at = word.begin; at < word.end; ++at) {
      if (text[at] == ' ') {
        rebuild.put(replacement_, words.text.original(at, at + 1));
      } else {
        rebuild.copy(at, at + 1);
      }
    }
    rebuild.end_word();
  }
  words = rebuild.take();
  if (split_) StringSplitStep(replacement_, SplitBehavior::merged_with_next, false).apply(words);
}

}  // namespace loupe::tokenize
