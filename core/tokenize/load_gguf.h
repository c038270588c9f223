// SPDX-License-Identifier: GPL-3.0-or-later
// What a GGUF file of tokenizer kind "gpt2" says.
#pragma once

#include "core/base/result.h"
#include "core/io/gguf.h"
#include "core/tokenize/pipeline_tokenizer.h"

namespace loupe::tokenize {

Result<PipelineParts> read_gguf_bpe(const io::GgufFile& file);

}  // namespace loupe::tokenize
