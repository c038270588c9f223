// SPDX-License-Identifier: GPL-3.0-or-later
// Preference pairs: data sets, the sets of runs, sample projects; and folders to find them in.
#pragma once

#include <nlohmann/json.hpp>

#include "core/api/method.h"

namespace loupe::api {

struct Pair {
  int64_t index = 0;
  std::string set;
  std::string prompt;  // the turns, as text
  std::string chosen, rejected;
  LOUPE_FIELDS(Pair, index, set, prompt, chosen, rejected)
};

// What a project file says, for choosing.
struct Project {
  std::string path, name, title, description;
  std::string model;  // a model's name or file, as the file has it
  json recipe;        // keys of the recipe it fixes
  std::vector<int64_t> seeds;
  std::vector<std::string> sets;  // its evaluation sets
  int64_t train_pairs = 0;
  LOUPE_FIELDS(Project, path, name, title, description, model, recipe, seeds, sets, train_pairs)
};

// Pairs that a run of this workspace was trained or evaluated on.
struct Dataset {
  int64_t id = 0;
  std::string name, path, kind;  // kind: "jsonl", "persona"
  int64_t pairs = 0;
  double created = 0;
  bool available = true;  // its file is still there
  LOUPE_FIELDS(Dataset, id, name, path, kind, pairs, created, available)
};

struct FolderEntry {
  std::string name;
  bool is_folder = false;
  double size = 0, modified = 0;
  std::string kind;  // "model" (GGUF, or a folder with config.json), "data" (JSONL), "project",
                     // "workspace", or ""
  LOUPE_FIELDS(FolderEntry, name, is_folder, size, modified, kind)
};

struct FolderListing {
  std::string path, parent, home;    // parent: "" at the root
  std::vector<FolderEntry> entries;  // folders first, by name
  bool truncated = false;
  LOUPE_FIELDS(FolderListing, path, parent, home, entries, truncated)
};

struct PairsAsked {
  int64_t run = 0, dataset = 0;  // one of them
  std::string set;               // of the run; "": its first
  int64_t offset = 0, limit = max_page;
  LOUPE_FIELDS(PairsAsked, run, dataset, set, offset, limit)
};
struct PairsPage {
  std::vector<Pair> rows;
  int64_t total = 0;
  std::vector<std::string> sets;  // that the run has
  std::string set;
  LOUPE_FIELDS(PairsPage, rows, total, sets, set)
};
struct PairsList : Method<PairsAsked, PairsPage> {
  static constexpr const char* name = "pairs/list";
  static constexpr Lane lane = Lane::files;
  static constexpr std::string_view doing = LOUPE_TEXT("reading pairs");
};

struct DatasetsList : Method<Nothing, Rows<Dataset>> {
  static constexpr const char* name = "datasets/list";  // newest first
  static constexpr Lane lane = Lane::files;
};

struct ProjectsList : Method<Nothing, Rows<Project>> {  // the sample projects
  static constexpr const char* name = "projects/list";
  static constexpr Lane lane = Lane::files;
};

struct At {
  std::string path;
  LOUPE_ASKED(At, (path), ())
};
struct ProjectsShow : Method<At, Project> {
  static constexpr const char* name = "projects/show";
  static constexpr Lane lane = Lane::files;
};
struct FolderList : Method<At, FolderListing> {  // "" is the home folder
  static constexpr const char* name = "fs/list";
  static constexpr Lane lane = Lane::files;
  static constexpr std::string_view doing = LOUPE_TEXT("reading a folder");
};

using DataMethods = Methods<PairsList, DatasetsList, ProjectsList, ProjectsShow, FolderList>;

}  // namespace loupe::api
