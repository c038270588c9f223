// SPDX-License-Identifier: GPL-3.0-or-later
// A BPE or Unigram model with everything around it: added tokens, normaliser, pre-tokenizer,
// vocabulary names, decoder.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/tokenize/added_tokens.h"
#include "core/tokenize/bpe.h"
#include "core/tokenize/decoder.h"
#include "core/tokenize/normalizer.h"
#include "core/tokenize/pre_tokenizer.h"
#include "core/tokenize/tokenizer.h"
#include "core/tokenize/unigram.h"

namespace loupe::tokenize {

// What a model file says, whatever its format.
struct PipelineParts {
  Bpe::Vocabulary vocabulary;  // by name, without added tokens that are not in it
  Bpe::Merges merges;
  BpeOptions options;
  std::optional<Unigram::Pieces> pieces;  // a Unigram model; `merges` is then empty
  std::vector<AddedToken> added;
  Normalizer normalizer;
  PreTokenizer pre_tokenizer;
  std::optional<Decoder> decoder;        // without one, readable() joins the tokens' bytes
  std::optional<std::string> metaspace;  // decodes to a space: "▁"
  std::optional<int32_t> bos, eos;
  bool adds_bos = false;
};

Result<std::shared_ptr<const Tokenizer>> make_pipeline_tokenizer(PipelineParts parts,
                                                                 const std::string& where);

}  // namespace loupe::tokenize
