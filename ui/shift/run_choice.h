// SPDX-License-Identifier: GPL-3.0-or-later
// Which runs can be rescored, and which are shown when nobody has chosen.
#pragma once

#include <QtGlobal>
#include <vector>

#include "core/api/messages.h"

namespace loupe::ui::shift {

inline constexpr size_t most_runs = 4;

// It has a checkpoint: the first one comes with the first whole epoch, or with the end of the run.
bool can_be_scored(const api::Run& run);
// The newest finished EX and the newest finished IM of one model, EX first; the newest finished run
// alone where no model has both; none where nothing is finished.
std::vector<qint64> default_runs(const std::vector<api::Run>& runs);
// Those of `wanted` that exist and can be scored, each once, at most four, in that order.
std::vector<qint64> kept_runs(const std::vector<qint64>& wanted, const std::vector<api::Run>& runs);

}  // namespace loupe::ui::shift
