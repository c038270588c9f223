// SPDX-License-Identifier: GPL-3.0-or-later
// PEFT LoRA adapters: W + scale * B A on top of a base model (peft: LoraConfig, LoraLayer).
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
// Adds the adapter into the decoder's own matrices (merged); every tensor of the adapter must find
// its place. A classifier's head becomes `model.head`. The tokenizer and template stay the base's.
Result<void> apply_adapter(const std::filesystem::path& path, LanguageModel& model);

}  // namespace loupe::model
