// SPDX-License-Identifier: GPL-3.0-or-later
// safetensors files: every tensor that is admitted to.
#include "core/io/safetensors.h"
#include "tests/fuzz/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace loupe;
  const auto bytes = fuzz::as_bytes(data, size);
  const auto file = io::SafetensorsFile::parse(bytes, "fuzzed.safetensors");
  if (file) {
    fuzz::check_tensors(**file, bytes);
  } else {
    FUZZ_CHECK(!file.error().what.empty());
  }
  return 0;
}
