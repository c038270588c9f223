// SPDX-License-Identifier: GPL-3.0-or-later
// PEFT LoRA adapters as files: read, and put on a base model (peft: LoraConfig, LoraLayer).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/model/load.h"

namespace loupe::model {

struct AdapterFiles {
  std::string base;         // base_model_name_or_path, as the file has it
  bool classifier = false;  // brings a `score.weight`
  int64_t rank = 0;
  double alpha = 0;
  int64_t parameters = 0;
  std::string dtype;
  std::vector<std::string> targets;  // "q_proj" …
  std::vector<std::filesystem::path> files;
  nlohmann::json config;
};

// Whether the folder holds an adapter (adapter_config.json), not a model.
bool is_adapter(const std::filesystem::path& path);
// Refused by name: other kinds than LoRA, DoRA, and whatever adapter_model.safetensors does not
// carry.
Result<AdapterFiles> inspect_adapter(const std::filesystem::path& path);

// merged: into the matrices themselves, as peft's merge_and_unload does. applied: beside them, so
// that they stay the base's and can be shared; changes of embeddings, norms and biases, which
// cannot lie beside, are merged all the same.
enum class AdapterPlace { applied, merged };

// Every tensor of the adapter must find its place. Parameters that `model` shares with others are
// copied before they change. A classifier's head becomes `model.head`. The tokenizer and template
// stay the base's.
Result<void> apply_adapter(const std::filesystem::path& path, LanguageModel& model,
                           AdapterPlace place);

}  // namespace loupe::model
