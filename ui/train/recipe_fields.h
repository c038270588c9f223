// SPDX-License-Identifier: GPL-3.0-or-later
// What a recipe consists of, as a form sees it: every key of the engine's recipe but type and seed,
// with its default, its words and the why.
#pragma once

#include <QString>
#include <QStringList>
#include <vector>

#include "core/api/messages.h"

namespace loupe::ui {

struct RecipeField {
  enum class Kind { whole, number, choice, flag };
  enum class Group { main, trained, optimiser, limits };
  const char* key;
  Kind kind;
  Group group;
  QString label;
  QString why;                      // and the paper's value
  api::json standard;               // the engine's default
  int least = 0, most = 1'000'000;  // whole
  QStringList choices;              // choice; the engine's words
  QString only;                     // "EX" or "IM" when it means nothing to the other type
  QString zero;                     // what 0 means, when it is no number
  QString tuning;                   // "lora" when it means nothing with another tuning
};

const std::vector<RecipeField>& recipe_fields();

// The engine's defaults with `changes` over them; keys that are no field are left out.
api::json whole_recipe(const api::json& changes);

// Equal as numbers, whether whole or not.
bool same_value(const api::json& a, const api::json& b);

// 3e-5, 0.01, 1: as short as reads back the same.
QString recipe_number(double value);

}  // namespace loupe::ui
