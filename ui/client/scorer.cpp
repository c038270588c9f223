// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/client/scorer.h"

#include <algorithm>

namespace loupe::ui {

api::ScorerId id_of(const Scorer& scorer) {
  if (scorer.is_none()) return {};
  return scorer.run != 0 ? api::ScorerId::run(scorer.run) : api::ScorerId::model(scorer.model);
}

QString key_of(const Scorer& scorer) {
  if (scorer.run != 0) return QStringLiteral("run %1").arg(scorer.run);
  return scorer.model != 0 ? QStringLiteral("model %1").arg(scorer.model) : QString();
}

Scorer scorer_of(const QString& key) {
  const qint64 id = key.section(QLatin1Char(' '), 1).toLongLong();
  if (key.startsWith(QLatin1String("run "))) return {id, 0};
  if (key.startsWith(QLatin1String("model "))) return {0, id};
  return {};
}

void put_scorers(api::json& object, const std::vector<Scorer>& scorers) {
  api::json runs = api::json::array(), models = api::json::array();
  for (const Scorer& scorer : scorers) {
    if (scorer.run != 0) runs.push_back(scorer.run);
    if (scorer.model != 0) models.push_back(scorer.model);
  }
  object["runs"] = std::move(runs);
  object["models"] = std::move(models);
}

std::vector<Scorer> scorers_in(const api::json& object) {
  std::vector<Scorer> out;
  for (const char* key : {"runs", "models"}) {
    const auto list = object.find(key);
    if (list == object.end() || !list->is_array()) continue;
    for (const api::json& id : *list) {
      if (!id.is_number_integer()) continue;
      out.push_back(*key == 'r' ? Scorer{id.get<qint64>(), 0} : Scorer{0, id.get<qint64>()});
    }
  }
  return out;
}

bool names_model(const api::json& object) {
  const std::vector<Scorer> named = scorers_in(object);
  return std::any_of(named.begin(), named.end(),
                     [](const Scorer& scorer) { return scorer.model != 0; });
}

bool can_be_scored(const api::Run& run) {
  const bool active = run.status == "queued" || run.status == "running";
  return !run.deleted && (run.epochs_done >= 1 || (!active && run.epochs_done > 0));
}

Scorer newest_model(const std::vector<api::Model>& models, const std::string& type) {
  const api::Model* best = nullptr;
  for (const api::Model& model : models) {
    const bool fits = !model.removed && model.status == "ok" && model.type == type;
    if (fits && (best == nullptr || model.created > best->created)) best = &model;
  }
  return best != nullptr ? Scorer{0, best->id} : Scorer{};
}

}  // namespace loupe::ui
