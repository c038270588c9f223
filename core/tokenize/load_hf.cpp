// SPDX-License-Identifier: GPL-3.0-or-later
#include <nlohmann/json.hpp>

#include "core/base/file.h"
#include "core/tokenize/json_fields.h"
#include "core/tokenize/sentencepiece_tokenizer.h"
#include "core/tokenize/tokenizer_json.h"

namespace loupe::tokenize {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

Result<json> read_json(const fs::path& path) {
  LOUPE_TRY(const std::string text, read_text_file(path));
  try {
    return json::parse(text);
  } catch (const json::exception& e) {
    return corrupt(std::string("bad JSON: ") + e.what(), path.string());
  }
}

// {} when the file is not there.
Result<json> read_optional_json(const fs::path& path) {
  if (!is_file(path)) return json::object();
  return read_json(path);
}

// A special token is named as a string or as {"content": …}.
std::string named_token(const json& object, const char* key) {
  const json& value = field_or_null(object, key);
  return value.is_object() ? string_or(value, "content", "") : string_or(object, key, "");
}

std::optional<int32_t> special_id(const BpeParts& parts, const json& config, const json& map,
                                  const char* key) {
  std::string name = named_token(config, key);
  if (name.empty()) name = named_token(map, key);
  if (name.empty()) return std::nullopt;
  for (const AddedToken& token : parts.added) {
    if (token.content == name) return token.id;
  }
  const auto found = parts.vocabulary.find(name);
  return found != parts.vocabulary.end() ? std::optional(found->second) : std::nullopt;
}

}  // namespace

Result<std::shared_ptr<const Tokenizer>> load_hf_tokenizer(const fs::path& folder) {
  LOUPE_TRY(const json config, read_optional_json(folder / "tokenizer_config.json"));
  const fs::path file = folder / "tokenizer.json";
  if (is_file(file)) {
    LOUPE_TRY(const json document, read_json(file));
    LOUPE_TRY(const json map, read_optional_json(folder / "special_tokens_map.json"));
    LOUPE_TRY(BpeParts parts, parse_tokenizer_json(document, file.string()));
    parts.bos = special_id(parts, config, map, "bos_token");
    parts.eos = special_id(parts, config, map, "eos_token");
    parts.adds_bos = bool_or(config, "add_bos_token", parts.adds_bos);
    return make_bpe_tokenizer(std::move(parts), file.string());
  }
  const fs::path model = folder / "tokenizer.model";
  if (is_file(model)) return load_sentencepiece(model, bool_or(config, "add_bos_token", true));
  return Error{ErrorCode::not_found, "neither tokenizer.json nor tokenizer.model is there",
               folder.string(), "choose a folder that holds a Hugging Face model"};
}

}  // namespace loupe::tokenize
