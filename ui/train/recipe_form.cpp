// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/recipe_form.h"

#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QRegularExpression>
#include <QSignalBlocker>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/client/engine_client.h"
#include "ui/client/text.h"
#include "ui/train/train_setup.h"
#include "ui/widgets/collapsible.h"
#include "ui/widgets/error_label.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

constexpr int columns = 3;

}  // namespace

RecipeForm::RecipeForm(QWidget* parent) : QWidget(parent) {
  auto* layout = new QGridLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setHorizontalSpacing(3 * theme::grid);
  layout->setVerticalSpacing(theme::grid);
  int place = 0;
  const auto put = [&](QWidget* widget) {
    layout->addWidget(widget, place / columns, place % columns, Qt::AlignTop);
    ++place;
  };
  int label_widths[columns] = {};
  QList<RecipeFieldEdit*> main;
  for (const RecipeField& field : recipe_fields()) {
    if (field.group != RecipeField::Group::main) continue;
    auto* edit = new RecipeFieldEdit(field, this);
    int& width = label_widths[place % columns];
    width = std::max(width, edit->label_width());
    main.append(edit);
    put(edit);
  }
  fields_ = main;

  auto* seeds = new QWidget(this);
  auto* label = new QLabel(tr("Seeds"), seeds);
  seeds_ = new QLineEdit(QStringLiteral("0"), seeds);
  seeds_->setObjectName(QStringLiteral("train-seeds"));
  seeds_->setAccessibleName(tr("Seeds"));
  seeds_->setMinimumWidth(fontMetrics().averageCharWidth() * 9);
  const QString why =
      tr("A seed decides the head's first values and the order of the pairs. Several, as in 0, 1, "
         "2, start one run each: their spread says how much of a difference is chance.");
  label->setToolTip(why);
  seeds_->setToolTip(why);
  seeds_->setAccessibleDescription(why);
  label->setBuddy(seeds_);
  seeds_error_ = new ErrorLabel(seeds);
  seeds_error_->setObjectName(QStringLiteral("train-error-seed"));
  seeds_error_->setFont(theme::scaled(font(), 0.9));
  auto* seeds_layout = new QGridLayout(seeds);
  seeds_layout->setContentsMargins(0, 0, 0, 0);
  seeds_layout->setHorizontalSpacing(theme::grid);
  seeds_layout->setVerticalSpacing(2);
  seeds_layout->addWidget(label, 0, 0);
  seeds_layout->addWidget(seeds_, 0, 1);
  seeds_layout->addWidget(seeds_error_, 1, 0, 1, 2);
  seeds_layout->setColumnStretch(1, 1);
  const int seeds_column = place % columns;
  put(seeds);

  for (qsizetype i = 0; i < main.size(); ++i) {
    main[i]->set_label_width(label_widths[i % columns]);
  }
  label->setMinimumWidth(label_widths[seeds_column]);
  make_groups(layout);
  enable_fields();
  for (int column = 0; column < columns; ++column) layout->setColumnStretch(column, 1);
  layout->setRowStretch(layout->rowCount(), 1);
  for (RecipeFieldEdit* field : fields_) {
    connect(field, &RecipeFieldEdit::edited, this, [this] {
      enable_fields();
      emit edited();
    });
  }
  connect(seeds_, &QLineEdit::textChanged, this, [this] {
    const bool wrong = !this->seeds();
    seeds_error_->set_error(wrong ? tr("whole numbers, as in 0, 1, 2") : QString());
    emit edited();
  });
}

void RecipeForm::make_groups(QGridLayout* layout) {
  const std::pair<RecipeField::Group, QString> titles[] = {
      {RecipeField::Group::trained, tr("What is trained")},
      {RecipeField::Group::optimiser, tr("Optimiser")},
      {RecipeField::Group::limits, tr("Precision and limits")}};
  int column = 0;
  for (const auto& [group, title] : titles) {
    auto* content = new QWidget(this);
    auto* lines = new QVBoxLayout(content);
    lines->setContentsMargins(theme::grid / 2, 0, 0, 0);
    lines->setSpacing(theme::grid / 2);
    QList<RecipeFieldEdit*> here;
    int width = 0;
    for (const RecipeField& field : recipe_fields()) {
      if (field.group != group) continue;
      auto* edit = new RecipeFieldEdit(field, content);
      width = std::max(width, edit->label_width());
      lines->addWidget(edit);
      here.append(edit);
    }
    for (RecipeFieldEdit* edit : here) edit->set_label_width(width);
    fields_ += here;
    auto* area = new Collapsible(title, content, this);
    area->setObjectName(QStringLiteral("train-group-%1").arg(column));
    area->set_open(false);
    groups_[static_cast<int>(group)] = area;
    layout->addWidget(area, 2, column, Qt::AlignTop);
    ++column;
  }
}

api::json RecipeForm::recipe() const {
  api::json recipe = api::json::object();
  for (const RecipeFieldEdit* field : fields_) {
    if (api::json value = field->value(); !value.is_null()) {
      recipe[field->field().key] = std::move(value);
    }
  }
  return recipe;
}

void RecipeForm::set_recipe(const api::json& recipe) {
  const api::json whole = whole_recipe(recipe);
  for (RecipeFieldEdit* field : fields_) {
    field->set_value(whole.at(field->field().key));
    field->set_error({});
  }
  enable_fields();
}

void RecipeForm::set_preset(const api::json& recipe) {
  const api::json whole = whole_recipe(recipe);
  for (RecipeFieldEdit* field : fields_) field->set_preset(whole.at(field->field().key));
}

bool RecipeForm::is_changed() const {
  return std::any_of(fields_.begin(), fields_.end(),
                     [](const RecipeFieldEdit* field) { return field->is_changed(); });
}

std::optional<QList<quint64>> RecipeForm::seeds() const {
  return seeds_from_text(seeds_->text());
}

void RecipeForm::set_seeds(const QList<quint64>& seeds) {
  const QSignalBlocker blocker(seeds_);
  seeds_->setText(seeds_text(seeds));
  seeds_error_->set_error({});
}

void RecipeForm::set_types(const QStringList& types) {
  types_ = types;
  enable_fields();
}

// A field that means nothing to what is chosen cannot be edited.
void RecipeForm::enable_fields() {
  const api::json chosen = recipe();
  const QString tuning = qstr(chosen.value("tuning", ""));
  for (RecipeFieldEdit* field : fields_) {
    const QString& only = field->field().only;
    const QString& wants = field->field().tuning;
    field->setEnabled((only.isEmpty() || types_.contains(only)) &&
                      (wants.isEmpty() || wants == tuning));
  }
}

void RecipeForm::set_devices(const std::vector<std::string>& devices) {
  QList<std::pair<QString, QString>> choices{{QStringLiteral("auto"), tr("auto")}};
  for (const std::string& device : devices) {
    const QString words = qstr(device);
    choices.append({words.section(QLatin1Char(' '), 0, 0), words});
  }
  for (RecipeFieldEdit* field : fields_) {
    if (field->field().key == std::string_view("device")) field->set_choices(choices);
  }
}

bool RecipeForm::is_readable() const {
  return seeds() && std::none_of(fields_.begin(), fields_.end(), [](const RecipeFieldEdit* field) {
           return field->value().is_null();
         });
}

bool RecipeForm::show_failure(const Failure& failure) {
  if (failure.where != QLatin1String("recipe")) return false;
  bool any = false;
  for (RecipeFieldEdit* field : fields_) {
    // A key among other words: beta, but not adam_beta1.
    const QRegularExpression key(QStringLiteral("\\b%1\\b").arg(QLatin1String(field->field().key)));
    if (!key.match(failure.what).hasMatch()) continue;
    // In the form's words, not the file's.
    QString words = failure.what;
    words.replace(key, field->field().label.toLower());
    words.remove(QLatin1Char('"'));
    words.replace(0, 1, words.left(1).toUpper());
    field->set_error(words);
    any = true;
    const auto group = groups_.constFind(static_cast<int>(field->field().group));
    if (group != groups_.cend()) group.value()->set_open(true);
  }
  static const QRegularExpression seed(QStringLiteral("\\bseed\\b"));
  if (seed.match(failure.what).hasMatch()) {
    seeds_error_->set_error(failure.what);
    any = true;
  }
  return any;
}

bool RecipeForm::event(QEvent* event) {
  if (event->type() == QEvent::LayoutRequest) emit height_changed();
  return QWidget::event(event);
}

void RecipeForm::clear_errors() {
  for (RecipeFieldEdit* field : fields_) {
    if (!field->value().is_null()) field->set_error({});
  }
  if (seeds()) seeds_error_->set_error({});
}

}  // namespace loupe::ui
