// SPDX-License-Identifier: GPL-3.0-or-later
// The recipe as a form: the values that matter most, and three groups that open. The seeds are here
// too, though each is a run of its own.
#pragma once

#include <QHash>
#include <QWidget>
#include <optional>

#include "ui/train/recipe_field_edit.h"

class QGridLayout;
class QLineEdit;

namespace loupe::ui {

class Collapsible;
class ErrorLabel;
struct Failure;

class RecipeForm : public QWidget {
  Q_OBJECT
 public:
  explicit RecipeForm(QWidget* parent = nullptr);

  // Without type and seed; values that are no numbers are left out.
  api::json recipe() const;
  void set_recipe(const api::json& recipe);
  // The recipe that edits are marked against.
  void set_preset(const api::json& recipe);
  bool is_changed() const;
  // Nothing when they cannot be read.
  std::optional<QList<quint64>> seeds() const;
  void set_seeds(const QList<quint64>& seeds);
  // Values that mean nothing to any of these types are greyed.
  void set_types(const QStringList& types);
  // "cpu", "cuda:0 NVIDIA …", as the engine calls them.
  void set_devices(const std::vector<std::string>& devices);

  // Every value is one that can be sent.
  bool is_readable() const;
  // Shows the engine's words at the values they name; false when they name none.
  bool show_failure(const Failure& failure);
  void clear_errors();

 signals:
  void edited();
  // A group opened or closed, a line of words came or went.
  void height_changed();

 protected:
  bool event(QEvent* event) override;

 private:
  void make_groups(QGridLayout* layout);
  void enable_fields();

  QList<RecipeFieldEdit*> fields_;
  QStringList types_{QStringLiteral("EX"), QStringLiteral("IM")};
  QHash<int, Collapsible*> groups_;
  QLineEdit* seeds_;
  ErrorLabel* seeds_error_;
};

}  // namespace loupe::ui
