// SPDX-License-Identifier: GPL-3.0-or-later
// Recipes with a name: those that come with the program, and the user's own, kept in the settings.
#pragma once

#include <QString>
#include <vector>

#include "core/api/messages.h"

namespace loupe::ui {

struct RecipePreset {
  QString name;
  QString why;
  api::json recipe;  // only what differs from the engine's defaults
  bool own = false;  // the user's: can be deleted
};

// Built in, then own ones by name.
std::vector<RecipePreset> recipe_presets();
// An own one of that name is replaced. Names of built-in ones are refused: false.
bool save_recipe_preset(const QString& name, const api::json& recipe);
void delete_recipe_preset(const QString& name);

}  // namespace loupe::ui
