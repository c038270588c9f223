// SPDX-License-Identifier: GPL-3.0-or-later
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "core/engine/data_spec.h"
#include "core/engine/placement.h"
#include "core/engine/wire.h"
#include "tests/support/case.h"

using namespace loupe;
using namespace loupe::test;
using nlohmann::json;

namespace {

namespace fs = std::filesystem;

std::string printed_bytes() {
  Failures failures;
  const auto same = [&](const std::string& bytes, const std::string& want) {
    const std::string got = engine::printable(bytes);
    failures.check(got == want, "\"" + want + "\" expected, got \"" + got + "\"");
  };
  same("", "");
  same(" plain text ", " plain text ");
  same("naïve 🙂 ⏎", "naïve 🙂 ⏎");
  same("a\nb\tc\r", "a⏎b⇥c␍");
  same(std::string("\0\x1B\x7F", 3), "␀␛␡");
  same("\xF0\x9F\x99", "�");    // cut in the middle of a character
  same("x\xC3(\xFF", "x�(�");   // not a continuation; never a byte of UTF-8
  same("\xED\xA0\x80", "���");  // a surrogate has no UTF-8
  same("\xC0\x80", "��");       // overlong
  return failures.text();
}

std::string dumps_survive_any_bytes() {
  Failures failures;
  const std::string text = engine::dump({{"path", "/data/\xFF/x"}});
  const json back = json::parse(text, nullptr, false);
  failures.check(back.is_object(), "not JSON: " + text);
  failures.check(text.find('\n') == std::string::npos, "more than a line");
  const json error = engine::error_json({ErrorCode::disk_full, "what", "where", "hint"});
  failures.check(
      error == json{{"code", "disk_full"}, {"what", "what"}, {"where", "where"}, {"hint", "hint"}},
      "error: " + error.dump());
  return failures.text();
}

std::string jsonl_specs() {
  Failures failures;
  const fs::path folder =
      fs::temp_directory_path() / ("loupe-values-" + std::to_string(::getpid()));
  fs::create_directories(folder);
  const fs::path file = folder / "pairs.jsonl";
  std::ofstream(file) << R"({"prompt": "p", "chosen": "c", "rejected": "r"})"
                      << "\n";
  const json spec = engine::jsonl_spec("test", (folder / "x/../pairs.jsonl").string());
  failures.check(spec.at("path") == file.string(), "path: " + spec.dump());
  failures.check(
      fs::path(engine::jsonl_spec("a", "b.jsonl").at("path").get<std::string>()).is_absolute(),
      "a relative path stays relative");
  const auto loaded = engine::load_spec(spec);
  failures.check(loaded.ok() && loaded->pairs.size() == 1 && loaded->name == "test",
                 "the file is not loaded");
  for (const json& damaged :
       {json::object(), json::array(), json(nullptr), json{{"kind", "jsonl"}, {"name", "x"}},
        json{{"kind", "jsonl"}, {"name", 5}, {"path", "x"}}, json{{"kind", "other"}, {"name", "x"}},
        json{{"kind", "persona"}, {"name", "train"}}}) {
    const auto result = engine::load_spec(damaged);
    failures.check(!result.ok() && result.error().code == ErrorCode::invalid_input,
                   "taken for data: " + damaged.dump());
  }
  const auto absent = engine::load_spec(engine::jsonl_spec("t", (folder / "none").string()));
  failures.check(!absent.ok() && absent.error().code == ErrorCode::not_found,
                 "a file that is not there");
  fs::remove_all(folder);
  return failures.text();
}

std::string persona_specs() {
  Failures failures;
  const std::string statements =
      std::string(std::getenv("LOUPE_SOURCE_DIR")) + "/projects/persona/statements.jsonl";
  const auto specs = engine::persona_specs(statements, 12, 6, 3);
  const std::vector<std::pair<std::string, size_t>> want{
      {"train", 12}, {"test", 6}, {"reworded_train", 12}, {"reworded_test", 6}};
  failures.check(specs.size() == want.size(), "four sets");
  for (size_t i = 0; i < specs.size(); ++i) {
    failures.check(specs[i].at("name") == want[i].first, "name: " + specs[i].dump());
    const auto set = engine::load_spec(specs[i]);
    if (!set.ok()) {
      failures.add(set.error().text());
      continue;
    }
    failures.check(set->name == want[i].first, "loaded " + set->name);
    // Rewordings share their statement's cluster.
    std::set<int64_t> clusters;
    for (const auto& pair : set->pairs) clusters.insert(pair.cluster);
    failures.check(clusters.size() == want[i].second,
                   set->name + " has " + std::to_string(clusters.size()) + " statements");
    const auto again = engine::load_spec(specs[i]);
    failures.check(again.ok() && again->sha256 == set->sha256, "the same spec, other pairs");
  }
  auto other = specs.front();
  other["name"] = "tset";
  failures.check(!engine::load_spec(other).ok(), "a set that there is not");
  return failures.text();
}

std::string project_sets() {
  Failures failures;
  data::Project project;
  failures.check(!engine::project_data(project, "").ok(), "a project without data");
  project.train = "/data/train.jsonl";
  project.eval = {{"a", "/data/a.jsonl"}, {"b", "/data/b.jsonl"}};
  const auto files = engine::project_data(project, "");
  failures.check(files.ok() && files->train.at("path") == "/data/train.jsonl" &&
                     files->eval.size() == 2 && files->eval[1].at("name") == "b",
                 "the project's files");
  const auto replaced = engine::project_data(project, "/data/statements.jsonl");
  failures.check(replaced.ok() && replaced->train.at("kind") == "persona" &&
                     replaced->eval.size() == 4 && replaced->eval.front() == replaced->train,
                 "statements come first");
  return failures.text();
}

std::string places() {
  Failures failures;
  const std::vector<engine::Gpu> two{{"cuda:0", 4e9, 16e9}, {"cuda:1", 40e9, 80e9}};
  const auto goes = [&](const std::vector<engine::Gpu>& gpus, double needed, engine::Room room,
                        const std::string& want, const std::vector<std::string>& words) {
    const auto got = engine::choose_place(gpus, needed, room);
    failures.check(got.device == want, want + " expected, got " + got.device);
    for (const auto& word : words)
      failures.check(got.why.find(word) != std::string::npos, "no " + word + " in: " + got.why);
  };
  using engine::Room;
  goes({}, 2e9, Room::free, "cpu", {});
  failures.check(engine::choose_place({}, 2e9, Room::free).why.empty(), "nothing to say");
  goes(two, 3e9, Room::free, "cuda:0", {"3.0 GB", "4.0 GB free"});
  goes(two, 3.5e9, Room::free, "cuda:1", {"40.0 GB free"});  // 1 GB stays spare
  goes(two, 3.5e9, Room::whole, "cuda:0", {"16.0 GB"});
  goes(two, 90e9, Room::whole, "cpu", {"90.0 GB", "cuda:0 has 16.0 GB", "cuda:1 has 80.0 GB"});
  return failures.text();
}

}  // namespace

std::vector<Case> loupe::test::cases() {
  return {{"printed_bytes", printed_bytes}, {"dumps_survive_any_bytes", dumps_survive_any_bytes},
          {"jsonl_specs", jsonl_specs},     {"persona_specs", persona_specs},
          {"project_sets", project_sets},   {"places", places}};
}
