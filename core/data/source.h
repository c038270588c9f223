// SPDX-License-Identifier: GPL-3.0-or-later
// Where pairs come from, as JSON that is stored with a run, so that the same pairs can be made
// again. One list of kinds: a new one is a file in core/data/sources/ and a line in source.cpp.
//   {"kind": "jsonl", "name": "test", "path": "/data/test.jsonl"}
//   {"kind": "persona", "name": "reworded_test", "statements": "/…/statements.jsonl", "train": 80,
//   "test": 40, "seed": 0}
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/data/preference.h"

namespace loupe::data {

using nlohmann::json;

struct SourceOption {
  std::string_view key, title, why;
  json standard;  // the value where the spec names none, and the type of any other
};

struct SourceInfo {
  std::string_view id;     // the spec's "kind"
  std::string_view title;  // "JSONL file"
  std::string_view why;    // what such a file holds
  // Files that are pairs by themselves end like this; none: a spec is made in another way.
  std::vector<std::string_view> endings;
  std::string_view file_key = "path";  // of the spec: the file behind it
  // Sets that are made together have one word in front: "persona" of "persona/test".
  std::string_view group = {};
  std::vector<SourceOption> options = {};
};

class Source {
 public:
  virtual ~Source() = default;
  virtual SourceInfo info() const = 0;
  // Whether a file is one of these. By its name, unless a kind knows better; quick.
  virtual bool sniff(const std::filesystem::path& path) const;
  // `spec` has been checked: the file is a text, options are there and of the right type.
  virtual Result<PreferenceDataset> load(const std::string& name, const json& spec) const = 0;
};

const std::vector<const Source*>& sources();
// nullptr: there is no such kind.
const Source* source(std::string_view id);
// nullptr: none knows the file.
const Source* source_of_file(const std::filesystem::path& path);

// The set `name` in a file, of the kind that knows it; a file that none knows is taken for the
// first kind's. The path is made absolute, so that the spec holds wherever it is read.
json file_spec(const std::string& name, const std::string& path);
// Whether file_spec of its name and file is this spec: then both say all of it.
bool is_plain_file(const json& spec);

// The pairs. A "sha256" in the spec must be theirs (content_hash).
Result<PreferenceDataset> load_spec(const json& spec);

// Of a stored spec, and "" where it does not say: the file behind it; the word in front of its
// name; what tables call it ("persona/test", "train.jsonl").
std::string file_of(const json& spec);
std::string group_of(const json& spec);
std::string label_of(const json& spec);

}  // namespace loupe::data
