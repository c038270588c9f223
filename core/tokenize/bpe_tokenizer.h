// SPDX-License-Identifier: GPL-3.0-or-later
// A BPE model with everything around it: added tokens, normaliser, pre-tokenizer, vocabulary names.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/tokenize/added_tokens.h"
#include "core/tokenize/bpe.h"
#include "core/tokenize/normalizer.h"
#include "core/tokenize/pre_tokenizer.h"
#include "core/tokenize/tokenizer.h"

namespace loupe::tokenize {

// What a model file says, whatever its format.
struct BpeParts {
  Bpe::Vocabulary vocabulary;  // by name, without added tokens that are not in it
  Bpe::Merges merges;
  BpeOptions options;
  std::vector<AddedToken> added;
  Normalizer normalizer;
  PreTokenizer pre_tokenizer;
  std::optional<std::string> metaspace;  // decodes to a space: "▁"
  std::optional<int32_t> bos, eos;
  bool adds_bos = false;
};

Result<std::shared_ptr<const Tokenizer>> make_bpe_tokenizer(BpeParts parts,
                                                            const std::string& where);

}  // namespace loupe::tokenize
