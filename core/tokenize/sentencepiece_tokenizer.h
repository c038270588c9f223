// SPDX-License-Identifier: GPL-3.0-or-later
// A tokenizer.model file, by libsentencepiece.
#pragma once

#include <filesystem>
#include <memory>

#include "core/base/result.h"
#include "core/tokenize/tokenizer.h"

namespace loupe::tokenize {

// `adds_bos` is what the model's configuration says. Control pieces ("<s>") are recognised in the
// text.
Result<std::shared_ptr<const Tokenizer>> load_sentencepiece(const std::filesystem::path& file,
                                                            bool adds_bos);

}  // namespace loupe::tokenize
