// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/save_tokenizer.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "core/base/file.h"
#include "core/tokenize/gguf_pre_tokenizers.h"
#include "core/tokenize/json_fields.h"
#include "core/tokenize/load_gguf.h"
#include "core/tokenize/sentencepiece_json.h"
#include "core/tokenize/sentencepiece_model.h"

namespace loupe::tokenize {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

Result<json> read_json_or_empty(const fs::path& path) {
  if (!is_file(path)) return json::object();
  LOUPE_TRY(const std::string text, read_text_file(path));
  json value = json::parse(text, nullptr, false);
  if (!value.is_object()) return corrupt("not a JSON object", path.string());
  return value;
}

Result<void> write_json(const fs::path& path, const json& value) {
  try {
    return write_text_file(path, value.dump(2) + "\n");
  } catch (const json::exception& e) {
    return corrupt(std::string("a token is no UTF-8: ") + e.what(), path.string());
  }
}

// An entry of tokenizer_config.json's added_tokens_decoder, which has the id as its key.
json decoder_entry(const std::string& name, bool special) {
  json entry = added_token_entry(0, name, special);
  entry.erase("id");
  return entry;
}

// ---- tokenizer.json

// The library numbers added tokens on from the end of the vocabulary, whatever the file says,
// unless they are in the vocabulary: there every id counts.
void put_into_vocabulary(json& document) {
  json& model = document["model"];
  json& vocabulary = model["vocab"];
  if (vocabulary.is_object()) {
    for (const json& token : document["added_tokens"])
      vocabulary[token["content"].get<std::string>()] = token["id"];
    return;
  }
  // A Unigram's ids are places in a list: holes are filled with names that no text has.
  double worst = 0;
  for (const json& piece : vocabulary) worst = std::min(worst, piece[1].get<double>());
  for (const json& token : document["added_tokens"]) {
    const auto id = token["id"].get<size_t>();
    while (vocabulary.size() <= id)
      vocabulary.push_back({"<|unused_" + std::to_string(vocabulary.size()) + "|>", worst});
    vocabulary[id][0] = token["content"];
  }
}

int64_t largest_id(const json& document) {
  int64_t largest = -1;
  const json& vocabulary = document["model"]["vocab"];
  if (vocabulary.is_object()) {
    for (const auto& [name, id] : vocabulary.items())
      largest = std::max(largest, id.get<int64_t>());
  } else {
    largest = static_cast<int64_t>(vocabulary.size()) - 1;
  }
  for (const json& token : document["added_tokens"])
    largest = std::max(largest, token["id"].get<int64_t>());
  return largest;
}

Result<void> grow_document(json& document, const std::vector<NewToken>& added,
                           const std::string& where) {
  try {
    if (!document["added_tokens"].is_array()) document["added_tokens"] = json::array();
    int64_t next = largest_id(document) + 1;
    bool follows = true;
    for (const NewToken& token : added) {
      document["added_tokens"].push_back(added_token_entry(token.id, token.name, token.special));
      follows = follows && token.id == next++;
    }
    if (!follows) put_into_vocabulary(document);
    return {};
  } catch (const json::exception& e) {
    return corrupt(std::string("not a tokenizer.json: ") + e.what(), where);
  }
}

// ---- tokenizer_config.json

void name_added(json& config, const std::vector<NewToken>& added, bool always) {
  if (!always && !config.contains("added_tokens_decoder")) return;
  for (const NewToken& token : added)
    config["added_tokens_decoder"][std::to_string(token.id)] =
        decoder_entry(token.name, token.special);
}

json config_of_gguf(const io::GgufFile& file, const std::vector<std::string>& names) {
  json config = {{"clean_up_tokenization_spaces", false}};
  for (const auto& [key, field] : std::initializer_list<std::pair<const char*, const char*>>{
           {"bos_token", "tokenizer.ggml.bos_token_id"},
           {"eos_token", "tokenizer.ggml.eos_token_id"},
           {"unk_token", "tokenizer.ggml.unknown_token_id"},
           {"pad_token", "tokenizer.ggml.padding_token_id"}}) {
    const auto id = file.get_int(field);
    if (id && *id >= 0 && static_cast<uint64_t>(*id) < names.size())
      config[key] = names[static_cast<size_t>(*id)];
  }
  if (const auto text = file.get_string("tokenizer.chat_template")) config["chat_template"] = *text;
  config["add_eos_token"] = file.get_bool("tokenizer.ggml.add_eos_token").value_or(false);
  return config;
}

// Puts BOS in front, as the model's own tokenizer would.
json bos_template(const std::string& name, int32_t id) {
  const json token = {{"SpecialToken", {{"id", name}, {"type_id", 0}}}};
  const auto sequence = [](const char* which, int type) {
    return json{{"Sequence", {{"id", which}, {"type_id", type}}}};
  };
  return {{"type", "TemplateProcessing"},
          {"single", {token, sequence("A", 0)}},
          {"pair", {token, sequence("A", 0), token, sequence("B", 1)}},
          {"special_tokens", {{name, {{"id", name}, {"ids", {id}}, {"tokens", {name}}}}}}};
}

// tokenizer.json, for those who read this (transformers does before all else), and tokenizer.model
// with added_tokens.json for those who read that.
Result<void> write_pieces(const std::string& serialized, const SentencePieceModel& model,
                          bool legacy, json config, const std::vector<NewToken>& added, json names,
                          const fs::path& out) {
  json document = tokenizer_json_of(model, legacy);
  for (const auto& [name, id] : names.items()) {
    if (id.get<uint64_t>() < model.pieces.size()) continue;
    const json& entry = field_or_null(field_or_null(config, "added_tokens_decoder"),
                                      std::to_string(id.get<uint64_t>()).c_str());
    document["added_tokens"].push_back(
        added_token_entry(id.get<int32_t>(), name, bool_or(entry, "special", false)));
  }
  std::sort(document["added_tokens"].begin(), document["added_tokens"].end(),
            [](const json& a, const json& b) { return a["id"] < b["id"]; });
  LOUPE_CHECK(grow_document(document, added, out.string()));
  const bool adds_bos = bool_or(config, "add_bos_token", true) && model.bos;
  if (adds_bos) {
    document["post_processor"] =
        bos_template(model.pieces[static_cast<size_t>(*model.bos)].name, *model.bos);
  }
  for (const NewToken& token : added) names[token.name] = token.id;
  config["tokenizer_class"] = "PreTrainedTokenizerFast";
  config["legacy"] = legacy;
  config["add_bos_token"] = adds_bos;
  name_added(config, added, true);
  LOUPE_CHECK(write_text_file(out / "tokenizer.model", serialized));
  if (!names.empty()) LOUPE_CHECK(write_json(out / "added_tokens.json", names));
  LOUPE_CHECK(write_json(out / "tokenizer.json", document));
  return write_json(out / "tokenizer_config.json", config);
}

// The special pieces, where the configuration does not name its own.
void name_pieces(json& config, const SentencePieceModel& model) {
  const auto name = [&](const char* key, std::optional<int32_t> id) {
    if (id && !config.contains(key)) config[key] = model.pieces[static_cast<size_t>(*id)].name;
  };
  name("bos_token", model.bos);
  name("eos_token", model.eos);
  for (const SentencePiece& piece : model.pieces)
    if (piece.kind == PieceKind::unknown && !config.contains("unk_token"))
      config["unk_token"] = piece.name;
}

// ---- sources

Result<void> copy_beside(const fs::path& source, const fs::path& out) {
  std::error_code ignored;
  if (fs::equivalent(source, out, ignored)) return {};
  for (const char* name : {"special_tokens_map.json", "chat_template.jinja"}) {
    if (!is_file(source / name)) continue;
    LOUPE_TRY(const std::string text, read_text_file(source / name));
    LOUPE_CHECK(write_text_file(out / name, text));
  }
  return {};
}

Result<void> save_folder(const fs::path& source, const std::vector<NewToken>& added,
                         const fs::path& out) {
  LOUPE_TRY(json config, read_json_or_empty(source / "tokenizer_config.json"));
  if (is_file(source / "tokenizer.json")) {
    LOUPE_TRY(json document, read_json_or_empty(source / "tokenizer.json"));
    LOUPE_CHECK(grow_document(document, added, (source / "tokenizer.json").string()));
    // transformers' own Llama class leaves out the file's normaliser, and with it other ids.
    const std::string kind = string_or(config, "tokenizer_class", "");
    if (kind.empty() || kind.starts_with("Llama"))
      config["tokenizer_class"] = "PreTrainedTokenizerFast";
    name_added(config, added, false);
    LOUPE_CHECK(write_json(out / "tokenizer.json", document));
  } else if (is_file(source / "tokenizer.model")) {
    const std::string where = (source / "tokenizer.model").string();
    LOUPE_TRY(const std::string bytes, read_text_file(where));
    LOUPE_TRY(const SentencePieceModel model, parse_sentencepiece(bytes, where));
    LOUPE_TRY(json names, read_json_or_empty(source / "added_tokens.json"));
    name_pieces(config, model);
    const bool legacy = bool_or(config, "legacy", true);
    LOUPE_CHECK(write_pieces(bytes, model, legacy, config, added, std::move(names), out));
    return copy_beside(source, out);
  } else {
    return Error{ErrorCode::not_found, "neither tokenizer.json nor tokenizer.model is there",
                 source.string(), "choose a folder that holds a Hugging Face model"};
  }
  LOUPE_CHECK(write_json(out / "tokenizer_config.json", config));
  return copy_beside(source, out);
}

Result<void> save_gguf_bpe(const io::GgufFile& file, const std::vector<NewToken>& added,
                           const fs::path& out) {
  LOUPE_TRY(const PipelineParts parts, read_gguf_bpe(file));
  const GgufPreTokenizer* pre =
      find_gguf_pre_tokenizer(file.get_string("tokenizer.ggml.pre").value_or("default"));
  const std::vector<std::string>& names = *file.get_strings("tokenizer.ggml.tokens");
  json merges = json::array();
  for (const auto& [left, right] : parts.merges) merges.push_back({left, right});
  json list = json::array();
  for (const AddedToken& token : parts.added)
    list.push_back(added_token_entry(token.id, token.content, token.special));
  json document = {{"version", "1.0"},
                   {"truncation", nullptr},
                   {"padding", nullptr},
                   {"added_tokens", list},
                   {"normalizer", pre->normalizer()},
                   {"pre_tokenizer", pre->pre_tokenizer()},
                   {"post_processor", nullptr},
                   {"decoder",
                    {{"type", "ByteLevel"},
                     {"add_prefix_space", true},
                     {"trim_offsets", true},
                     {"use_regex", true}}},
                   {"model",
                    {{"type", "BPE"},
                     {"dropout", nullptr},
                     {"unk_token", nullptr},
                     {"continuing_subword_prefix", nullptr},
                     {"end_of_word_suffix", nullptr},
                     {"fuse_unk", false},
                     {"byte_fallback", false},
                     {"ignore_merges", pre->ignore_merges},
                     {"vocab", json::object()},
                     {"merges", std::move(merges)}}}};
  json& vocabulary = document["model"]["vocab"];
  for (const auto& [name, id] : parts.vocabulary) vocabulary[name] = id;
  if (parts.adds_bos && parts.bos) {
    document["post_processor"] = bos_template(names[static_cast<size_t>(*parts.bos)], *parts.bos);
  }
  LOUPE_CHECK(grow_document(document, added, file.name()));
  json config = config_of_gguf(file, names);
  config["tokenizer_class"] = "PreTrainedTokenizerFast";
  config["add_bos_token"] = parts.adds_bos && parts.bos.has_value();
  LOUPE_CHECK(write_json(out / "tokenizer.json", document));
  return write_json(out / "tokenizer_config.json", config);
}

Result<void> save_gguf_pieces(const io::GgufFile& file, const std::vector<NewToken>& added,
                              const fs::path& out) {
  LOUPE_TRY(const SentencePieceModel model, sentencepiece_from_gguf(file));
  json config = config_of_gguf(file, *file.get_strings("tokenizer.ggml.tokens"));
  config["add_bos_token"] = file.get_bool("tokenizer.ggml.add_bos_token").value_or(!model.unigram);
  for (size_t id = 0; id < model.pieces.size(); ++id) {
    const SentencePiece& piece = model.pieces[id];
    const bool special = piece.kind == PieceKind::control || piece.kind == PieceKind::unknown;
    if (special || piece.kind == PieceKind::user_defined)
      config["added_tokens_decoder"][std::to_string(id)] = decoder_entry(piece.name, special);
  }
  return write_pieces(model.serialized(), model, true, std::move(config), added, json::object(),
                      out);
}

}  // namespace

Result<void> save_tokenizer(const fs::path& source, const std::vector<NewToken>& added,
                            const fs::path& out_folder) {
  std::error_code failed;
  fs::create_directories(out_folder, failed);
  if (failed) return Error{ErrorCode::io, failed.message(), out_folder.string(), ""};
  if (fs::is_directory(source, failed)) return save_folder(source, added, out_folder);
  LOUPE_TRY(const auto file, io::GgufFile::open(source));
  // Whatever the tokenizer lacks is told here, before anything is written.
  LOUPE_TRY([[maybe_unused]] const auto tokenizer, load_gguf_tokenizer(*file));
  if (file->get_string("tokenizer.ggml.model") == "gpt2")
    return save_gguf_bpe(*file, added, out_folder);
  return save_gguf_pieces(*file, added, out_folder);
}

}  // namespace loupe::tokenize
