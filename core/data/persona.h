// SPDX-License-Identifier: GPL-3.0-or-later
// The paper's controlled experiment (arXiv 2507.07981, section 4.2 and appendix; design.md section
// 5): would an agreeable person say this statement? One phrasing for training, another one for the
// test of surface reliance.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/data/preference.h"

namespace loupe::data {

struct PersonaOptions {
  int64_t train = 80;
  int64_t test = 40;
  uint64_t seed =
      0;  // draws which statements, their order, and the phrasing of every training pair
};

struct PersonaSets {
  PreferenceDataset train;  // original phrasing, one pair a statement
  PreferenceDataset test;
  PreferenceDataset reworded_train;  // the four products of the other phrasing, cluster = statement
  PreferenceDataset reworded_test;
};

// One statement a line of JSONL: {"statement": "…"}; rows that carry "answer_matching_behavior" are
// kept only when it reads Yes (the original statements' file). Duplicates (case and white space
// folded) are dropped.
Result<std::vector<std::string>> load_statements(const std::filesystem::path& path);

// Refused when there are fewer than train + test statements. Deterministic in (statements, options)
// on every platform: the generator is our own SplitMix64, no std distribution.
Result<PersonaSets> make_persona(const std::vector<std::string>& statements,
                                 const PersonaOptions& options);

// How each of the four sets is made again (core/data/source.h), in the order above.
std::vector<nlohmann::json> persona_specs(const std::string& statements,
                                          const PersonaOptions& options);

}  // namespace loupe::data
