// SPDX-License-Identifier: GPL-3.0-or-later
// Where a run came from, as a place of the Train page: its model, recipe, pairs and sets, as far as
// the workspace still has them.
#pragma once

#include <vector>

#include "core/api/messages.h"

namespace loupe::ui {

api::json origin_of(const api::Run& run, const std::vector<api::Project>& projects,
                    const std::vector<api::Dataset>& datasets);

}  // namespace loupe::ui
