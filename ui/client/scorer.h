// SPDX-License-Identifier: GPL-3.0-or-later
// Who scores a response: a trained run, or a model of the workspace: an imported reward model, or a
// language model, whose score is the log-likelihood.
#pragma once

#include <QHash>
#include <QString>
#include <vector>

#include "core/api/messages.h"

namespace loupe::ui {

// One of the two, or none. Runs and models are numbered apart.
struct Scorer {
  qint64 run = 0, model = 0;
  bool is_none() const { return run == 0 && model == 0; }
  bool operator==(const Scorer&) const = default;
};

inline size_t qHash(const Scorer& scorer, size_t seed = 0) {
  return qHashMulti(seed, scorer.run, scorer.model);
}

api::ScorerId id_of(const Scorer& scorer);

// "run 3", "model 1", or nothing.
QString key_of(const Scorer& scorer);
Scorer scorer_of(const QString& key);

// The lists "runs" and "models" of a place or of a request. What is no list of ids counts as none;
// runs come first, as the engine answers them.
void put_scorers(api::json& object, const std::vector<Scorer>& scorers);
std::vector<Scorer> scorers_in(const api::json& object);
// Whether it cannot be followed before the models are listed, which is apart from the runs, and
// later.
bool names_model(const api::json& object);

// It has a checkpoint: the first one comes with the first whole epoch, or with the end of the run.
bool can_be_scored(const api::Run& run);
// The newest model of that type ("EX", "IM", "LM") whose files are there; none where there is none.
Scorer newest_model(const std::vector<api::Model>& models, const std::string& type);

}  // namespace loupe::ui
