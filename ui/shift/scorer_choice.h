// SPDX-License-Identifier: GPL-3.0-or-later
// Who rescores an edit when nobody has chosen, and what is left of a choice.
#pragma once

#include <vector>

#include "ui/client/scorer.h"

namespace loupe::ui::shift {

inline constexpr size_t most_scorers = 4;

// The newest finished EX and the newest finished IM of one model, EX first; the newest finished run
// alone where no model has both. Where nothing is finished the newest EX-RM and the newest IM-RM
// among the models, else the newest language model. Models whose files are not there are left out.
std::vector<Scorer> default_scorers(const std::vector<api::Run>& runs,
                                    const std::vector<api::Model>& models);
// Those of `wanted` that exist and can score, each once, at most four, in that order.
std::vector<Scorer> kept_scorers(const std::vector<Scorer>& wanted,
                                 const std::vector<api::Run>& runs,
                                 const std::vector<api::Model>& models);

}  // namespace loupe::ui::shift
