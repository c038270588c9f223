// SPDX-License-Identifier: GPL-3.0-or-later
// What Gemma 2 and Gemma 3 have in common. Internal to core/model/architectures.
#pragma once

#include "core/model/architecture.h"

namespace loupe::model {

// (1 + weight) norms before and behind attention and MLP, embeddings scaled by sqrt(hidden_size),
// tied unless the config says otherwise, attention scaled by query_pre_attn_scalar, caps where the
// config names them.
Result<void> read_gemma(const ConfigReader& config, DecoderConfig& out);

// query_pre_attn_scalar of a config made from a GGUF file, which does not say it: the 27B model,
// known by its `layers_of_27b`, is the one that scales by its width a head.
Result<void> guess_attention_scalar(nlohmann::json& config, int64_t layers_of_27b,
                                    const std::string& where);

}  // namespace loupe::model
