// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/model_files.h"

#include "core/base/file.h"
#include "core/io/pickle.h"

namespace loupe::model {

namespace fs = std::filesystem;
using nlohmann::json;

Result<json> read_json_file(const fs::path& path) {
  LOUPE_TRY(const std::string text, read_text_file(path));
  json value = json::parse(text, nullptr, false);
  if (value.is_discarded())
    return Error{ErrorCode::corrupt, "not valid JSON", path.string(), "fetch the file again"};
  return value;
}

namespace {

Result<OpenedModel> open_folder(const fs::path& path) {
  std::error_code ignored;
  OpenedModel opened;
  const fs::path config = path / "config.json";
  if (!fs::exists(config, ignored))
    return Error{ErrorCode::not_found, "the folder has no config.json", path.string(),
                 "give the folder that holds config.json, tokenizer.json and the safetensors"};
  LOUPE_TRY(const json value, read_json_file(config));
  LOUPE_TRY(opened.config, config_from_json(value, config.string()));
  LOUPE_TRY(opened.safetensors, io::SafetensorsFile::open_folder(path));
  opened.files = opened.safetensors->files();
  for (const char* name : {"config.json", "tokenizer.json", "tokenizer_config.json",
                           "tokenizer.model", "special_tokens_map.json", "added_tokens.json",
                           "chat_template.jinja", "model.safetensors.index.json"})
    if (fs::exists(path / name, ignored)) opened.files.push_back(path / name);
  if (fs::exists(path / "tokenizer_config.json", ignored)) {
    LOUPE_TRY(opened.tokenizer_config, read_json_file(path / "tokenizer_config.json"));
  }
  if (opened.config.labels > 0) {
    if (opened.config.labels != 1)
      return Error{ErrorCode::unsupported,
                   "the classifier has " + std::to_string(opened.config.labels) +
                       " labels; a reward model has one",
                   config.string(), "choose a model whose num_labels is 1"};
    // A classifier's file has no unembedding to read.
    opened.config.tied = true;
  }
  if (!opened.config.tied && opened.safetensors->find(opened.config.names.unembedding) == nullptr)
    return Error{ErrorCode::corrupt,
                 opened.config.names.unembedding +
                     " is missing and config.json does not tie it to the embedding",
                 path.string(), "check tie_word_embeddings, or fetch the files again"};
  return opened;
}

}  // namespace

Result<OpenedModel> open_model(const fs::path& path) {
  std::error_code ignored;
  if (!fs::exists(path, ignored))
    return Error{ErrorCode::not_found, "there is no such file or folder", path.string(),
                 "give a .gguf file or a Hugging Face folder"};
  OpenedModel opened;
  if (fs::is_directory(path, ignored)) {
    LOUPE_TRY(opened, open_folder(path));
  } else {
    LOUPE_CHECK(io::refuse_pickle(path));
    LOUPE_TRY(opened.gguf, io::GgufFile::open(path));
    LOUPE_TRY(opened.config, config_from_gguf(*opened.gguf));
    opened.files = {path};
  }
  opened.path = path;
  return opened;
}

}  // namespace loupe::model
