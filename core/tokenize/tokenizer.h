// SPDX-License-Identifier: GPL-3.0-or-later
// Text to token ids and back, equal id for id to the Hugging Face tokenizer of the same model.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/io/gguf.h"
#include "core/tokenize/text.h"

namespace loupe::tokenize {

struct Token {
  int32_t id = 0;
  uint32_t begin = 0;  // UTF-8 byte offsets into the text that was encoded
  uint32_t end = 0;
};

struct AddedToken;

// Immutable after loading; every method is thread-safe.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;
  // Added tokens (special or not) are recognised in the text, as Hugging Face does; no BOS/EOS is
  // added. Invalid UTF-8 is encoded as U+FFFD replacement, never refused; offsets still refer to
  // the original bytes.
  virtual std::vector<Token> encode(std::string_view text) const = 0;
  // The raw bytes a token stands for (a piece of a byte-level BPE need not be valid UTF-8).
  virtual std::string token_bytes(int32_t id) const = 0;
  // Its name in the vocabulary: "Ġyes", "▁yes", "<|im_end|>".
  virtual std::string token_name(int32_t id) const = 0;
  virtual std::optional<int32_t> token_id(const std::string& name) const = 0;
  virtual int32_t vocab_size() const = 0;  // one more than the largest id
  virtual bool is_special(int32_t id) const = 0;
  virtual std::optional<int32_t> bos() const = 0;
  virtual std::optional<int32_t> eos() const = 0;
  virtual bool adds_bos() const = 0;  // whether the model's own tokenizer would put BOS in front

  // The tokens as text for people, the way the model's own tokenizer shows them: the space that a
  // sentencepiece model puts in front taken off, bytes that are no UTF-8 replaced by U+FFFD.
  virtual std::string readable(std::span<const int32_t> ids) const;
  // See with_added_tokens(), which checks `tokens` first; nullptr where a kind cannot grow.
  virtual std::shared_ptr<const Tokenizer> grown(const std::vector<AddedToken>& tokens) const;

  std::vector<int32_t> ids(std::string_view text) const;
  std::string decode(std::span<const int32_t> ids) const;  // token_bytes joined
};

// tokenizer.ggml.model "gpt2" (byte-level BPE, with the pre-tokenizer named in tokenizer.ggml.pre),
// "llama" (sentencepiece's BPE) or "t5" (its Unigram).
Result<std::shared_ptr<const Tokenizer>> load_gguf_tokenizer(const io::GgufFile& file);
// tokenizer.json (+ tokenizer_config.json, special_tokens_map.json), or tokenizer.model
// (sentencepiece).
Result<std::shared_ptr<const Tokenizer>> load_hf_tokenizer(const std::filesystem::path& folder);

// The tokenizer with more tokens, recognised in the text as a whole: names[i] is token first_id +
// i. `first_id` is at least vocab_size(), and more where the model's embedding has rows to spare.
// Names that are empty, given twice or in the vocabulary already are refused.
Result<std::shared_ptr<const Tokenizer>> with_added_tokens(
    const std::shared_ptr<const Tokenizer>& tokenizer, const std::vector<std::string>& names,
    int32_t first_id, bool special = true);

// Runs [begin, end) of tokens that belong together for the eye: neighbours whose boundary cuts a
// character of `text` (its bytes are spread over them), or that stand for the same bytes. `tokens`
// are what encode(text) gave; every token is in exactly one run, in order.
std::vector<Span> group_by_character(std::span<const Token> tokens, std::string_view text);

}  // namespace loupe::tokenize
