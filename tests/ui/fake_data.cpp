// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/fake_data.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <utility>

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
  project.recipe = {{"epochs", 4},  {"lr", 3e-5},      {"batch_size", 8},  {"gradient_accumulation", 1},
                    {"beta", 0.01}, {"compute_dtype", "bf16"}, {"weight_decay", 0}};
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

Pair FakeData::pair(const PairRef& ref) const {
  if (!ref.text) return pair(ref.dataset != 0 ? "dataset" : ref.set, ref.index);
  Pair out;
  for (const Turn& turn : ref.text->prompt) out.prompt += turn.content;
  out.chosen = ref.text->chosen;
  out.rejected = ref.text->rejected;
  return out;
}

PairsPage FakeData::answer(PairsList, const PairsAsked& asked, const json&) const {
  PairsPage out;
  out.total = pairs;
  if (asked.dataset == 0) out.sets = pair_sets;
  out.set = asked.dataset != 0 ? "dataset" : asked.set.empty() ? pair_sets.front() : asked.set;
  const int64_t limit = asked.dataset != 0 ? 1 : std::min<int64_t>(asked.limit, max_page);
  for (int64_t i = asked.offset; i < std::min<int64_t>(pairs, asked.offset + limit); ++i) {
    out.rows.push_back(pair(out.set, i));
  }
  return out;
}

Rows<Dataset> FakeData::answer(DatasetsList, const Nothing&, const json&) const {
  return {datasets()};
}

Rows<Project> FakeData::answer(ProjectsList, const Nothing&, const json&) const {
  return {{project()}};
}

Project FakeData::answer(ProjectsShow, const At&, const json&) const {
  return project();
}

FolderListing FakeData::answer(FolderList, const At& asked, const json&) const {
  const std::string& given = asked.path;
  namespace fs = std::filesystem;
  const char* home = std::getenv("HOME");
  fs::path path = given.empty() ? fs::path(home) : fs::path(given);
  if (fs::exists(path) && !fs::is_directory(path)) path = path.parent_path();
  if (!fs::exists(path))
    throw Refused{"the folder cannot be read", given, "choose another", "not_found"};
  FolderListing listing;
  listing.path = path.string();
  listing.home = home;
  if (path.has_relative_path()) listing.parent = path.parent_path().string();
  for (const auto& found : fs::directory_iterator(path)) {
    FolderEntry entry;
    entry.name = found.path().filename().string();
    entry.is_folder = found.is_directory();
    if (!entry.is_folder) entry.size = static_cast<double>(found.file_size());
    const std::string ending = found.path().extension().string();
    if (entry.is_folder && fs::exists(found.path() / "workspace.sqlite")) entry.kind = "workspace";
    if (ending == ".gguf") entry.kind = "model";
    if (ending == ".jsonl") entry.kind = "data";
    if (ending == ".rlproj") entry.kind = "project";
    listing.entries.push_back(entry);
  }
  std::sort(listing.entries.begin(), listing.entries.end(), [](const auto& a, const auto& b) {
    return std::pair(!a.is_folder, a.name) < std::pair(!b.is_folder, b.name);
  });
  return listing;
}

}  // namespace loupe::test
