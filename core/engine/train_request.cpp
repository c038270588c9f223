// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/train_request.h"

#include <algorithm>

#include "core/engine/models.h"
#include "core/engine/params.h"

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

Result<std::vector<json>> eval_specs(const store::Workspace& workspace, const json& params) {
  std::vector<json> out;
  const json files = params.value("eval", json::object());
  if (!files.is_object()) return bad_params("\"eval\" maps names to files");
  for (const auto& [name, file] : files.items()) {
    if (!file.is_string()) return bad_params("\"eval\" maps names to files");
    out.push_back(jsonl_spec(name, file.get<std::string>()));
  }
  const json datasets = params.value("eval_datasets", json::array());
  if (!datasets.is_array()) return bad_params("\"eval_datasets\" is a list of ids");
  for (const auto& id : datasets) {
    if (!id.is_number_integer()) return bad_params("\"eval_datasets\" is a list of ids");
    LOUPE_TRY(auto spec, dataset_spec(workspace, id.get<int64_t>()));
    out.push_back(std::move(spec));
  }
  return out;
}

Result<TrainRequest> train_request(store::Workspace& workspace, const json& params) {
  TrainRequest request;
  request.name = params.value("name", "");
  LOUPE_TRY(const std::string model, text_param(params, "model"));
  LOUPE_TRY(request.model, model_named(workspace, model, {}));
  LOUPE_TRY(const auto row, workspace.model(request.model));
  LOUPE_CHECK(check_trainable(row));
  LOUPE_TRY(request.recipe, train::recipe_from_json(params.value("recipe", json::object())));
  if (params.contains("project")) {
    LOUPE_TRY(const std::string path, text_param(params, "project"));
    LOUPE_TRY(const auto project, data::load_project(path));
    LOUPE_TRY(auto data, project_data(project, params.value("statements", "")));
    request.train = std::move(data.train);
    request.eval = std::move(data.eval);
    if (params.contains("sets"))
      LOUPE_CHECK(keep_sets(request.eval, params["sets"].get<std::vector<std::string>>(), path));
  } else if (params.contains("dataset")) {
    LOUPE_TRY(const int64_t id, int_param(params, "dataset"));
    LOUPE_TRY(request.train, dataset_spec(workspace, id));
  } else {
    LOUPE_TRY(const std::string path, text_param(params, "data"));
    request.train = jsonl_spec("train", path);
  }
  LOUPE_TRY(auto more, eval_specs(workspace, params));
  std::move(more.begin(), more.end(), std::back_inserter(request.eval));
  return request;
}

}  // namespace loupe::engine
