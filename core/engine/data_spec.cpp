// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/data_spec.h"

#include <filesystem>

#include "core/data/persona.h"

namespace loupe::engine {

json jsonl_spec(const std::string& name, const std::string& path) {
  return {{"kind", "jsonl"},
          {"name", name},
          {"path", std::filesystem::absolute(path).lexically_normal().string()}};
}

std::vector<json> persona_specs(const std::string& statements, int64_t train, int64_t test,
                                uint64_t seed) {
  std::vector<json> out;
  const std::string path = std::filesystem::absolute(statements).lexically_normal().string();
  for (const char* name : {"train", "test", "reworded_train", "reworded_test"})
    out.push_back({{"kind", "persona"},
                   {"name", name},
                   {"statements", path},
                   {"train", train},
                   {"test", test},
                   {"seed", seed}});
  return out;
}

Result<ProjectData> project_data(const data::Project& project, const std::string& statements) {
  ProjectData out;
  const std::string source = statements.empty() ? project.statements : statements;
  if (!source.empty()) {
    out.eval =
        persona_specs(source, project.persona_train, project.persona_test, project.persona_seed);
    out.train = out.eval.front();
    return out;
  }
  if (project.train.empty())
    return Error{ErrorCode::invalid_input, "the project names neither statements nor training data",
                 project.path.string(), "add \"statements\" or \"train\""};
  out.train = jsonl_spec("train", project.train);
  for (const auto& [name, path] : project.eval) out.eval.push_back(jsonl_spec(name, path));
  return out;
}

namespace {

Result<data::PreferenceDataset> load_any(const json& spec) {
  try {
    const std::string kind = spec.at("kind");
    const std::string name = spec.at("name");
    if (kind == "jsonl") return data::load_jsonl(spec.at("path").get<std::string>(), name);
    if (kind == "persona") {
      LOUPE_TRY(const auto statements,
                data::load_statements(spec.at("statements").get<std::string>()));
      data::PersonaOptions options;
      options.train = spec.at("train");
      options.test = spec.at("test");
      options.seed = spec.at("seed");
      LOUPE_TRY(auto sets, data::make_persona(statements, options));
      for (auto* set : {&sets.train, &sets.test, &sets.reworded_train, &sets.reworded_test})
        if (set->name == name) return std::move(*set);
    }
    return Error{ErrorCode::invalid_input,
                 "no data of kind \"" + kind + "\" is called \"" + name + "\"", "", ""};
  } catch (const json::exception& error) {
    return Error{ErrorCode::invalid_input,
                 std::string("the data's description is damaged: ") + error.what(), "", ""};
  }
}

}  // namespace

Result<data::PreferenceDataset> load_spec(const json& spec) {
  LOUPE_TRY(auto dataset, load_any(spec));
  const auto expected = spec.find("sha256");
  if (expected != spec.end() && *expected != dataset.sha256)
    return Error{ErrorCode::corrupt, "the data has changed since the run was made",
                 spec.value("path", spec.value("statements", dataset.name)),
                 "put the file back, or start a new run"};
  return dataset;
}

}  // namespace loupe::engine
