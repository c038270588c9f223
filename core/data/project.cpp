// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/project.h"

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <string_view>

#include "core/base/file.h"
#include "core/data/persona.h"
#include "core/data/source.h"
#include "core/io/text.h"

namespace loupe::data {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 12> kKeys = {
    "name",         "title",        "description", "model", "statements", "persona_train",
    "persona_test", "persona_seed", "train",       "eval",  "recipe",     "seeds"};

// Reads one project file; `fail` gives every Error its file and field.
class Reader {
 public:
  explicit Reader(const std::filesystem::path& path) {
    std::error_code ignored;
    project_.path = std::filesystem::absolute(path, ignored).lexically_normal();
  }

  Result<Project> read() {
    LOUPE_TRY(const std::string text, read_text_file(project_.path));
    LOUPE_CHECK(parse(text));
    LOUPE_CHECK(check_keys());
    LOUPE_CHECK(read_texts());
    LOUPE_CHECK(read_data());
    LOUPE_CHECK(read_recipe());
    return std::move(project_);
  }

 private:
  Error fail(const std::string& field, const std::string& what, const std::string& hint = "") {
    return Error{ErrorCode::invalid_input, "field " + io::quote_name(field) + " " + what,
                 project_.path.string(), hint};
  }

  Result<void> parse(const std::string& text) {
    LOUPE_TRY(json_, io::parse_json(text, project_.path.string(), 1));
    if (!json_.is_object()) {
      return Error{ErrorCode::invalid_input, "a project is a JSON object", project_.path.string()};
    }
    // nlohmann keeps the last of two equal keys; here the second one is an error.
    std::vector<std::set<std::string>> open_objects;
    std::string twice;
    const auto note = [&](int, json::parse_event_t event, json& value) {
      if (event == json::parse_event_t::object_start) open_objects.emplace_back();
      if (event == json::parse_event_t::object_end) open_objects.pop_back();
      if (event == json::parse_event_t::key) {
        const auto& key = value.get_ref<const std::string&>();
        if (!open_objects.back().insert(key).second && twice.empty()) twice = key;
      }
      return true;
    };
    json_ = json::parse(text, note);
    if (!twice.empty()) return fail(twice, "is there twice");
    return {};
  }

  Result<void> check_keys() {
    for (const auto& [key, value] : json_.items()) {
      if (std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end()) continue;
      std::string known;
      for (const auto name : kKeys) known += (known.empty() ? "" : ", ") + std::string(name);
      return fail(key, "is unknown", "a project has " + known);
    }
    return {};
  }

  // Leaves `out` as it is where the file does not name the field.
  Result<void> text(const std::string& field, std::string& out) {
    if (!json_.contains(field)) return {};
    const json& value = json_[field];
    if (!value.is_string()) return fail(field, "is no text");
    out = value.get<std::string>();
    if (out.empty()) return fail(field, "is empty");
    return {};
  }

  template <class Integer>
  Result<void> integer(const std::string& field, Integer least, Integer& out) {
    if (!json_.contains(field)) return {};
    const json& value = json_[field];
    constexpr auto kMost = static_cast<uint64_t>(std::numeric_limits<Integer>::max());
    if (!value.is_number_unsigned() || value.get<uint64_t>() < static_cast<uint64_t>(least) ||
        value.get<uint64_t>() > kMost) {
      return fail(field, "is " + value.dump() + ", expected a whole number of at least " +
                             std::to_string(least));
    }
    out = value.get<Integer>();
    return {};
  }

  Result<std::string> existing_file(const std::string& field, const std::string& written) {
    const auto path = (project_.path.parent_path() / written).lexically_normal();
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) {
      Error missing = fail(field, "names a file that is not there: " + path.string(),
                           "paths are relative to the project file");
      missing.code = ErrorCode::not_found;
      return missing;
    }
    return path.string();
  }

  Result<void> read_texts() {
    for (const char* field : {"name", "model"}) {
      if (!json_.contains(field)) return fail(field, "is missing");
    }
    LOUPE_CHECK(text("name", project_.name));
    project_.title = project_.name;
    LOUPE_CHECK(text("title", project_.title));
    LOUPE_CHECK(text("description", project_.description));
    LOUPE_CHECK(text("model", project_.model));
    // A name may hold a slash; what starts like a path is one.
    if (project_.model.starts_with("./") || project_.model.starts_with("../")) {
      project_.model = (project_.path.parent_path() / project_.model).lexically_normal().string();
    }
    return {};
  }

  Result<void> refuse_beside(const char* chosen, std::initializer_list<const char*> others) {
    for (const char* other : others) {
      if (json_.contains(other)) {
        return fail(other, std::string("has no meaning beside `") + chosen + "`");
      }
    }
    return {};
  }

  Result<void> read_data() {
    if (json_.contains("statements")) {
      LOUPE_CHECK(refuse_beside("statements", {"train", "eval"}));
      std::string written;
      LOUPE_CHECK(text("statements", written));
      LOUPE_TRY(project_.statements, existing_file("statements", written));
      LOUPE_CHECK(integer<int64_t>("persona_train", 1, project_.persona_train));
      LOUPE_CHECK(integer<int64_t>("persona_test", 0, project_.persona_test));
      return integer<uint64_t>("persona_seed", 0, project_.persona_seed);
    }
    if (!json_.contains("train")) return fail("train", "is missing", "or name `statements`");
    LOUPE_CHECK(refuse_beside("train", {"persona_train", "persona_test", "persona_seed"}));
    std::string written;
    LOUPE_CHECK(text("train", written));
    LOUPE_TRY(project_.train, existing_file("train", written));
    return read_eval();
  }

  Result<void> read_eval() {
    if (!json_.contains("eval")) return {};
    if (!json_["eval"].is_object()) return fail("eval", "is no object of name and file");
    for (const auto& [name, value] : json_["eval"].items()) {
      const std::string field = "eval." + name;
      if (!value.is_string()) return fail(field, "is no text");
      LOUPE_TRY(project_.eval[name], existing_file(field, value.get<std::string>()));
    }
    return {};
  }

  Result<void> read_recipe() {
    project_.recipe = json_.value("recipe", json::object());
    if (!project_.recipe.is_object()) return fail("recipe", "is no object");
    project_.seeds = {0};
    if (!json_.contains("seeds")) return {};
    const json& seeds = json_["seeds"];
    if (!seeds.is_array() || seeds.empty()) return fail("seeds", "is no list of numbers");
    project_.seeds.clear();
    for (const json& seed : seeds) {
      if (!seed.is_number_unsigned()) {
        return fail("seeds", "holds " + seed.dump() + ", expected whole numbers of at least 0");
      }
      if (std::count(project_.seeds.begin(), project_.seeds.end(), seed.get<uint64_t>()) > 0) {
        return fail("seeds", "holds " + seed.dump() + " twice");
      }
      project_.seeds.push_back(seed.get<uint64_t>());
    }
    return {};
  }

  Project project_;
  json json_;
};

}  // namespace

Result<ProjectData> project_data(const Project& project, const std::string& statements) {
  ProjectData out;
  const std::string source = statements.empty() ? project.statements : statements;
  if (!source.empty()) {
    out.eval =
        persona_specs(source, {project.persona_train, project.persona_test, project.persona_seed});
    out.train = out.eval.front();
    return out;
  }
  if (project.train.empty())
    return Error{ErrorCode::invalid_input, "the project names neither statements nor training data",
                 project.path.string(), "add \"statements\" or \"train\""};
  out.train = file_spec("train", project.train);
  for (const auto& [name, path] : project.eval) out.eval.push_back(file_spec(name, path));
  return out;
}

Result<Project> load_project(const std::filesystem::path& path) {
  return Reader(path).read();
}

}  // namespace loupe::data
