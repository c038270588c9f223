// SPDX-License-Identifier: GPL-3.0-or-later
// Where a job's pairs come from, as JSON that is stored with the run, so that the same pairs can be
// made again:
//   {"kind": "jsonl", "name": "test", "path": "/data/test.jsonl"}
//   {"kind": "persona", "name": "reworded_test", "statements": "/…/statements.jsonl", "train": 80,
//   "test": 40, "seed": 0}
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/data/preference.h"
#include "core/data/project.h"

namespace loupe::engine {

using nlohmann::json;

// Paths are made absolute, so that the spec holds wherever it is read.
json jsonl_spec(const std::string& name, const std::string& path);
// The four sets of the persona experiment: train, test, reworded_train, reworded_test.
std::vector<json> persona_specs(const std::string& statements, int64_t train, int64_t test,
                                uint64_t seed);

struct ProjectData {
  json train;
  std::vector<json> eval;
};
// `statements`: used instead of the project's own when not empty.
Result<ProjectData> project_data(const data::Project& project, const std::string& statements);

// A "sha256" in the spec must be that of the pairs found (data::content_hash).
Result<data::PreferenceDataset> load_spec(const json& spec);

}  // namespace loupe::engine
