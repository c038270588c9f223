// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/recipe_presets.h"

#include <QCoreApplication>
#include <QSettings>
#include <algorithm>

#include "ui/client/text.h"

namespace loupe::ui {
namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("loupe::ui::RecipePresets", text);
}

QString settings_key() {
  return QStringLiteral("train/presets");
}

api::json paper(int batch_size, int accumulate, int epochs) {
  return {{"lr", 1e-6},
          {"batch_size", batch_size},
          {"gradient_accumulation", accumulate},
          {"epochs", epochs},
          {"compute_dtype", "fp32"}};
}

std::vector<RecipePreset> built_in() {
  return {
      {tr("laptop"),
       tr("Minutes on two cores with a model of 135 million parameters: few epochs, larger steps"),
       {{"epochs", 4},
        {"lr", 3e-5},
        {"batch_size", 8},
        {"gradient_accumulation", 1},
        {"compute_dtype", "bf16"},
        {"beta", 0.01}},
       false},
      {tr("paper: persona"), tr("The paper's recipe for its controlled experiment"),
       paper(8, 4, 50), false},
      {tr("paper: UltraFeedback"), tr("The paper's recipe for real preference data"),
       paper(4, 8, 5), false},
      {tr("paper: Hamiltonian"), tr("The paper's recipe for Hamiltonian cycles"), paper(16, 2, 15),
       false},
  };
}

api::json own_ones() {
  const std::string text = stdstr(QSettings().value(settings_key()).toString());
  const api::json read = api::json::parse(text, nullptr, /*allow_exceptions=*/false);
  return read.is_object() ? read : api::json::object();
}

void keep(const api::json& own) {
  QSettings().setValue(settings_key(), qstr(own.dump()));
}

}  // namespace

std::vector<RecipePreset> recipe_presets() {
  std::vector<RecipePreset> presets = built_in();
  const api::json own = own_ones();
  for (const auto& [name, recipe] : own.items()) {
    if (recipe.is_object()) presets.push_back({qstr(name), tr("Saved by you"), recipe, true});
  }
  return presets;
}

bool save_recipe_preset(const QString& name, const api::json& recipe) {
  const auto built = built_in();
  const bool taken = std::any_of(built.begin(), built.end(),
                                 [&](const RecipePreset& preset) { return preset.name == name; });
  if (name.isEmpty() || taken) return false;
  api::json own = own_ones();
  own[stdstr(name)] = recipe;
  keep(own);
  return true;
}

void delete_recipe_preset(const QString& name) {
  api::json own = own_ones();
  own.erase(stdstr(name));
  keep(own);
}

}  // namespace loupe::ui
