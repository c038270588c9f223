// SPDX-License-Identifier: GPL-3.0-or-later
// Which recipe the form starts from, and whether it was changed since; keeping one under a name.
#pragma once

#include <QWidget>

#include "ui/train/recipe_presets.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QToolButton;

namespace loupe::ui {

class ErrorLabel;

class PresetBar : public QWidget {
  Q_OBJECT
 public:
  explicit PresetBar(QWidget* parent = nullptr);

  const RecipePreset& preset() const { return preset_; }
  QString name() const { return preset_.name; }
  // false when there is none of that name.
  bool set_preset(const QString& name);
  // What the project chosen says; null: no project is chosen.
  void set_project(const api::json& recipe);
  // The preset that follows the project, and whether it is chosen.
  static QString project_name();
  void set_changed(bool changed);

 signals:
  // The user's choice.
  void picked();
  // The values as it has them.
  void reset_wanted();
  // An own one is gone; another is chosen now, and the values stay as they are.
  void deleted();
  // The recipe in the form is wanted under this name: see save.
  void save_wanted(const QString& name);

 public:
  // Keeps it and chooses it; what is wrong with the name is said in place.
  void save(const QString& name, const api::json& recipe);

 private:
  void fill();
  void update_buttons();
  void show_naming(bool shown);

  std::vector<RecipePreset> presets_;
  RecipePreset preset_;
  api::json project_;
  QComboBox* combo_;
  QLabel* changed_;
  QToolButton* reset_;
  QToolButton* save_;
  QToolButton* delete_;
  QWidget* naming_;
  QLineEdit* name_;
  ErrorLabel* name_error_;
  bool is_changed_ = false;
};

}  // namespace loupe::ui
