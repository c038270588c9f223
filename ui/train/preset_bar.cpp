// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/preset_bar.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QShortcut>
#include <QSignalBlocker>
#include <QToolButton>

#include "ui/widgets/error_label.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {

PresetBar::PresetBar(QWidget* parent) : QWidget(parent) {
  auto* label = new QLabel(tr("&Preset"), this);
  combo_ = new QComboBox(this);
  combo_->setObjectName(QStringLiteral("train-preset"));
  combo_->setAccessibleName(tr("Preset"));
  combo_->setToolTip(tr("The recipe to start from"));
  combo_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
  label->setBuddy(combo_);
  changed_ = new QLabel(tr("changed"), this);
  changed_->setObjectName(QStringLiteral("train-changed"));
  changed_->setToolTip(tr("Values that differ from the preset are marked with a dot"));
  theme::make_secondary(changed_);
  const auto button = [&](const QString& text, const char* name, const QString& why) {
    auto* made = new QToolButton(this);
    made->setText(text);
    made->setObjectName(QLatin1String(name));
    made->setToolTip(why);
    made->setFocusPolicy(Qt::StrongFocus);
    return made;
  };
  reset_ = button(tr("Reset"), "train-reset", tr("Every value as the preset has it"));
  save_ = button(tr("Save as…"), "train-preset-save", tr("Keep this recipe under a name"));
  delete_ = button(tr("Delete"), "train-preset-delete", tr("Forget this preset of yours"));

  naming_ = new QWidget(this);
  name_ = new QLineEdit(naming_);
  name_->setObjectName(QStringLiteral("train-preset-name"));
  name_->setPlaceholderText(tr("name of the preset"));
  name_->setAccessibleName(tr("Name of the preset"));
  name_->setMinimumWidth(fontMetrics().averageCharWidth() * 20);
  auto* keep = new QPushButton(tr("Save"), naming_);
  keep->setObjectName(QStringLiteral("train-preset-name-ok"));
  auto* cancel = new QPushButton(tr("Cancel"), naming_);
  name_error_ = new ErrorLabel(naming_);
  name_error_->setWordWrap(false);
  auto* line = new QHBoxLayout(naming_);
  line->setContentsMargins(0, 0, 0, 0);
  line->setSpacing(theme::grid);
  for (QWidget* part : {static_cast<QWidget*>(name_), static_cast<QWidget*>(keep),
                        static_cast<QWidget*>(cancel), static_cast<QWidget*>(name_error_)}) {
    line->addWidget(part);
  }
  naming_->hide();

  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(theme::grid);
  for (QWidget* part : {static_cast<QWidget*>(label), static_cast<QWidget*>(combo_),
                        static_cast<QWidget*>(changed_), static_cast<QWidget*>(reset_),
                        static_cast<QWidget*>(save_), static_cast<QWidget*>(delete_), naming_}) {
    layout->addWidget(part);
  }
  layout->addStretch(1);

  connect(combo_, &QComboBox::activated, this, [this](int index) {
    preset_ = presets_[static_cast<size_t>(index)];
    update_buttons();
    emit picked();
  });
  connect(reset_, &QToolButton::clicked, this, &PresetBar::reset_wanted);
  connect(save_, &QToolButton::clicked, this, [this] { show_naming(true); });
  const auto keep_it = [this] { emit save_wanted(name_->text().trimmed()); };
  connect(keep, &QPushButton::clicked, this, keep_it);
  connect(name_, &QLineEdit::returnPressed, this, keep_it);
  connect(name_, &QLineEdit::textEdited, this, [this] { name_error_->set_error({}); });
  connect(cancel, &QPushButton::clicked, this, [this] { show_naming(false); });
  auto* escape = new QShortcut(QKeySequence(Qt::Key_Escape), naming_);
  escape->setContext(Qt::WidgetWithChildrenShortcut);
  connect(escape, &QShortcut::activated, this, [this] { show_naming(false); });
  connect(delete_, &QToolButton::clicked, this, [this] {
    delete_recipe_preset(preset_.name);
    fill();
    set_preset(presets_.front().name);
    emit deleted();
  });
  fill();
  preset_ = presets_.front();
  update_buttons();
}

QString PresetBar::project_name() {
  return tr("as the project says");
}

void PresetBar::fill() {
  presets_ = recipe_presets();
  if (!project_.is_null()) {
    presets_.push_back({project_name(),
                        tr("What the project file fixes; the engine's defaults for the rest"),
                        project_, false});
  }
  const QSignalBlocker blocker(combo_);
  combo_->clear();
  for (const RecipePreset& preset : presets_) {
    combo_->addItem(preset.name);
    combo_->setItemData(combo_->count() - 1, preset.why, Qt::ToolTipRole);
  }
  combo_->setCurrentIndex(combo_->findText(preset_.name));
}

bool PresetBar::set_preset(const QString& name) {
  for (const RecipePreset& preset : presets_) {
    if (preset.name != name) continue;
    preset_ = preset;
    combo_->setCurrentIndex(combo_->findText(name));
    update_buttons();
    return true;
  }
  return false;
}

void PresetBar::set_project(const api::json& recipe) {
  project_ = recipe;
  fill();
  if (!set_preset(preset_.name)) set_preset(presets_.front().name);
}

void PresetBar::set_changed(bool changed) {
  is_changed_ = changed;
  update_buttons();
}

void PresetBar::save(const QString& name, const api::json& recipe) {
  const bool free = name != project_name() && save_recipe_preset(name, recipe);
  name_error_->set_error(free             ? QString()
                         : name.isEmpty() ? tr("It needs a name.")
                                          : tr("That is a preset of the program."));
  if (!free) return;
  fill();
  set_preset(name);
  show_naming(false);
}

void PresetBar::show_naming(bool shown) {
  naming_->setVisible(shown);
  update_buttons();
  name_error_->set_error({});
  if (shown) {
    name_->setText(preset_.own ? preset_.name : QString());
    name_->setFocus();
    name_->selectAll();
  } else {
    combo_->setFocus();
  }
}

void PresetBar::update_buttons() {
  const bool naming = !naming_->isHidden();
  changed_->setVisible(is_changed_ && !naming);
  reset_->setVisible(is_changed_ && !naming);
  save_->setVisible(!naming);
  delete_->setVisible(preset_.own && !naming);
}

}  // namespace loupe::ui
