// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/recipe_field_edit.h"

#include <QCheckBox>
#include <QComboBox>
#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QSpinBox>

#include "ui/client/text.h"
#include "ui/widgets/error_label.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {

RecipeFieldEdit::RecipeFieldEdit(const RecipeField& field, QWidget* parent)
    : QWidget(parent), field_(field), preset_(field.standard) {
  const QString name = QString::fromLatin1(field_.key);
  label_ = new QLabel(field_.label, this);
  label_->setToolTip(field_.why);
  error_ = new ErrorLabel(this);
  error_->setObjectName(QStringLiteral("train-error-") + name);
  error_->setFont(theme::scaled(font(), 0.9));
  make_editor();
  editor()->setObjectName(QStringLiteral("train-") + name);
  editor()->setAccessibleName(field_.label);
  editor()->setAccessibleDescription(field_.why);
  editor()->setToolTip(field_.why);
  // A wheel turned to scroll the page must not change a recipe on its way.
  editor()->setFocusPolicy(Qt::StrongFocus);
  editor()->installEventFilter(this);
  label_->setBuddy(editor());
  auto* layout = new QGridLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setHorizontalSpacing(theme::grid);
  layout->setVerticalSpacing(2);
  layout->addWidget(label_, 0, 0);
  layout->addWidget(editor(), 0, 1);
  layout->addWidget(error_, 1, 0, 1, 2);
  layout->setColumnStretch(1, 1);
  set_value(field_.standard);
  restyle();
}

void RecipeFieldEdit::make_editor() {
  switch (field_.kind) {
    case RecipeField::Kind::whole:
      whole_ = new QSpinBox(this);
      whole_->setRange(field_.least, field_.most);
      if (!field_.zero.isEmpty()) whole_->setSpecialValueText(field_.zero);
      connect(whole_, &QSpinBox::valueChanged, this, &RecipeFieldEdit::value_edited);
      break;
    case RecipeField::Kind::number:
      number_ = new QLineEdit(this);
      number_->setMinimumWidth(fontMetrics().averageCharWidth() * 9);
      if (!field_.zero.isEmpty()) number_->setPlaceholderText(field_.zero);
      connect(number_, &QLineEdit::textChanged, this, &RecipeFieldEdit::value_edited);
      break;
    case RecipeField::Kind::choice:
      choice_ = new QComboBox(this);
      for (const QString& choice : field_.choices) choice_->addItem(choice, choice);
      choice_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
      choice_->setMinimumContentsLength(5);
      connect(choice_, &QComboBox::currentIndexChanged, this, &RecipeFieldEdit::value_edited);
      break;
    case RecipeField::Kind::flag:
      flag_ = new QCheckBox(this);
      connect(flag_, &QCheckBox::toggled, this, &RecipeFieldEdit::value_edited);
      break;
  }
}

QWidget* RecipeFieldEdit::editor() const {
  if (whole_ != nullptr) return whole_;
  if (number_ != nullptr) return number_;
  if (choice_ != nullptr) return choice_;
  return flag_;
}

api::json RecipeFieldEdit::value() const {
  if (whole_ != nullptr) return whole_->value();
  if (choice_ != nullptr) return stdstr(choice_->currentData().toString());
  if (flag_ != nullptr) return flag_->isChecked();
  const QString text = number_->text().trimmed();
  if (text.isEmpty() && !field_.zero.isEmpty()) return 0.0;
  bool fits = false;
  const double value = text.toDouble(&fits);
  return fits ? api::json(value) : api::json();
}

void RecipeFieldEdit::set_value(const api::json& value) {
  const QSignalBlocker blocker(editor());
  if (whole_ != nullptr && value.is_number()) whole_->setValue(value.get<int>());
  if (number_ != nullptr && value.is_number()) {
    const double number = value.get<double>();
    number_->setText(number == 0 && !field_.zero.isEmpty() ? QString() : recipe_number(number));
  }
  if (flag_ != nullptr && value.is_boolean()) flag_->setChecked(value.get<bool>());
  if (choice_ != nullptr && value.is_string()) {
    const QString wanted = qstr(value.get<std::string>());
    // A device of another machine stays what it is; the engine says what it thinks of it.
    if (choice_->findData(wanted) < 0) choice_->addItem(wanted, wanted);
    choice_->setCurrentIndex(choice_->findData(wanted));
  }
  restyle();
}

void RecipeFieldEdit::set_preset(const api::json& value) {
  preset_ = value;
  restyle();
}

bool RecipeFieldEdit::is_changed() const {
  return !same_value(value(), preset_);
}

void RecipeFieldEdit::set_choices(const QList<std::pair<QString, QString>>& choices) {
  if (choice_ == nullptr) return;
  const QString before = choice_->currentData().toString();
  const QSignalBlocker blocker(choice_);
  choice_->clear();
  for (const auto& [value, words] : choices) choice_->addItem(words, value);
  if (choice_->findData(before) < 0) choice_->addItem(before, before);
  choice_->setCurrentIndex(choice_->findData(before));
}

void RecipeFieldEdit::set_error(const QString& text) {
  error_->set_error(text);
  restyle();
}

QString RecipeFieldEdit::error() const {
  return error_->text();
}

int RecipeFieldEdit::label_width() const {
  // Room for the mark, so that marking moves nothing.
  return QFontMetrics(theme::scaled(font(), 1.0, true)).horizontalAdvance(field_.label + " •");
}

void RecipeFieldEdit::set_label_width(int width) {
  label_->setMinimumWidth(width);
}

void RecipeFieldEdit::value_edited() {
  set_error(value().is_null() ? tr("a number, such as 1e-5") : QString());
  emit edited();
}

void RecipeFieldEdit::restyle() {
  if (restyling_) return;
  restyling_ = true;
  const bool changed = is_changed();
  label_->setText(changed ? field_.label + QStringLiteral(" •") : field_.label);
  label_->setFont(theme::scaled(font(), 1.0, changed));
  label_->setAccessibleDescription(changed ? tr("differs from the preset") : QString());
  const bool wrong = !error_->text().isEmpty();
  if (number_ != nullptr) {
    // Only its text: an editor's frame follows the palette's Window, which Fusion shares.
    QPalette own;
    if (wrong) own.setColor(QPalette::Text, theme::error());
    number_->setPalette(own);
  }
  restyling_ = false;
}

bool RecipeFieldEdit::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::Wheel && !editor()->hasFocus()) {
    event->ignore();
    return true;
  }
  return QWidget::eventFilter(watched, event);
}

void RecipeFieldEdit::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  const bool looks = event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange;
  if (looks && label_ != nullptr) restyle();
}

}  // namespace loupe::ui
