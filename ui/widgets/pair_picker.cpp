// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/pair_picker.h"

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

PairPicker::PairPicker(const Options& options, QWidget* parent)
    : QWidget(parent), options_(options) {
  auto* lines = new QWidget(this);
  choice_ = make_choice();
  tools_ = new QWidget(this);
  auto* tools = new QHBoxLayout(tools_);
  tools->setContentsMargins(0, 0, 0, 0);
  tools->setSpacing(theme::grid);
  tools->addStretch(1);
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

void PairPicker::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  const int beside = choice_->sizeHint().width() + line_->spacing() + tools_->sizeHint().width();
  line_->setDirection(width() >= beside ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
}

QWidget* PairPicker::make_choice() {
  auto* line = new QWidget(this);
  auto* label = new QLabel(tr("&Pair"), line);
  sources_ = new QComboBox(line);
  sources_->setObjectName(options_.name + QStringLiteral("-set"));
  sources_->setAccessibleName(tr("Evaluation set or data set"));
  sources_->setToolTip(options_.source_why);
  sources_->setMinimumContentsLength(14);
  sources_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  label->setBuddy(sources_);
  index_ = new QSpinBox(line);
  index_->setObjectName(options_.name + QStringLiteral("-index"));
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
  previous_->setObjectName(options_.name + QStringLiteral("-previous"));
  next_ = button(QStringLiteral("next"), tr("Next pair"), tr("Next pair (Alt+Down)"));
  next_->setObjectName(options_.name + QStringLiteral("-next"));
  type_ = button(QStringLiteral("type"), tr("Type a pair"),
                 tr("Type your own prompt and responses, starting from the pair shown"));
  type_->setObjectName(options_.name + QStringLiteral("-type"));
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

void PairPicker::add_tools(const QList<QWidget*>& tools) {
  for (QWidget* tool : tools) tools_->layout()->addWidget(tool);
}

QWidget* PairPicker::make_editors() {
  editors_ = new QWidget(this);
  auto* grid = new QGridLayout(editors_);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setSpacing(theme::grid / 2);
  const auto editor = [&](const QString& title, const QString& object_name, int column) {
    auto* made = new QPlainTextEdit(editors_);
    made->setObjectName(options_.name + object_name);
    made->setTabChangesFocus(true);
    made->setAccessibleName(title);
    made->setFixedHeight(options_.text_lines * fontMetrics().lineSpacing() + 12);
    auto* label = new QLabel(title, editors_);
    label->setBuddy(made);
    grid->addWidget(label, 0, column);
    grid->addWidget(made, 1, column);
    connect(made, &QPlainTextEdit::textChanged, this, &PairPicker::texts_changed);
    return made;
  };
  prompt_ = editor(tr("Prompt (one user turn)"), QStringLiteral("-prompt-edit"), 0);
  chosen_ = editor(tr("Chosen response") + options_.text_suffix, QStringLiteral("-chosen-edit"), 1);
  rejected_ =
      editor(tr("Rejected response") + options_.text_suffix, QStringLiteral("-rejected-edit"), 2);
  if (!options_.scores) return editors_;
  auto* score = new QPushButton(tr("Score"), editors_);
  score->setObjectName(options_.name + QStringLiteral("-score"));
  score->setToolTip(tr("Score what is typed (Ctrl+Enter)"));
  grid->addWidget(score, 1, 3, Qt::AlignBottom);
  connect(score, &QPushButton::clicked, this, &PairPicker::score_wanted);
  auto* enter = new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_Return), editors_);
  enter->setContext(Qt::WidgetWithChildrenShortcut);
  connect(enter, &QShortcut::activated, this, &PairPicker::score_wanted);
  return editors_;
}

void PairPicker::set_sets(const QStringList& sets) {
  if (source_.dataset == 0 && !sets.contains(source_.set)) {
    source_.set = sets.isEmpty() ? QString() : sets.front();
  }
  if (sets == set_names_) return fill();
  set_names_ = sets;
  fill();
}

void PairPicker::set_datasets(const std::vector<api::Dataset>& datasets) {
  datasets_ = datasets;
  fill();
}

void PairPicker::set_source(const Source& source) {
  source_ = source;
  fill();
}

void PairPicker::fill() {
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

void PairPicker::set_total(qint64 total) {
  const QSignalBlocker blocker(index_);
  known_total_ = std::clamp<qint64>(total, 0, std::numeric_limits<int>::max());
  index_->setRange(1, static_cast<int>(std::max<qint64>(1, known_total_)));
  total_->setText(total > 0 ? tr("of %1").arg(total) : QString());
  update_buttons();
}

qint64 PairPicker::index() const {
  return index_->value() - 1;
}

void PairPicker::set_index(qint64 index) {
  const QSignalBlocker blocker(index_);
  const auto value =
      static_cast<int>(std::clamp<qint64>(index + 1, 1, std::numeric_limits<int>::max()));
  if (value > index_->maximum()) index_->setMaximum(value);
  index_->setValue(value);
  update_buttons();
}

bool PairPicker::can_step(int by) const {
  const int value = index_->value() + by;
  return index_->isEnabled() && value >= index_->minimum() && value <= index_->maximum();
}

void PairPicker::step(int by) {
  if (can_step(by)) index_->setValue(index_->value() + by);
}

void PairPicker::edit_index() {
  index_->setFocus(Qt::ShortcutFocusReason);
  index_->selectAll();
}

void PairPicker::update_buttons() {
  const bool from_set = !is_typed();
  sources_->setEnabled(from_set && sources_->count() > 0);
  index_->setEnabled(from_set && known_total_ > 0);
  previous_->setEnabled(can_step(-1));
  next_->setEnabled(can_step(+1));
}

bool PairPicker::is_typed() const {
  return type_->isChecked();
}

void PairPicker::set_is_typed(bool typed) {
  const QSignalBlocker blocker(type_);
  type_->setChecked(typed);
  editors_->setVisible(typed);
  update_buttons();
}

bool PairPicker::has_text() const {
  return !prompt_->toPlainText().isEmpty() || !chosen_->toPlainText().isEmpty() ||
         !rejected_->toPlainText().isEmpty();
}

void PairPicker::offer_texts(const api::Pair& pair) {
  if (!has_text()) set_texts(pair);
}

void PairPicker::set_texts(const api::Pair& pair) {
  const std::pair<QPlainTextEdit*, const std::string*> texts[] = {
      {prompt_, &pair.prompt}, {chosen_, &pair.chosen}, {rejected_, &pair.rejected}};
  for (const auto& [editor, text] : texts) {
    const QSignalBlocker blocker(editor);
    if (editor->toPlainText() != qstr(*text)) editor->setPlainText(qstr(*text));
  }
}

api::Pair PairPicker::typed() const {
  api::Pair pair;
  pair.prompt = stdstr(prompt_->toPlainText());
  pair.chosen = stdstr(chosen_->toPlainText());
  pair.rejected = stdstr(rejected_->toPlainText());
  return pair;
}

}  // namespace loupe::ui
