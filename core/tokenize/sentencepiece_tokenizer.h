// SPDX-License-Identifier: GPL-3.0-or-later
// A sentencepiece model (a tokenizer.model file, or one made from a GGUF vocabulary), by
// libsentencepiece, with the tokens that were added on top of it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/tokenize/added_tokens.h"
#include "core/tokenize/tokenizer.h"

namespace loupe::tokenize {

struct SentencePieceOptions {
  bool adds_bos = true;
  // Where the space in front goes: before every stretch of text between added tokens, as
  // transformers' first ("legacy") reading has it, or before the whole text only.
  bool legacy = true;
  // Recognised in the text as a whole, as control pieces are; some may be pieces of the model.
  std::vector<AddedToken> added;
  std::optional<int32_t> bos, eos;  // where they are not what the model says
};

// `where` names the file in Errors. Control pieces ("<s>") and the unknown piece are recognised in
// the text.
Result<std::shared_ptr<const Tokenizer>> make_sentencepiece(const std::string& serialized,
                                                            SentencePieceOptions options,
                                                            const std::string& where);

}  // namespace loupe::tokenize
