// SPDX-License-Identifier: GPL-3.0-or-later
// The kinds of pre-tokenizer step.
#pragma once

#include <optional>
#include <string>

#include "core/tokenize/pre_tokenizer.h"
#include "core/tokenize/regex.h"

namespace loupe::tokenize {

enum class SplitBehavior { removed, isolated, merged_with_previous, merged_with_next, contiguous };

struct Part {
  Span range;
  bool is_match = false;
};

// From the matches within one word to all its parts, gaps included.
std::vector<Part> parts_of(Span word, const std::vector<Span>& matches, bool invert);
// Appends the non-empty pieces that `behavior` makes of the parts.
void split_parts(const std::vector<Part>& parts, SplitBehavior behavior, std::vector<Span>& out);

// Every match of the scanner is a word; the scanner's matches leave no gaps.
class ScannerStep : public PreTokenizerStep {
 public:
  explicit ScannerStep(Scanner scan) : scan_(scan) {}
  void apply(Words& words) const override;

 private:
  Scanner scan_;
};

class RegexSplitStep : public PreTokenizerStep {
 public:
  RegexSplitStep(Regex regex, SplitBehavior behavior, bool invert)
      : regex_(std::move(regex)), behavior_(behavior), invert_(invert) {}
  void apply(Words& words) const override;

 private:
  Regex regex_;
  SplitBehavior behavior_;
  bool invert_;
};

class StringSplitStep : public PreTokenizerStep {
 public:
  StringSplitStep(std::string needle, SplitBehavior behavior, bool invert)
      : needle_(std::move(needle)), behavior_(behavior), invert_(invert) {}
  void apply(Words& words) const override;

 private:
  std::string needle_;
  SplitBehavior behavior_;
  bool invert_;
};

// Characters of a class are matches.
class ClassSplitStep : public PreTokenizerStep {
 public:
  ClassSplitStep(uint8_t char_class, SplitBehavior behavior)
      : class_(char_class), behavior_(behavior) {}
  void apply(Words& words) const override;

 private:
  uint8_t class_;
  SplitBehavior behavior_;
};

// A space in front of every word that has none.
class PrefixSpaceStep : public PreTokenizerStep {
 public:
  void apply(Words& words) const override;
};

// sentencepiece's way: spaces become `replacement`, one in front, and words start with it.
class MetaspaceStep : public PreTokenizerStep {
 public:
  enum class Prepend { always, first, never };
  MetaspaceStep(std::string replacement, Prepend prepend, bool split)
      : replacement_(std::move(replacement)), prepend_(prepend), split_(split) {}
  void apply(Words& words) const override;

 private:
  std::string replacement_;
  Prepend prepend_;
  bool split_;
};

}  // namespace loupe::tokenize
