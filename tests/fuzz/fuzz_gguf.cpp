// SPDX-License-Identifier: GPL-3.0-or-later
// GGUF files: every tensor that is admitted to, and the tokenizer.
#include "core/io/gguf.h"
#include "tests/fuzz/check_tokenizer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace loupe;
  const auto bytes = fuzz::as_bytes(data, size);
  const auto file = io::GgufFile::parse(bytes, "fuzzed.gguf");
  if (!file) {
    FUZZ_CHECK(!file.error().what.empty());
    return 0;
  }
  fuzz::check_tensors(**file, bytes);
  if (const auto tokenizer = tokenize::load_gguf_tokenizer(**file); tokenizer.ok())
    fuzz::check_tokenizer(*tokenizer);
  return 0;
}
