// SPDX-License-Identifier: GPL-3.0-or-later
// A project file (*.rlproj, JSON): names model, data, evaluation sets and recipe of an experiment,
// so that it opens and runs as it is. Paths are relative to the file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace loupe::data {

struct Project {
  std::string name;
  std::string title;
  std::string description;
  std::string model;       // a name in the workspace, or a path: absolute, or ./… or ../…
  std::string statements;  // persona projects: the statements' file, absolute
  int64_t persona_train = 80, persona_test = 40;
  uint64_t persona_seed = 0;
  std::string train;                        // other projects: JSONL, absolute
  std::map<std::string, std::string> eval;  // other projects: name -> JSONL, absolute
  nlohmann::json recipe;  // epochs, lr, batch_size, beta, dtype …: the keys of train's Recipe
  std::vector<uint64_t> seeds;  // runs of a full reproduction
  std::filesystem::path path;
};

// Errors name the file and the field; unknown keys are refused (a typo must not silently change an
// experiment).
Result<Project> load_project(const std::filesystem::path& path);

// What a project trains and evaluates on, as specs of core/data/source.h.
struct ProjectData {
  nlohmann::json train;
  std::vector<nlohmann::json> eval;
};
// `statements`: used instead of the project's own when not empty.
Result<ProjectData> project_data(const Project& project, const std::string& statements);

}  // namespace loupe::data
