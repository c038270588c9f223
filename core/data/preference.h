// SPDX-License-Identifier: GPL-3.0-or-later
// Preference data: a prompt with a chosen and a rejected response, and where it came from.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/tokenize/chat_template.h"

namespace loupe::data {

struct PreferencePair {
  std::vector<tokenize::Turn> prompt;
  std::string chosen;
  std::string rejected;
  int64_t row = 0;  // line number in the file, from 1
  int64_t cluster =
      0;  // rows that share a source row share this (the four rewordings of one statement)
};

struct PreferenceDataset {
  std::string name;
  std::string path;    // absolute; "" for generated data
  std::string sha256;  // of the pairs' content, whatever the file's layout
  std::vector<PreferencePair> pairs;
};

// JSONL of `prompt, chosen, rejected`. `prompt` is a string (one user turn) or a list of {role,
// content}; `chosen` and `rejected` are strings, or such lists: then the turns before the last are
// the prompt (they must be equal in both when `prompt` is absent) and the last is the assistant's
// response. An optional integer `cluster` groups rows; without it every row is its own cluster.
// Errors name file, line and field.
Result<PreferenceDataset> load_jsonl(const std::filesystem::path& path, std::string name = "");

// A string (one user turn) or a list of {role, content}, roles system, user and assistant. Errors
// name the field.
Result<std::vector<tokenize::Turn>> parse_prompt(const nlohmann::json& prompt,
                                                 const std::string& field = "prompt");

// Writes `prompt, chosen, rejected, cluster`, atomically.
Result<void> save_jsonl(const PreferenceDataset& dataset, const std::filesystem::path& path);

// SHA-256 over the pairs in order (roles, contents, chosen, rejected, cluster), length-prefixed.
std::string content_hash(const std::vector<PreferencePair>& pairs);

}  // namespace loupe::data
