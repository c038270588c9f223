// SPDX-License-Identifier: GPL-3.0-or-later
// The bytes of a sentencepiece model (its ModelProto), made from a GGUF vocabulary or changed: just
// the few fields that a tokenizer needs, written by hand so that no protobuf compiler is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/io/gguf.h"

namespace loupe::tokenize {

// Kinds of piece, numbered alike in sentencepiece and in GGUF's tokenizer.ggml.token_type.
enum class PieceKind : int64_t {
  normal = 1,
  unknown = 2,
  control = 3,
  user_defined = 4,
  unused = 5,
  byte = 6
};

struct SentencePiece {
  std::string name;
  float score = 0;
  PieceKind kind = PieceKind::normal;
};

struct SentencePieceModel {
  std::vector<SentencePiece> pieces;  // by id
  bool unigram = false;               // else BPE
  std::optional<int32_t> bos, eos;
  bool add_dummy_prefix = true;
  bool remove_extra_whitespaces = false;
  std::string charsmap;  // compiled; empty: text is left as it is

  std::string serialized() const;
};

// From tokenizer.ggml.tokens, .scores and .token_type of a file whose tokenizer.ggml.model is
// "llama" or "t5".
Result<SentencePieceModel> sentencepiece_from_gguf(const io::GgufFile& file);

// From a tokenizer.model file. What libsentencepiece makes of it, it has been asked already.
Result<SentencePieceModel> parse_sentencepiece(std::string_view serialized,
                                               const std::string& where);

// A serialized model that puts no space in front of the text.
std::string without_dummy_prefix(std::string serialized);

}  // namespace loupe::tokenize
