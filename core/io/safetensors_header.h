// SPDX-License-Identifier: GPL-3.0-or-later
// The JSON header of a safetensors file, read as a stream so that duplicate keys and stray values
// are seen before anything is built from them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace loupe::io {

struct SafetensorsEntry {
  std::string name;
  std::string dtype;  // as in the file: "F32"
  std::vector<uint64_t> shape;
  std::vector<uint64_t> offsets;  // begin and end, from the start of the data section
};

struct SafetensorsHeader {
  std::vector<SafetensorsEntry> tensors;  // in the file's order; names are unique and not empty
  std::map<std::string, std::string> metadata;
};

// Entries are complete (dtype, shape, two offsets) but not yet checked against the file.
Result<SafetensorsHeader> parse_safetensors_header(std::string_view json, const std::string& file);

}  // namespace loupe::io
