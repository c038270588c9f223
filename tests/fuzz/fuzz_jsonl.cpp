// SPDX-License-Identifier: GPL-3.0-or-later
// Lines of JSON, by way of a file in memory.
#include <sys/mman.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/io/jsonl.h"
#include "tests/fuzz/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace loupe;
  static const int file = memfd_create("fuzzed.jsonl", MFD_CLOEXEC);
  static const std::filesystem::path path = "/proc/self/fd/" + std::to_string(file);
  FUZZ_CHECK(ftruncate(file, static_cast<off_t>(size)) == 0);
  FUZZ_CHECK(pwrite(file, data, size, 0) == static_cast<ssize_t>(size));
  const auto read = io::read_jsonl(path, [](const nlohmann::json& value, size_t) -> Result<void> {
    LOUPE_TRY([[maybe_unused]] const std::string prompt, io::string_field(value, "prompt"));
    return {};
  });
  if (!read) FUZZ_CHECK(!read.error().what.empty());
  return 0;
}
