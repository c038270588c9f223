// SPDX-License-Identifier: GPL-3.0-or-later
// Cuts normalised text into the words that BPE merges within, as tokenizer.json's "pre_tokenizer"
// says.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/tokenize/scanners.h"
#include "core/tokenize/text.h"

namespace loupe::tokenize {

// The text and its words: ranges of `text.text`, in order, none empty.
struct Words {
  MappedText text;
  std::vector<Span> ranges;
};

class PreTokenizerStep {
 public:
  virtual ~PreTokenizerStep() = default;
  virtual void apply(Words& words) const = 0;
};

// Immutable; thread-safe.
class PreTokenizer {
 public:
  // tokenizer.json's "pre_tokenizer" (may be null); a type that is not known is
  // ErrorCode::unsupported.
  static Result<PreTokenizer> parse(const nlohmann::json& spec, const std::string& where);

  // Whether words are sequences of bytes (a ByteLevel step is there) or of characters.
  bool byte_level() const { return byte_level_; }
  Words apply(MappedText text) const;

 private:
  Result<void> add(const nlohmann::json& spec, const std::string& where);

  std::vector<std::shared_ptr<const PreTokenizerStep>> steps_;
  bool byte_level_ = false;
};

}  // namespace loupe::tokenize
