// SPDX-License-Identifier: GPL-3.0-or-later
// Writes a model's tokenizer, with tokens added to it, as a folder that transformers opens.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace loupe::tokenize {

struct NewToken {
  std::string name;
  int32_t id = 0;
  bool special = true;
};

// `source` is a Hugging Face folder or a GGUF file; `out_folder` is made where it is not there, and
// may be the source. It gets tokenizer.json and tokenizer_config.json, with the chat template and
// the special tokens; from sentencepiece sources, and GGUF files of kind "llama" and "t5", also
// tokenizer.model and added_tokens.json.
Result<void> save_tokenizer(const std::filesystem::path& source, const std::vector<NewToken>& added,
                            const std::filesystem::path& out_folder);

}  // namespace loupe::tokenize
