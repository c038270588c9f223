// SPDX-License-Identifier: GPL-3.0-or-later
// A sentencepiece model told as a tokenizer.json: the same ids from Hugging Face's tokenizers.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "core/tokenize/sentencepiece_model.h"

namespace loupe::tokenize {

// `legacy`: see SentencePieceOptions. Control, unknown and user-defined pieces become added tokens.
nlohmann::json tokenizer_json_of(const SentencePieceModel& model, bool legacy);

// An entry of tokenizer.json's added_tokens.
nlohmann::json added_token_entry(int32_t id, const std::string& name, bool special);

}  // namespace loupe::tokenize
