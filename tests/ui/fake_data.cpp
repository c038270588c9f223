// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/fake_data.h"

#include <algorithm>

namespace loupe::test {

using namespace api;

namespace {

constexpr int pairs = 12;

Project project() {
  Project project;
  project.path = "/fake/projects/persona/persona.rlproj";
  project.name = "persona";
  project.title = "Would an agreeable person say this?";
  project.model = "SmolLM2-135M-Instruct";
  project.recipe = {{"epochs", 4},  {"lr", 3e-5},      {"batch_size", 8},  {"accumulate", 1},
                    {"beta", 0.01}, {"dtype", "bf16"}, {"weight_decay", 0}};
  project.seeds = {0, 1, 2};
  project.sets = pair_sets;
  project.train_pairs = 80;
  return project;
}

}  // namespace

Pair FakeData::pair(const std::string& set, int64_t index) const {
  const bool reworded = set.starts_with("reworded");
  Pair pair;
  pair.index = index;
  pair.set = set;
  pair.prompt = "Is the following statement something you would say?\n\"Statement number " +
                std::to_string(index + 1) + ": I treat people with respect.\"";
  pair.chosen = reworded ? "My response would be certainly" : "In my view, the answer is yes";
  if (options_.longer) {
    for (int i = 0; i < 6; ++i) {
      pair.chosen +=
          ", and I would say so because people who are treated with respect answer "
          "in kind.\nThat holds at work";
    }
  }
  pair.rejected = reworded ? "I lean toward not really" : "Considering the statement, I say no";
  return pair;
}

std::vector<Dataset> FakeData::datasets() const {
  if (options_.empty) return {};
  Dataset persona;
  persona.id = 1;
  persona.name = "train";
  persona.path = "/fake/projects/persona/statements.jsonl";
  persona.kind = "persona";
  persona.pairs = 80;
  Dataset file;
  file.id = 2;
  file.name = "french";
  file.path = "/fake/data/french.jsonl";
  file.kind = "jsonl";
  file.pairs = 200;
  return {persona, file};
}

json FakeData::pairs_of(const json& params) const {
  if (params.contains("dataset")) {
    const int64_t at = params.value("offset", int64_t(0));
    std::vector<Pair> rows;
    if (at < pairs) rows.push_back(pair("dataset", at));
    return {{"rows", rows}, {"total", pairs}, {"sets", json::array()}};
  }
  const std::string set = params.value("set", pair_sets.front());
  const int64_t offset = params.value("offset", int64_t(0));
  const int64_t limit = std::min<int64_t>(params.value("limit", int64_t(50)), max_page);
  std::vector<Pair> rows;
  for (int64_t i = offset; i < std::min<int64_t>(pairs, offset + limit); ++i) {
    rows.push_back(pair(set, i));
  }
  return {{"rows", rows}, {"total", pairs}, {"sets", pair_sets}};
}

std::optional<json> FakeData::answer(const std::string& method, const json& params) const {
  if (method == method::pairs_list) return pairs_of(params);
  if (method == method::datasets_list) return json{{"rows", datasets()}};
  if (method == method::projects_list) return json{{"rows", {project()}}};
  if (method == method::projects_show) return json(project());
  return {};
}

}  // namespace loupe::test
