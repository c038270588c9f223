// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspect/pair_bar.h"

#include <QAbstractItemView>
#include <QBoxLayout>
#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QShortcut>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QStandardItemModel>
#include <QToolButton>
#include <algorithm>
#include <limits>

#include "ui/client/text.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

constexpr int dataset_role = Qt::UserRole + 1;  // its id; sets have none

}  // namespace

PairBar::PairBar(QWidget* parent) : QWidget(parent) {
  auto* lines = new QWidget(this);
  choice_ = make_choice();
  tools_ = make_tools();
  line_ = new QBoxLayout(QBoxLayout::LeftToRight, lines);
  line_->setContentsMargins(0, 0, 0, 0);
  line_->setSpacing(theme::grid);
  line_->addWidget(choice_);
  line_->addWidget(tools_);
  // Narrower than both side by side: then they stand below each other.
  lines->setMinimumWidth(choice_->minimumSizeHint().width());
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(theme::grid);
  layout->addWidget(lines);
  layout->addWidget(make_editors());
  editors_->hide();
  connect(sources_, &QComboBox::activated, this, [this](int item) {
    const qint64 dataset = sources_->itemData(item, dataset_role).toLongLong();
    source_ = dataset != 0 ? Source{{}, dataset} : Source{sources_->itemText(item), 0};
    update_buttons();
    emit source_picked();
  });
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

void PairBar::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  const int beside = choice_->sizeHint().width() + line_->spacing() + tools_->sizeHint().width();
  line_->setDirection(width() >= beside ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
}

QWidget* PairBar::make_choice() {
  auto* line = new QWidget(this);
  auto* label = new QLabel(tr("&Pair"), line);
  sources_ = new QComboBox(line);
  sources_->setObjectName(QStringLiteral("inspect-set"));
  sources_->setAccessibleName(tr("Evaluation set or data set"));
  sources_->setToolTip(
      tr("Where the pair comes from: an evaluation set of the first run, or a data set of the\n"
         "workspace"));
  sources_->setMinimumContentsLength(14);
  sources_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  label->setBuddy(sources_);
  index_ = new QSpinBox(line);
  index_->setObjectName(QStringLiteral("inspect-index"));
  index_->setAccessibleName(tr("Number of the pair"));
  index_->setToolTip(tr("Number of the pair (Ctrl+G)"));
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
  previous_->setObjectName(QStringLiteral("inspect-previous"));
  next_ = button(QStringLiteral("next"), tr("Next pair"), tr("Next pair (Alt+Down)"));
  next_->setObjectName(QStringLiteral("inspect-next"));
  type_ = button(QStringLiteral("type"), tr("Type a pair"),
                 tr("Type your own prompt and responses, starting from the pair shown"));
  type_->setObjectName(QStringLiteral("inspect-type"));
  type_->setText(tr("Type"));
  type_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  type_->setCheckable(true);
  auto* layout = new QHBoxLayout(line);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(theme::grid);
  for (QWidget* part : {static_cast<QWidget*>(label), static_cast<QWidget*>(sources_),
                        static_cast<QWidget*>(index_), static_cast<QWidget*>(total_),
                        static_cast<QWidget*>(previous_), static_cast<QWidget*>(next_),
                        static_cast<QWidget*>(type_)}) {
    layout->addWidget(part);
  }
  layout->addStretch(1);
  return line;
}

QWidget* PairBar::make_tools() {
  auto* line = new QWidget(this);
  auto* scale_label = new QLabel(tr("&Scale"), line);
  scale_ = new QComboBox(line);
  scale_->setObjectName(QStringLiteral("inspect-scale"));
  scale_->setAccessibleName(tr("Colour scale"));
  scale_->addItem(tr("share of the largest credit"));
  scale_->addItem(tr("reward units"));
  scale_->setToolTip(
      tr("One colour scale for the page. Rewards of explicit and implicit models "
         "differ in size, often a hundredfold:\nas shares of each model's largest "
         "credit all are readable; in reward units the sizes compare."));
  scale_label->setBuddy(scale_);
  add_model_ = new QPushButton(tr("Add model"), line);
  add_model_->setObjectName(QStringLiteral("inspect-add"));
  add_model_->setToolTip(tr("Another column, up to three: a run, or a model of the workspace"));
  open_shift_ = new QPushButton(tr("Shift"), line);
  open_shift_->setObjectName(QStringLiteral("inspect-shift"));
  open_shift_->setToolTip(tr("Open this pair in Shift: edit a response and see the reward move"));
  exports_ = new QPushButton(tr("Export"), line);
  exports_->setObjectName(QStringLiteral("inspect-export"));
  auto* layout = new QHBoxLayout(line);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(theme::grid);
  layout->addStretch(1);
  for (QWidget* part : {static_cast<QWidget*>(scale_label), static_cast<QWidget*>(scale_),
                        static_cast<QWidget*>(add_model_), static_cast<QWidget*>(open_shift_),
                        static_cast<QWidget*>(exports_)}) {
    layout->addWidget(part);
  }
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
  if (source_.dataset == 0 && !sets.contains(source_.set)) {
    source_.set = sets.isEmpty() ? QString() : sets.front();
  }
  if (sets == set_names_) return fill();
  set_names_ = sets;
  fill();
}

void PairBar::set_datasets(const std::vector<api::Dataset>& datasets) {
  datasets_ = datasets;
  fill();
}

void PairBar::set_source(const Source& source) {
  source_ = source;
  fill();
}

void PairBar::fill() {
  const QSignalBlocker blocker(sources_);
  sources_->clear();
  sources_->addItems(set_names_);
  if (!set_names_.isEmpty() && !datasets_.empty()) sources_->insertSeparator(sources_->count());
  const auto* items = qobject_cast<QStandardItemModel*>(sources_->model());
  for (const api::Dataset& dataset : datasets_) {
    sources_->addItem(tr("Data: %1").arg(qstr(dataset.name)));
    const int at = sources_->count() - 1;
    sources_->setItemData(at, static_cast<qint64>(dataset.id), dataset_role);
    sources_->setItemData(at,
                          dataset.available
                              ? tr("%1 pairs, %2").arg(dataset.pairs).arg(qstr(dataset.path))
                              : tr("%1 is not there any more").arg(qstr(dataset.path)),
                          Qt::ToolTipRole);
    if (!dataset.available && items != nullptr) items->item(at)->setEnabled(false);
  }
  const int current = source_.dataset != 0 ? sources_->findData(source_.dataset, dataset_role)
                                           : static_cast<int>(set_names_.indexOf(source_.set));
  sources_->setCurrentIndex(current);
  sources_->view()->setMinimumWidth(sources_->view()->sizeHintForColumn(0) + 3 * theme::grid);
  update_buttons();
}

void PairBar::set_total(qint64 total) {
  const QSignalBlocker blocker(index_);
  known_total_ = std::clamp<qint64>(total, 0, std::numeric_limits<int>::max());
  index_->setRange(1, static_cast<int>(std::max<qint64>(1, known_total_)));
  total_->setText(total > 0 ? tr("of %1").arg(total) : QString());
  update_buttons();
}

qint64 PairBar::index() const {
  return index_->value() - 1;
}

void PairBar::set_index(qint64 index) {
  const QSignalBlocker blocker(index_);
  const auto value =
      static_cast<int>(std::clamp<qint64>(index + 1, 1, std::numeric_limits<int>::max()));
  if (value > index_->maximum()) index_->setMaximum(value);
  index_->setValue(value);
  update_buttons();
}

bool PairBar::can_step(int by) const {
  const int value = index_->value() + by;
  return index_->isEnabled() && value >= index_->minimum() && value <= index_->maximum();
}

void PairBar::step(int by) {
  if (can_step(by)) index_->setValue(index_->value() + by);
}

void PairBar::edit_index() {
  index_->setFocus(Qt::ShortcutFocusReason);
  index_->selectAll();
}

void PairBar::update_buttons() {
  const bool from_set = !is_typed();
  sources_->setEnabled(from_set && sources_->count() > 0);
  index_->setEnabled(from_set && known_total_ > 0);
  previous_->setEnabled(can_step(-1));
  next_->setEnabled(can_step(+1));
}

bool PairBar::is_typed() const {
  return type_->isChecked();
}

void PairBar::set_is_typed(bool typed) {
  const QSignalBlocker blocker(type_);
  type_->setChecked(typed);
  editors_->setVisible(typed);
  update_buttons();
}

bool PairBar::has_text() const {
  return !prompt_->toPlainText().isEmpty() || !chosen_->toPlainText().isEmpty() ||
         !rejected_->toPlainText().isEmpty();
}

void PairBar::offer_texts(const api::Pair& pair) {
  if (!has_text()) set_texts(pair);
}

void PairBar::set_texts(const api::Pair& pair) {
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
