// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shift/example_bar.h"

#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QToolButton>
#include <algorithm>
#include <limits>

#include "ui/client/text.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/theme.h"

namespace loupe::ui::shift {

ExampleBar::ExampleBar(QWidget* parent) : QWidget(parent) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(theme::grid);
  layout->addWidget(make_line());
  layout->addWidget(make_editors());
  editors_->hide();
  connect(sets_, &QComboBox::activated, this, &ExampleBar::set_picked);
  connect(index_, &QSpinBox::valueChanged, this, [this] {
    update_buttons();
    emit index_picked();
  });
  connect(previous_, &QToolButton::clicked, this, [this] { step(-1); });
  connect(next_, &QToolButton::clicked, this, [this] { step(+1); });
  connect(type_, &QToolButton::toggled, this, [this](bool typed) {
    editors_->setVisible(typed);
    update_buttons();
    emit typing_toggled(typed);
  });
  connect(scale_, &QComboBox::currentIndexChanged, this, &ExampleBar::scale_picked);
  update_buttons();
}

QWidget* ExampleBar::make_line() {
  auto* line = new QWidget(this);
  auto* label = new QLabel(tr("&Pair"), line);
  sets_ = new QComboBox(line);
  sets_->setObjectName(QStringLiteral("shift-set"));
  sets_->setAccessibleName(tr("Evaluation set"));
  sets_->setToolTip(tr("The evaluation set that the pair comes from"));
  sets_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
  sets_->setMinimumContentsLength(8);
  label->setBuddy(sets_);
  index_ = new QSpinBox(line);
  index_->setObjectName(QStringLiteral("shift-index"));
  index_->setAccessibleName(tr("Number of the pair"));
  index_->setPrefix(QStringLiteral("#"));
  index_->setRange(1, 1);
  index_->setKeyboardTracking(false);
  total_ = new QLabel(line);
  theme::make_secondary(total_);
  const auto button = [&](const char* icon_name, const char* object, const QString& name,
                          const QString& tooltip) {
    auto* made = new QToolButton(line);
    made->setObjectName(QString::fromLatin1(object));
    made->setIcon(icon(QString::fromLatin1(icon_name), theme::reference()));
    made->setAccessibleName(name);
    made->setToolTip(tooltip);
    return made;
  };
  previous_ =
      button("previous", "shift-previous", tr("Previous pair"), tr("Previous pair (Alt+Up)"));
  next_ = button("next", "shift-next", tr("Next pair"), tr("Next pair (Alt+Down)"));
  type_ = button("type", "shift-type", tr("Type a pair"),
                 tr("Type your own prompt and responses, starting from the pair shown"));
  type_->setText(tr("Type"));
  type_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  type_->setCheckable(true);
  auto* scale_label = new QLabel(tr("&Scale"), line);
  scale_ = new QComboBox(line);
  scale_->setObjectName(QStringLiteral("shift-scale"));
  scale_->setAccessibleName(tr("Scale of the picture"));
  scale_->addItem(tr("share of each margin"));
  scale_->addItem(tr("reward units"));
  scale_->setToolTip(
      tr("Rewards of explicit and implicit models differ in size, often a hundredfold.\nAs shares "
         "of each model's own margin before the edit both are readable; in reward units the sizes "
         "compare."));
  scale_label->setBuddy(scale_);
  exports_ = new QPushButton(tr("Export"), line);
  exports_->setObjectName(QStringLiteral("shift-export"));
  auto* layout = new QHBoxLayout(line);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(theme::grid);
  layout->addWidget(label);
  layout->addWidget(sets_);
  layout->addWidget(index_);
  layout->addWidget(total_);
  layout->addWidget(previous_);
  layout->addWidget(next_);
  layout->addWidget(type_);
  layout->addStretch(1);
  layout->addWidget(scale_label);
  layout->addWidget(scale_);
  layout->addWidget(exports_);
  return line;
}

QWidget* ExampleBar::make_editors() {
  editors_ = new QWidget(this);
  auto* grid = new QGridLayout(editors_);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setSpacing(theme::grid / 2);
  const auto editor = [&](const QString& title, const char* object, int column) {
    auto* made = new QPlainTextEdit(editors_);
    made->setObjectName(QString::fromLatin1(object));
    made->setTabChangesFocus(true);
    made->setAccessibleName(title);
    made->setFixedHeight(2 * fontMetrics().lineSpacing() + 12);
    auto* label = new QLabel(title, editors_);
    label->setBuddy(made);
    grid->addWidget(label, 0, column);
    grid->addWidget(made, 1, column);
    connect(made, &QPlainTextEdit::textChanged, this, &ExampleBar::texts_changed);
    return made;
  };
  prompt_ = editor(tr("Prompt (one user turn)"), "shift-prompt-edit", 0);
  chosen_ = editor(tr("Chosen response, original"), "shift-chosen-edit", 1);
  rejected_ = editor(tr("Rejected response, original"), "shift-rejected-edit", 2);
  return editors_;
}

void ExampleBar::set_sets(const QStringList& sets, const QString& current, qint64 index,
                          qint64 total) {
  const QSignalBlocker no_sets(sets_), no_index(index_);
  sets_->clear();
  sets_->addItems(sets);
  sets_->setCurrentIndex(std::max<int>(0, static_cast<int>(sets.indexOf(current))));
  const qint64 most = std::clamp<qint64>(total, 1, std::numeric_limits<int>::max());
  index_->setRange(1, static_cast<int>(most));
  index_->setValue(static_cast<int>(std::min(index + 1, most)));
  total_->setText(total > 0 ? tr("of %1").arg(total) : QString());
  update_buttons();
}

QString ExampleBar::set() const {
  return sets_->currentText();
}

qint64 ExampleBar::index() const {
  return index_->value() - 1;
}

void ExampleBar::step(int by) {
  if (index_->isEnabled()) index_->setValue(index_->value() + by);
}

void ExampleBar::update_buttons() {
  const bool from_set = !is_typed() && sets_->count() > 0;
  sets_->setEnabled(from_set);
  index_->setEnabled(from_set);
  previous_->setEnabled(from_set && index_->value() > index_->minimum());
  next_->setEnabled(from_set && index_->value() < index_->maximum());
}

bool ExampleBar::is_typed() const {
  return type_->isChecked();
}

void ExampleBar::set_typed(bool typed) {
  const QSignalBlocker blocker(type_);
  type_->setChecked(typed);
  editors_->setVisible(typed);
  update_buttons();
}

void ExampleBar::set_texts(const api::Pair& pair) {
  const std::pair<QPlainTextEdit*, const std::string*> texts[] = {
      {prompt_, &pair.prompt}, {chosen_, &pair.chosen}, {rejected_, &pair.rejected}};
  for (const auto& [editor, text] : texts) {
    const QSignalBlocker blocker(editor);
    if (editor->toPlainText() != qstr(*text)) editor->setPlainText(qstr(*text));
  }
}

api::Pair ExampleBar::texts() const {
  api::Pair pair;
  pair.prompt = stdstr(prompt_->toPlainText());
  pair.chosen = stdstr(chosen_->toPlainText());
  pair.rejected = stdstr(rejected_->toPlainText());
  return pair;
}

bool ExampleBar::is_relative() const {
  return scale_->currentIndex() == 0;
}

}  // namespace loupe::ui::shift
