// SPDX-License-Identifier: GPL-3.0-or-later
// The recipe (core/api/recipe.h) as it is checked: the rules between its values. No torch.
#pragma once

#include <nlohmann/json.hpp>

#include "core/api/recipe.h"
#include "core/base/result.h"

namespace loupe::train {

using api::Recipe;

// Keys that are missing keep their defaults, older names are read; unknown keys and impossible
// values are refused by name.
Result<Recipe> recipe_from_json(const nlohmann::json& json);

}  // namespace loupe::train
