// SPDX-License-Identifier: GPL-3.0-or-later
// One value of a recipe: its label, its editor, and under it what is wrong with it. A value that
// differs from the preset's is marked at the label.
#pragma once

#include <QWidget>

#include "ui/train/recipe_fields.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QSpinBox;

namespace loupe::ui {

class ErrorLabel;

class RecipeFieldEdit : public QWidget {
  Q_OBJECT
 public:
  explicit RecipeFieldEdit(const RecipeField& field, QWidget* parent = nullptr);

  const RecipeField& field() const { return field_; }
  // Null when what is typed is no number.
  api::json value() const;
  void set_value(const api::json& value);
  // What it is compared with for the mark.
  void set_preset(const api::json& value);
  bool is_changed() const;
  // More choices, as value and words.
  void set_choices(const QList<std::pair<QString, QString>>& choices);
  // Empty: nothing is wrong.
  void set_error(const QString& text);
  QString error() const;
  QWidget* editor() const;
  // The label's width, so that fields under each other line up.
  int label_width() const;
  void set_label_width(int width);

 signals:
  void edited();

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;
  void changeEvent(QEvent*) override;

 private:
  void make_editor();
  void value_edited();
  void restyle();

  RecipeField field_;
  api::json preset_;
  QLabel* label_;
  ErrorLabel* error_;
  QSpinBox* whole_ = nullptr;
  QLineEdit* number_ = nullptr;
  QComboBox* choice_ = nullptr;
  QCheckBox* flag_ = nullptr;
  bool restyling_ = false;
};

}  // namespace loupe::ui
