// SPDX-License-Identifier: GPL-3.0-or-later
// A trained model as a folder that transformers opens: config.json, weights, tokenizer, template, a
// record of what it is (rewardloupe.json) and a README with the lines that load it.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/model/load.h"
#include "core/tokenize/save_tokenizer.h"

namespace loupe::model {

struct ExportOptions {
  std::string type = "LM";    // "LM", "EX", "IM"
  std::string title;          // for the README
  bool mean_pooling = false;  // EX: no class of transformers reads that; the head goes beside
  double beta = 0.01;         // IM
  bool length_normalised = false, without_reference = false;  // IM
  // The low-rank changes alone, in PEFT's format, for the model `base` (a path or name); without,
  // they are merged into what is written.
  bool adapter = false;
  std::string base;
  // Where tokenizer and template come from: a Hugging Face folder or a GGUF file.
  std::filesystem::path source;
  // IM: the reference, written to reference/; null: only named.
  std::shared_ptr<const Decoder> reference;
  std::string reference_name;
  std::vector<tokenize::NewToken> added;             // to the source's tokenizer
  nlohmann::json record = nlohmann::json::object();  // goes into rewardloupe.json
  CancelToken cancel;
  ProgressFn progress;
};

struct ExportedFolder {
  std::filesystem::path path;
  std::vector<std::filesystem::path> files;
  uint64_t bytes = 0;
  std::string opens_with;  // "AutoModelForSequenceClassification", "PeftModel"; "": its README
                           // says how
};

// `folder` must not be there, or be empty: nothing is written over. Made beside and renamed, so
// that an interruption leaves nothing half done. An adapter of a model that has no low-rank changes
// is refused.
Result<ExportedFolder> export_model(const LanguageModel& model, const ExportOptions& options,
                                    const std::filesystem::path& folder);

}  // namespace loupe::model
