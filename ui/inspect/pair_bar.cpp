// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspect/pair_bar.h"

#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QShortcut>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QToolButton>
#include <algorithm>
#include <limits>

#include "ui/client/text.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {

PairBar::PairBar(QWidget* parent) : QWidget(parent) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(theme::grid);
  layout->addWidget(make_line());
  layout->addWidget(make_editors());
  editors_->hide();
  connect(sets_, &QComboBox::activated, this, &PairBar::set_picked);
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
  update_buttons();
}

QWidget* PairBar::make_line() {
  auto* line = new QWidget(this);
  auto* label = new QLabel(tr("&Pair"), line);
  sets_ = new QComboBox(line);
  sets_->setObjectName(QStringLiteral("inspect-set"));
  sets_->setAccessibleName(tr("Evaluation set"));
  sets_->setToolTip(tr("The evaluation set that the pair comes from"));
  sets_->setMinimumContentsLength(14);
  label->setBuddy(sets_);
  index_ = new QSpinBox(line);
  index_->setObjectName(QStringLiteral("inspect-index"));
  index_->setAccessibleName(tr("Number of the pair"));
  index_->setPrefix(QStringLiteral("#"));
  index_->setRange(1, 1);
  index_->setKeyboardTracking(false);
  total_ = new QLabel(line);
  theme::make_secondary(total_);
  const auto button = [&](const QString& icon_name, const QString& name, const QString& tooltip) {
    auto* made = new QToolButton(line);
    made->setIcon(icon(icon_name, theme::reference()));
    made->setAccessibleName(name);
    made->setToolTip(tooltip);
    return made;
  };
  previous_ = button(QStringLiteral("previous"), tr("Previous pair"), tr("Previous pair (Alt+Up)"));
  previous_->setShortcut(QKeySequence(Qt::ALT | Qt::Key_Up));
  next_ = button(QStringLiteral("next"), tr("Next pair"), tr("Next pair (Alt+Down)"));
  next_->setObjectName(QStringLiteral("inspect-next"));
  next_->setShortcut(QKeySequence(Qt::ALT | Qt::Key_Down));
  type_ = button(QStringLiteral("type"), tr("Type a pair"),
                 tr("Type your own prompt and responses, starting from the pair shown"));
  type_->setObjectName(QStringLiteral("inspect-type"));
  type_->setText(tr("Type"));
  type_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  type_->setCheckable(true);
  auto* scale_label = new QLabel(tr("&Scale"), line);
  scale_ = new QComboBox(line);
  scale_->setObjectName(QStringLiteral("inspect-scale"));
  scale_->setAccessibleName(tr("Colour scale"));
  scale_->addItem(tr("share of the largest credit"));
  scale_->addItem(tr("reward units"));
  scale_->setToolTip(
      tr("One colour scale for the page. Rewards of explicit and implicit models "
         "differ in size, often a hundredfold:\nas shares of each model's largest "
         "credit both are readable; in reward units the sizes compare."));
  scale_label->setBuddy(scale_);
  exports_ = new QPushButton(tr("Export"), line);
  auto* layout = new QHBoxLayout(line);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(theme::grid);
  for (QWidget* part :
       {static_cast<QWidget*>(label), static_cast<QWidget*>(sets_), static_cast<QWidget*>(index_),
        static_cast<QWidget*>(total_), static_cast<QWidget*>(previous_),
        static_cast<QWidget*>(next_), static_cast<QWidget*>(type_)}) {
    layout->addWidget(part);
  }
  layout->addStretch(1);
  layout->addWidget(scale_label);
  layout->addWidget(scale_);
  layout->addWidget(exports_);
  return line;
}

QWidget* PairBar::make_editors() {
  editors_ = new QWidget(this);
  auto* grid = new QGridLayout(editors_);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setSpacing(theme::grid / 2);
  const auto editor = [&](const QString& title, const QString& object_name, int column) {
    auto* made = new QPlainTextEdit(editors_);
    made->setObjectName(object_name);
    made->setTabChangesFocus(true);
    made->setAccessibleName(title);
    made->setFixedHeight(3 * fontMetrics().lineSpacing() + 12);
    auto* label = new QLabel(title, editors_);
    label->setBuddy(made);
    grid->addWidget(label, 0, column);
    grid->addWidget(made, 1, column);
    return made;
  };
  prompt_ = editor(tr("Prompt (one user turn)"), QStringLiteral("inspect-prompt-edit"), 0);
  chosen_ = editor(tr("Chosen response"), QStringLiteral("inspect-chosen-edit"), 1);
  rejected_ = editor(tr("Rejected response"), QStringLiteral("inspect-rejected-edit"), 2);
  auto* score = new QPushButton(tr("Score"), editors_);
  score->setObjectName(QStringLiteral("inspect-score"));
  score->setToolTip(tr("Score what is typed (Ctrl+Enter)"));
  grid->addWidget(score, 1, 3, Qt::AlignBottom);
  connect(score, &QPushButton::clicked, this, &PairBar::score_wanted);
  auto* enter = new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_Return), editors_);
  enter->setContext(Qt::WidgetWithChildrenShortcut);
  connect(enter, &QShortcut::activated, this, &PairBar::score_wanted);
  return editors_;
}

void PairBar::set_sets(const QStringList& sets) {
  const QString before = set();
  const QSignalBlocker blocker(sets_);
  sets_->clear();
  sets_->addItems(sets);
  sets_->setCurrentIndex(std::max<int>(0, static_cast<int>(sets.indexOf(before))));
  update_buttons();
}

void PairBar::set_total(qint64 total) {
  const QSignalBlocker blocker(index_);
  const qint64 most = std::clamp<qint64>(total, 1, std::numeric_limits<int>::max());
  index_->setRange(1, static_cast<int>(most));
  total_->setText(total > 0 ? tr("of %1").arg(total) : QString());
  update_buttons();
}

QString PairBar::set() const {
  return sets_->currentText();
}

qint64 PairBar::index() const {
  return index_->value() - 1;
}

void PairBar::set_index(qint64 index) {
  index_->setValue(static_cast<int>(index) + 1);
}

void PairBar::step(int by) {
  index_->setValue(index_->value() + by);
}

void PairBar::update_buttons() {
  const bool from_set = !is_typed();
  sets_->setEnabled(from_set && sets_->count() > 0);
  index_->setEnabled(from_set && sets_->count() > 0);
  previous_->setEnabled(index_->isEnabled() && index_->value() > index_->minimum());
  next_->setEnabled(index_->isEnabled() && index_->value() < index_->maximum());
}

bool PairBar::is_typed() const {
  return type_->isChecked();
}

void PairBar::offer_texts(const api::Pair& pair) {
  const bool untouched = prompt_->toPlainText().isEmpty() && chosen_->toPlainText().isEmpty() &&
                         rejected_->toPlainText().isEmpty();
  if (!untouched) return;
  prompt_->setPlainText(qstr(pair.prompt));
  chosen_->setPlainText(qstr(pair.chosen));
  rejected_->setPlainText(qstr(pair.rejected));
}

api::Pair PairBar::typed() const {
  api::Pair pair;
  pair.prompt = stdstr(prompt_->toPlainText());
  pair.chosen = stdstr(chosen_->toPlainText());
  pair.rejected = stdstr(rejected_->toPlainText());
  return pair;
}

}  // namespace loupe::ui
