// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/bpe_tokenizer.h"
#include "core/tokenize/json_fields.h"

namespace loupe::tokenize {
namespace {

// tokenizer.ggml.token_type
constexpr int64_t kControl = 3, kUserDefined = 4;

Result<void> set_pre_tokenizer(const std::string& name, const std::string& where, BpeParts& parts) {
  if (name == "smollm") {
    parts.pre_tokenizer = PreTokenizer::digits_then_gpt2();
  } else if (name == "default" || name == "gpt-2") {
    parts.pre_tokenizer = PreTokenizer::scanner(scan_gpt2);
  } else if (name == "llama-bpe" || name == "llama3" || name == "llama-v3") {
    parts.pre_tokenizer = PreTokenizer::scanner(scan_llama3);
    parts.options.ignore_merges = true;
  } else if (name == "qwen2") {
    parts.pre_tokenizer = PreTokenizer::scanner(scan_qwen2);
    LOUPE_TRY(parts.normalizer, Normalizer::nfc());
  } else {
    return unsupported("tokenizer.ggml.pre \"" + name + "\"", where);
  }
  return {};
}

Result<void> read_vocabulary(const io::GgufFile& file, BpeParts& parts) {
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

Result<void> read_merges(const io::GgufFile& file, BpeParts& parts) {
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

Result<std::shared_ptr<const Tokenizer>> load_gguf_tokenizer(const io::GgufFile& file) {
  const auto model = file.get_string("tokenizer.ggml.model");
  if (!model) {
    return Error{ErrorCode::not_found, "tokenizer.ggml.model is missing", file.name(),
                 "this GGUF file holds no tokenizer"};
  }
  if (*model != "gpt2") return unsupported("tokenizer.ggml.model \"" + *model + "\"", file.name());
  BpeParts parts;
  LOUPE_CHECK(set_pre_tokenizer(file.get_string("tokenizer.ggml.pre").value_or("default"),
                                file.name(), parts));
  LOUPE_CHECK(read_vocabulary(file, parts));
  LOUPE_CHECK(read_merges(file, parts));
  const size_t size = file.get_strings("tokenizer.ggml.tokens")->size();
  LOUPE_TRY(parts.bos, read_id(file, "tokenizer.ggml.bos_token_id", size));
  LOUPE_TRY(parts.eos, read_id(file, "tokenizer.ggml.eos_token_id", size));
  parts.adds_bos = file.get_bool("tokenizer.ggml.add_bos_token").value_or(false);
  return make_bpe_tokenizer(std::move(parts), file.name());
}

}  // namespace loupe::tokenize
