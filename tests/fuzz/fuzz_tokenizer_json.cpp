// SPDX-License-Identifier: GPL-3.0-or-later
// tokenizer.json: whatever loads must encode and decode.
#include <nlohmann/json.hpp>

#include "core/tokenize/tokenizer_json.h"
#include "tests/fuzz/check_tokenizer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace loupe;
  const auto document = nlohmann::json::parse(data, data + size, nullptr, false);
  if (document.is_discarded()) return 0;
  auto parts = tokenize::parse_tokenizer_json(document, "fuzzed.json");
  if (!parts) {
    FUZZ_CHECK(!parts.error().what.empty());
    return 0;
  }
  const auto tokenizer = tokenize::make_pipeline_tokenizer(std::move(*parts), "fuzzed.json");
  if (tokenizer) fuzz::check_tokenizer(*tokenizer);
  return 0;
}
