// SPDX-License-Identifier: GPL-3.0-or-later
#include <nlohmann/json.hpp>

#include "core/tokenize/gguf_pre_tokenizers.h"
#include "core/tokenize/json_fields.h"
#include "core/tokenize/load_gguf.h"
#include "core/tokenize/sentencepiece_model.h"
#include "core/tokenize/sentencepiece_tokenizer.h"

namespace loupe::tokenize {
namespace {

constexpr auto kControl = static_cast<int64_t>(PieceKind::control),
               kUserDefined = static_cast<int64_t>(PieceKind::user_defined);

Result<void> read_vocabulary(const io::GgufFile& file, PipelineParts& parts) {
  const auto* names = file.get_strings("tokenizer.ggml.tokens");
  if (!names || names->empty()) return corrupt("tokenizer.ggml.tokens is missing", file.name());
  if (names->size() > size_t{1} << 24) {
    return corrupt("tokenizer.ggml.tokens is too long", file.name());
  }
  const auto* types = file.get_ints("tokenizer.ggml.token_type");
  if (types && types->size() != names->size()) {
    return corrupt("tokenizer.ggml.token_type and tokenizer.ggml.tokens differ in length",
                   file.name());
  }
  parts.vocabulary.reserve(names->size());
  for (size_t i = 0; i < names->size(); ++i) {
    const auto id = static_cast<int32_t>(i);
    parts.vocabulary.emplace((*names)[i], id);
    const int64_t type = types ? (*types)[i] : 1;
    if (type == kControl || type == kUserDefined) {
      parts.added.push_back({id, (*names)[i], type == kControl});
    }
  }
  return {};
}

Result<void> read_merges(const io::GgufFile& file, PipelineParts& parts) {
  const auto* merges = file.get_strings("tokenizer.ggml.merges");
  if (!merges) return corrupt("tokenizer.ggml.merges is missing", file.name());
  parts.merges.reserve(merges->size());
  for (size_t i = 0; i < merges->size(); ++i) {
    const std::string& merge = (*merges)[i];
    const size_t space = merge.find(' ', 1);
    if (merge.empty() || space == std::string::npos || space + 1 == merge.size()) {
      return corrupt("merge " + std::to_string(i) + " (\"" + merge + "\") is not two tokens",
                     file.name());
    }
    parts.merges.emplace_back(merge.substr(0, space), merge.substr(space + 1));
  }
  return {};
}

Result<std::optional<int32_t>> read_id(const io::GgufFile& file, const std::string& key,
                                       size_t vocabulary) {
  const auto id = file.get_int(key);
  if (!id) return std::optional<int32_t>();
  if (*id < 0 || static_cast<uint64_t>(*id) >= vocabulary) {
    return corrupt(key + " is " + std::to_string(*id) + ", outside the vocabulary", file.name());
  }
  return std::optional(static_cast<int32_t>(*id));
}

}  // namespace

Result<PipelineParts> read_gguf_bpe(const io::GgufFile& file) {
  PipelineParts parts;
  const std::string name = file.get_string("tokenizer.ggml.pre").value_or("default");
  const GgufPreTokenizer* pre = find_gguf_pre_tokenizer(name);
  if (!pre) return unsupported("tokenizer.ggml.pre \"" + name + "\"", file.name());
  LOUPE_TRY(parts.normalizer, Normalizer::parse(pre->normalizer(), file.name()));
  LOUPE_TRY(parts.pre_tokenizer, PreTokenizer::parse(pre->pre_tokenizer(), file.name()));
  parts.options.ignore_merges = pre->ignore_merges;
  parts.decoder = Decoder::byte_level();
  LOUPE_CHECK(read_vocabulary(file, parts));
  LOUPE_CHECK(read_merges(file, parts));
  const size_t size = file.get_strings("tokenizer.ggml.tokens")->size();
  LOUPE_TRY(parts.bos, read_id(file, "tokenizer.ggml.bos_token_id", size));
  LOUPE_TRY(parts.eos, read_id(file, "tokenizer.ggml.eos_token_id", size));
  parts.adds_bos = file.get_bool("tokenizer.ggml.add_bos_token").value_or(pre->adds_bos);
  return parts;
}

namespace {

// "llama" and "t5": a sentencepiece model made of the vocabulary.
Result<std::shared_ptr<const Tokenizer>> load_pieces(const io::GgufFile& file) {
  LOUPE_TRY(const SentencePieceModel model, sentencepiece_from_gguf(file));
  SentencePieceOptions options;
  options.adds_bos = file.get_bool("tokenizer.ggml.add_bos_token").value_or(!model.unigram);
  options.bos = model.bos;
  options.eos = model.eos;
  for (size_t id = 0; id < model.pieces.size(); ++id) {
    if (model.pieces[id].kind != PieceKind::user_defined) continue;
    AddedToken token;
    token.id = static_cast<int32_t>(id);
    token.content = model.pieces[id].name;
    options.added.push_back(std::move(token));
  }
  return make_sentencepiece(model.serialized(), std::move(options), file.name());
}

}  // namespace

Result<std::shared_ptr<const Tokenizer>> load_gguf_tokenizer(const io::GgufFile& file) {
  const auto model = file.get_string("tokenizer.ggml.model");
  if (!model) {
    return Error{ErrorCode::not_found, "tokenizer.ggml.model is missing", file.name(),
                 "this GGUF file holds no tokenizer"};
  }
  if (*model == "llama" || *model == "t5") return load_pieces(file);
  if (*model != "gpt2") return unsupported("tokenizer.ggml.model \"" + *model + "\"", file.name());
  LOUPE_TRY(PipelineParts parts, read_gguf_bpe(file));
  return make_pipeline_tokenizer(std::move(parts), file.name());
}

}  // namespace loupe::tokenize
