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

// What a kind of reward model is outside of this program: reward::RewardKind::export_form.
struct ExportForm {
  std::string type = "LM";                             // for the record
  nlohmann::json settings = nlohmann::json::object();  // for the record: how its reward is read
  // classifier: `score.weight` among the weights, AutoModelForSequenceClassification. beside: a
  // head in a file of its own, since no class of transformers reads it.
  enum class Head { none, classifier, beside } head = Head::none;
  bool compares = false;  // with a reference, which the record names
  std::string about;      // the README's words on what it is; whole lines
  // Python that prints the reward of a response; "": a plain model, which needs none. Filled in:
  // @OPEN@ (what follows), @CLASS@ and @TEXTS@ (x and y as `ids` gives them), and with an adapter
  // @PEFT@ and @IDS@.
  std::string loader;
  std::string open;  // how the loader opens a whole model; "": as `variable`
  std::string variable = "model";
};

struct ExportOptions {
  ExportForm form;
  std::string title;  // for the README
  // The low-rank changes alone, in PEFT's format, for the model `base` (a path or name); without,
  // they are merged into what is written.
  bool adapter = false;
  std::string base;
  // Where tokenizer and template come from: a Hugging Face folder or a GGUF file.
  std::filesystem::path source;
  // The reference, written to reference/; null: only named.
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
