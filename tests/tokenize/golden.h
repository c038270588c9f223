// SPDX-License-Identifier: GPL-3.0-or-later
// Where the golden values are, and how they are read.
#pragma once

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace loupe::tokenize {

inline std::filesystem::path golden_folder() {
  return std::filesystem::path(LOUPE_SOURCE_DIR) / "tests/golden/tokenize";
}

inline std::filesystem::path smollm2_file() {
  return std::filesystem::path(LOUPE_SOURCE_DIR) / ".deps/models/SmolLM2-135M-Instruct.Q4_1.gguf";
}

inline std::vector<nlohmann::json> golden_lines(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::vector<nlohmann::json> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(nlohmann::json::parse(line));
  return lines;
}

}  // namespace loupe::tokenize
