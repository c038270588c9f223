// SPDX-License-Identifier: GPL-3.0-or-later
// Reads the model, added tokens and pipeline of a Hugging Face tokenizer.json.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "core/base/result.h"
#include "core/tokenize/pipeline_tokenizer.h"

namespace loupe::tokenize {

// Everything but BOS and EOS, which other files name. `adds_bos` is set when the post-processor
// starts with a special token. `where` names the file in Errors.
Result<PipelineParts> parse_tokenizer_json(const nlohmann::json& document,
                                           const std::string& where);

}  // namespace loupe::tokenize
