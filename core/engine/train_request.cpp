// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/train_request.h"

#include <algorithm>

#include "core/api/field_info.h"
#include "core/engine/models.h"

namespace loupe::engine {

Result<void> keep_sets(std::vector<json>& specs, const std::vector<std::string>& names,
                       const std::string& project) {
  std::vector<json> kept;
  for (const auto& name : names) {
    const auto found = std::find_if(specs.begin(), specs.end(),
                                    [&](const json& spec) { return spec.at("name") == name; });
    if (found == specs.end()) {
      std::string there;
      for (const auto& spec : specs) there += (there.empty() ? "" : ", ") + spec.value("name", "");
      return Error{ErrorCode::not_found, "the project has no set called \"" + name + "\"", project,
                   "there are: " + there};
    }
    kept.push_back(*found);
  }
  specs = std::move(kept);
  return {};
}

Result<json> dataset_spec(const store::Workspace& workspace, int64_t dataset) {
  LOUPE_TRY(const auto row, workspace.dataset(dataset));
  if (!row.details.is_object() || !row.details.contains("kind"))
    return Error{ErrorCode::corrupt, "the data set's description is missing",
                 "data set " + std::to_string(dataset), ""};
  return row.details;
}

Result<std::vector<json>> eval_specs(const store::Workspace& workspace,
                                     const std::map<std::string, std::string>& files,
                                     const std::vector<int64_t>& datasets) {
  std::vector<json> out;
  for (const auto& [name, file] : files) out.push_back(data::file_spec(name, file));
  for (const int64_t id : datasets) {
    LOUPE_TRY(auto spec, dataset_spec(workspace, id));
    out.push_back(std::move(spec));
  }
  return out;
}

Result<TrainRequest> train_request(store::Workspace& workspace, const api::TrainAsked& asked) {
  TrainRequest request;
  request.name = asked.name;
  std::string model = asked.model;
  std::filesystem::path beside;  // what the model's files are named from
  json recipe = json::object();
  if (!asked.project.empty()) {
    LOUPE_TRY(const auto project, data::load_project(asked.project));
    LOUPE_TRY(auto data, data::project_data(project, asked.statements));
    request.train = std::move(data.train);
    request.eval = std::move(data.eval);
    if (asked.sets) LOUPE_CHECK(keep_sets(request.eval, *asked.sets, asked.project));
    if (model.empty()) {
      model = project.model;
      beside = project.path.parent_path();
    }
    if (project.recipe.is_object())
      recipe = api::with_present_keys(api::infos<api::Recipe>(), project.recipe);
  } else if (asked.dataset != 0) {
    LOUPE_TRY(request.train, dataset_spec(workspace, asked.dataset));
  } else if (!asked.data.empty()) {
    request.train = data::file_spec("train", asked.data);
  } else {
    return Error{ErrorCode::invalid_input, "there is nothing to train on", "request",
                 "give a project, a data set or a file"};
  }
  if (!asked.recipe.is_object()) return train::recipe_from_json(asked.recipe).error();
  recipe.update(api::with_present_keys(api::infos<api::Recipe>(), asked.recipe));
  LOUPE_TRY(request.recipe, train::recipe_from_json(recipe));
  LOUPE_TRY(request.model, model_named(workspace, model, beside));
  LOUPE_TRY(const auto row, workspace.model(request.model));
  LOUPE_CHECK(check_trainable(row));
  LOUPE_TRY(auto more, eval_specs(workspace, asked.eval, asked.eval_datasets));
  std::move(more.begin(), more.end(), std::back_inserter(request.eval));
  return request;
}

}  // namespace loupe::engine
