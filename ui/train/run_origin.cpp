// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/run_origin.h"

#include <algorithm>

#include "ui/client/text.h"
#include "ui/train/choice_bar.h"

namespace loupe::ui {
namespace {

bool evaluated_on(const api::Run& run, const std::string& set) {
  return std::any_of(run.last_evals.begin(), run.last_evals.end(),
                     [&](const api::EvalSummary& eval) { return eval.set == set; });
}

}  // namespace

api::json origin_of(const api::Run& run, const std::vector<api::Project>& projects,
                    const std::vector<api::Dataset>& datasets) {
  api::json place{{"model", run.model}, {"types", {run.type}}, {"recipe", run.recipe}};
  place["seeds"] = {static_cast<uint64_t>(std::max<int64_t>(run.seed, 0))};
  const std::string project_name = run.dataset.substr(0, run.dataset.find('/'));
  for (const api::Project& project : projects) {
    if (project.name != project_name) continue;
    place["project"] = project.path;
    api::json sets = api::json::array();
    for (const std::string& set : project.sets) {
      if (evaluated_on(run, set)) sets.push_back(set);
    }
    // A run that never came to an evaluation says nothing about its sets.
    if (!sets.empty() && sets.size() < project.sets.size()) place["sets"] = sets;
    return place;
  }
  api::json others = api::json::array();
  std::vector<std::string> named;
  for (const api::Dataset& dataset : datasets) {
    if (!dataset.available) continue;
    // Newest first: an older one of the same name has been replaced.
    const bool trained_on =
        stdstr(dataset_words(dataset)) == run.dataset || dataset.name == run.dataset;
    if (trained_on && !place.contains("dataset")) place["dataset"] = dataset.id;
    const bool known = std::find(named.begin(), named.end(), dataset.name) != named.end();
    if (evaluated_on(run, dataset.name) && !known) {
      others.push_back(dataset.id);
      named.push_back(dataset.name);
    }
  }
  if (place.contains("dataset")) place["eval_datasets"] = others;
  return place;
}

}  // namespace loupe::ui
