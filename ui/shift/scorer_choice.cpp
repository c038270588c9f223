// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shift/scorer_choice.h"

#include <algorithm>

namespace loupe::ui::shift {
namespace {

std::vector<Scorer> default_runs(const std::vector<api::Run>& runs) {
  std::vector<const api::Run*> done;
  for (const api::Run& run : runs) {
    if (run.status == "done" && can_be_scored(run)) done.push_back(&run);
  }
  std::stable_sort(done.begin(), done.end(), [](const api::Run* a, const api::Run* b) {
    return a->created != b->created ? a->created > b->created : a->id > b->id;
  });
  for (const api::Run* newest : done) {
    for (const api::Run* partner : done) {
      if (partner->model != newest->model || partner->type == newest->type) continue;
      const bool newest_first = newest->type == "EX";
      return {{newest_first ? newest->id : partner->id, 0},
              {newest_first ? partner->id : newest->id, 0}};
    }
  }
  if (done.empty()) return {};
  return {{done.front()->id, 0}};
}

}  // namespace

std::vector<Scorer> default_scorers(const std::vector<api::Run>& runs,
                                    const std::vector<api::Model>& models) {
  std::vector<Scorer> out = default_runs(runs);
  if (!out.empty()) return out;
  for (const char* type : {"EX", "IM", "LM"}) {
    const Scorer model = newest_model(models, type);
    const bool instead = type == std::string("LM") && !out.empty();
    if (!model.is_none() && !instead) out.push_back(model);
  }
  return out;
}

std::vector<Scorer> kept_scorers(const std::vector<Scorer>& wanted,
                                 const std::vector<api::Run>& runs,
                                 const std::vector<api::Model>& models) {
  const auto exists = [&](const Scorer& scorer) {
    if (scorer.run == 0)
      return std::any_of(models.begin(), models.end(), [&](const api::Model& model) {
        return model.id == scorer.model && !model.removed;
      });
    return std::any_of(runs.begin(), runs.end(), [&](const api::Run& run) {
      return run.id == scorer.run && can_be_scored(run);
    });
  };
  std::vector<Scorer> kept;
  for (const Scorer& scorer : wanted) {
    const bool again = std::find(kept.begin(), kept.end(), scorer) != kept.end();
    if (!again && kept.size() < most_scorers && exists(scorer)) kept.push_back(scorer);
  }
  return kept;
}

}  // namespace loupe::ui::shift
