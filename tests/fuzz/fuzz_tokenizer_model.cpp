// SPDX-License-Identifier: GPL-3.0-or-later
// tokenizer.model: what libsentencepiece is given, and what it makes of it.
#include "core/tokenize/sentencepiece_json.h"
#include "core/tokenize/sentencepiece_tokenizer.h"
#include "tests/fuzz/check_tokenizer.h"

#include <nlohmann/json.hpp>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace loupe;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  for (const bool legacy : {true, false}) {
    tokenize::SentencePieceOptions options;
    options.legacy = legacy;
    const auto tokenizer = tokenize::make_sentencepiece(bytes, options, "fuzzed.model");
    if (tokenizer) fuzz::check_tokenizer(*tokenizer);
  }
  if (const auto model = tokenize::parse_sentencepiece(bytes, "fuzzed.model"))
    (void)tokenize::tokenizer_json_of(*model, true);
  return 0;
}
