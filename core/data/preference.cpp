// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/preference.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <unordered_set>
#include <utility>

#include "core/base/file.h"
#include "core/base/sha256.h"
#include "core/io/jsonl.h"
#include "core/io/text.h"

namespace loupe::data {
namespace {

using nlohmann::json;
using Turns = std::vector<tokenize::Turn>;

constexpr const char* kFormHint =
    "a row is {prompt, chosen, rejected}: texts, or lists of {role, content}";

Error bad_field(const std::string& field, const std::string& what, const char* hint = "") {
  return Error{ErrorCode::invalid_input, "field " + io::quote_name(field) + " " + what, "", hint};
}

Error missing_field(const std::string& field) {
  return Error{ErrorCode::invalid_input, "missing field " + io::quote_name(field), "", kFormHint};
}

Error wrong_type(const std::string& field, const json& value, const std::string& expected) {
  const char* article = value.is_array() || value.is_object() ? "an " : "a ";
  const std::string found = value.is_null() ? "null" : std::string(article) + value.type_name();
  return bad_field(field, "is " + found + ", expected " + expected, kFormHint);
}

Result<std::string> text_at(const json& object, const std::string& key, const std::string& field) {
  const auto found = object.find(key);
  if (found == object.end()) return missing_field(field);
  if (!found->is_string()) return wrong_type(field, *found, "a string");
  return found->get<std::string>();
}

Result<Turns> parse_turns(const json& list, const std::string& field) {
  if (list.empty()) return bad_field(field, "is an empty list", kFormHint);
  Turns turns;
  for (size_t i = 0; i < list.size(); ++i) {
    const std::string at = field + "[" + std::to_string(i) + "]";
    if (!list[i].is_object()) return wrong_type(at, list[i], "an object");
    LOUPE_TRY(std::string role, text_at(list[i], "role", at + ".role"));
    LOUPE_TRY(std::string content, text_at(list[i], "content", at + ".content"));
    if (role != "system" && role != "user" && role != "assistant") {
      return bad_field(at + ".role", "is " + io::quote_name(role), "system, user or assistant");
    }
    turns.push_back({std::move(role), std::move(content)});
  }
  return turns;
}

bool same_turns(const Turns& a, const Turns& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const tokenize::Turn& x, const tokenize::Turn& y) {
                      return x.role == y.role && x.content == y.content;
                    });
}

struct Response {
  Turns before;  // turns of the list before the response; empty for a plain text
  std::string text;
};

Result<Response> parse_response(const json& row, const std::string& field) {
  const auto found = row.find(field);
  if (found == row.end()) return missing_field(field);
  if (found->is_string()) return Response{{}, found->get<std::string>()};
  if (!found->is_array()) return wrong_type(field, *found, "a string or a list of turns");
  LOUPE_TRY(Turns turns, parse_turns(*found, field));
  if (turns.back().role != "assistant") {
    return bad_field(field, "ends with a " + turns.back().role + " turn, not with the assistant's");
  }
  Response response{{}, std::move(turns.back().content)};
  turns.pop_back();
  response.before = std::move(turns);
  return response;
}

// Turns before the response are a second statement of the prompt: it must be the same prompt.
Result<Turns> agreed_prompt(std::optional<Turns> stated, const Response& chosen,
                            const Response& rejected) {
  if (stated) {
    using Named = std::pair<const char*, const Response*>;
    for (const auto& [field, response] : {Named{"chosen", &chosen}, Named{"rejected", &rejected}}) {
      if (!response->before.empty() && !same_turns(response->before, *stated)) {
        return bad_field(field, "has earlier turns that differ from `prompt`",
                         "leave out `prompt`, or the turns before the response");
      }
    }
    return std::move(*stated);
  }
  if (chosen.before.empty()) return missing_field("prompt");
  if (!same_turns(chosen.before, rejected.before)) {
    return bad_field("rejected", "has other turns before the response than `chosen`",
                     "both responses must answer one prompt");
  }
  return chosen.before;
}

Result<std::optional<int64_t>> parse_cluster(const json& row) {
  const auto found = row.find("cluster");
  if (found == row.end()) return std::optional<int64_t>{};
  if (!found->is_number_integer()) return wrong_type("cluster", *found, "an integer");
  if (found->is_number_unsigned() &&
      found->get<uint64_t>() > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
    return bad_field("cluster", "does not fit 64 bits");
  }
  return std::optional<int64_t>(found->get<int64_t>());
}

// Rows that name no cluster get the smallest numbers that no row names.
void number_clusters(std::vector<PreferencePair>& pairs, const std::vector<size_t>& unnumbered) {
  std::unordered_set<int64_t> named;
  size_t next_unnumbered = 0;
  for (size_t i = 0; i < pairs.size(); ++i) {
    if (next_unnumbered < unnumbered.size() && unnumbered[next_unnumbered] == i) {
      ++next_unnumbered;
    } else {
      named.insert(pairs[i].cluster);
    }
  }
  int64_t cluster = 0;
  for (const size_t i : unnumbered) {
    while (named.contains(cluster)) ++cluster;
    pairs[i].cluster = cluster++;
  }
}

json turns_json(const Turns& turns) {
  if (turns.size() == 1 && turns[0].role == "user") return turns[0].content;
  json list = json::array();
  for (const auto& turn : turns) list.push_back({{"role", turn.role}, {"content", turn.content}});
  return list;
}

// Numbers go in little-endian, texts with their length in front: no two lists of pairs look alike.
class PairHasher {
 public:
  void add(uint64_t number) {
    std::byte bytes[8];
    for (auto& byte : bytes) {
      byte = static_cast<std::byte>(number & 0xff);
      number >>= 8;
    }
    sha_.add(bytes);
  }
  void add(const std::string& text) {
    add(static_cast<uint64_t>(text.size()));
    sha_.add(std::as_bytes(std::span(text.data(), text.size())));
  }
  std::string hex() { return sha_.hex(); }

 private:
  Sha256 sha_;
};

}  // namespace

Result<Turns> parse_prompt(const json& prompt, const std::string& field) {
  if (prompt.is_string()) return Turns{{"user", prompt.get<std::string>()}};
  if (!prompt.is_array()) return wrong_type(field, prompt, "a string or a list of turns");
  return parse_turns(prompt, field);
}

Result<PreferenceDataset> load_jsonl(const std::filesystem::path& path, std::string name) {
  PreferenceDataset dataset;
  dataset.name = name.empty() ? path.stem().string() : std::move(name);
  std::error_code ignored;
  dataset.path = std::filesystem::absolute(path, ignored).lexically_normal().string();
  std::vector<size_t> unnumbered;
  LOUPE_CHECK(io::read_jsonl(path, [&](const json& row, size_t line) -> Result<void> {
    if (!row.is_object()) return Error{ErrorCode::invalid_input, "not an object", "", kFormHint};
    std::optional<Turns> stated;
    if (row.contains("prompt")) {
      LOUPE_TRY(stated, parse_prompt(row["prompt"]));
    }
    LOUPE_TRY(Response chosen, parse_response(row, "chosen"));
    LOUPE_TRY(Response rejected, parse_response(row, "rejected"));
    LOUPE_TRY(Turns prompt, agreed_prompt(std::move(stated), chosen, rejected));
    LOUPE_TRY(const std::optional<int64_t> cluster, parse_cluster(row));
    if (!cluster) unnumbered.push_back(dataset.pairs.size());
    dataset.pairs.push_back({std::move(prompt), std::move(chosen.text), std::move(rejected.text),
                             static_cast<int64_t>(line), cluster.value_or(0)});
    return {};
  }));
  if (dataset.pairs.empty()) {
    return Error{ErrorCode::invalid_input, "No preference pair in the file", path.string(),
                 kFormHint};
  }
  number_clusters(dataset.pairs, unnumbered);
  dataset.sha256 = content_hash(dataset.pairs);
  return dataset;
}

Result<void> save_jsonl(const PreferenceDataset& dataset, const std::filesystem::path& path) {
  LOUPE_TRY(AtomicFile file, AtomicFile::create(path));
  for (size_t i = 0; i < dataset.pairs.size(); ++i) {
    const PreferencePair& pair = dataset.pairs[i];
    nlohmann::ordered_json row;
    row["prompt"] = turns_json(pair.prompt);
    row["chosen"] = pair.chosen;
    row["rejected"] = pair.rejected;
    row["cluster"] = pair.cluster;
    std::string line;
    try {
      line = row.dump() + "\n";
    } catch (const json::exception&) {
      return Error{ErrorCode::invalid_input, "The text of a pair is not UTF-8",
                   path.string() + ":" + std::to_string(i + 1)};
    }
    LOUPE_CHECK(file.write(std::string_view(line)));
  }
  return file.commit();
}

std::string content_hash(const std::vector<PreferencePair>& pairs) {
  PairHasher hasher;
  hasher.add(static_cast<uint64_t>(pairs.size()));
  for (const PreferencePair& pair : pairs) {
    hasher.add(static_cast<uint64_t>(pair.prompt.size()));
    for (const auto& turn : pair.prompt) {
      hasher.add(turn.role);
      hasher.add(turn.content);
    }
    hasher.add(pair.chosen);
    hasher.add(pair.rejected);
    hasher.add(static_cast<uint64_t>(pair.cluster));
  }
  return hasher.hex();
}

}  // namespace loupe::data
