// SPDX-License-Identifier: GPL-3.0-or-later
#include <map>
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

constexpr uint64_t kMaxId = 1 << 24;  // as in tokenizer.json

std::vector<AddedToken> values_of(const std::map<int32_t, AddedToken>& tokens) {
  std::vector<AddedToken> values;
  for (const auto& [id, token] : tokens) values.push_back(token);
  return values;
}

std::optional<int32_t> special_id(const PipelineParts& parts, const json& config, const json& map,
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

// added_tokens.json is {"name": id}; tokenizer_config.json's added_tokens_decoder says more of
// each:
// {"id": {"content": …, "special": …}}.
Result<std::vector<AddedToken>> added_tokens(const fs::path& folder, const json& config) {
  std::map<int32_t, AddedToken> tokens;
  LOUPE_TRY(const json names, read_optional_json(folder / "added_tokens.json"));
  const std::string names_file = (folder / "added_tokens.json").string();
  if (!names.is_object()) return corrupt("not a JSON object", names_file);
  for (const auto& [name, id] : names.items()) {
    if (!id.is_number_unsigned() || id.get<uint64_t>() > kMaxId) {
      return corrupt("token \"" + name + "\" has no usable id", names_file);
    }
    AddedToken token;
    token.id = id.get<int32_t>();
    token.content = name;
    tokens[token.id] = token;
  }
  const json& decoder = field_or_null(config, "added_tokens_decoder");
  if (!decoder.is_object()) return values_of(tokens);
  for (const auto& [key, value] : decoder.items()) {
    const bool digits =
        !key.empty() && key.size() < 9 && key.find_first_not_of("0123456789") == std::string::npos;
    AddedToken token;
    token.content = string_or(value, "content", "");
    if (!digits || std::stoul(key) > kMaxId || token.content.empty()) {
      return corrupt("added_tokens_decoder has no usable token under \"" + key + "\"",
                     (folder / "tokenizer_config.json").string());
    }
    token.id = std::stoi(key);
    token.special = bool_or(value, "special", false);
    token.single_word = bool_or(value, "single_word", false);
    token.lstrip = bool_or(value, "lstrip", false);
    token.rstrip = bool_or(value, "rstrip", false);
    tokens[token.id] = token;
  }
  return values_of(tokens);
}

Result<std::shared_ptr<const Tokenizer>> load_sentencepiece(const fs::path& folder,
                                                            const fs::path& model,
                                                            const json& config) {
  LOUPE_TRY(const std::string bytes, read_text_file(model));
  SentencePieceOptions options;
  options.adds_bos = bool_or(config, "add_bos_token", true);
  options.legacy = bool_or(config, "legacy", true);
  LOUPE_TRY(options.added, added_tokens(folder, config));
  return make_sentencepiece(bytes, std::move(options), model.string());
}

}  // namespace

Result<std::shared_ptr<const Tokenizer>> load_hf_tokenizer(const fs::path& folder) {
  LOUPE_TRY(const json config, read_optional_json(folder / "tokenizer_config.json"));
  const fs::path file = folder / "tokenizer.json";
  if (is_file(file)) {
    LOUPE_TRY(const json document, read_json(file));
    LOUPE_TRY(const json map, read_optional_json(folder / "special_tokens_map.json"));
    LOUPE_TRY(PipelineParts parts, parse_tokenizer_json(document, file.string()));
    parts.bos = special_id(parts, config, map, "bos_token");
    parts.eos = special_id(parts, config, map, "eos_token");
    parts.adds_bos = bool_or(config, "add_bos_token", parts.adds_bos);
    return make_pipeline_tokenizer(std::move(parts), file.string());
  }
  const fs::path model = folder / "tokenizer.model";
  if (is_file(model)) return load_sentencepiece(folder, model, config);
  return Error{ErrorCode::not_found, "neither tokenizer.json nor tokenizer.model is there",
               folder.string(), "choose a folder that holds a Hugging Face model"};
}

}  // namespace loupe::tokenize
