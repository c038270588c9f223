// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/frame/command_palette.h"

#include <QApplication>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "ui/frame/fuzzy.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

constexpr int kept_recent = 20, shown_at_most = 200, recent_bonus = 15;
constexpr int wanted_width = 640, wanted_height = 420, from_top = 48;

// Title and what it is about on the left, kind and shortcut on the right.
class PaletteDelegate : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;

  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const override {
    return {200, option.fontMetrics.height() + 2 * theme::grid - 2};
  }

  void paint(QPainter* painter, const QStyleOptionViewItem& option,
             const QModelIndex& index) const override {
    painter->save();
    const bool current = option.state & QStyle::State_Selected;
    const QPalette& colours = option.palette;
    if (current) painter->fillRect(option.rect, colours.color(QPalette::Highlight));
    const QColor strong = colours.color(current ? QPalette::HighlightedText : QPalette::Text);
    QColor soft = current ? strong : theme::secondary_text();
    if (current) soft.setAlphaF(0.85f);
    QRect room = option.rect.adjusted(2 * theme::grid, 0, -2 * theme::grid, 0);
    const QFontMetrics& metrics = option.fontMetrics;

    const QString kind = index.data(PaletteModel::kind_role).toString();
    const QString keys = index.data(PaletteModel::shortcut_role).toString();
    const int kind_width = metrics.horizontalAdvance(QStringLiteral("Workspace")) + theme::grid;
    painter->setPen(soft);
    painter->drawText(room, Qt::AlignRight | Qt::AlignVCenter, kind);
    room.setRight(room.right() - kind_width - theme::grid);
    if (!keys.isEmpty()) {
      painter->setPen(strong);
      painter->drawText(room, Qt::AlignRight | Qt::AlignVCenter, keys);
      room.setRight(room.right() - metrics.horizontalAdvance(keys) - 2 * theme::grid);
    }
    const QString title =
        metrics.elidedText(index.data(Qt::DisplayRole).toString(), Qt::ElideRight, room.width());
    painter->setPen(strong);
    painter->drawText(room, Qt::AlignLeft | Qt::AlignVCenter, title);
    room.setLeft(room.left() + metrics.horizontalAdvance(title) + theme::grid + theme::grid / 2);
    painter->setPen(soft);
    painter->drawText(room, Qt::AlignLeft | Qt::AlignVCenter,
                      metrics.elidedText(index.data(PaletteModel::detail_role).toString(),
                                         Qt::ElideRight, qMax(0, room.width())));
    painter->restore();
  }
};

}  // namespace

void PaletteModel::set_items(std::vector<PaletteItem> items, const QStringList& recent) {
  items_ = std::move(items);
  recent_ = recent;
  set_typed({});
}

void PaletteModel::set_typed(const QString& typed) {
  struct Found {
    int item, score;
  };
  std::vector<Found> found;
  const bool all = typed.trimmed().isEmpty();
  for (int i = 0; i < static_cast<int>(items_.size()); ++i) {
    const PaletteItem& item = items_[size_t(i)];
    std::optional<int> score = fuzzy_score(typed, item.title);
    // What it is about and its kind count too, but less.
    if (!score) {
      score = fuzzy_score(
          typed, item.title + QLatin1Char(' ') + item.detail + QLatin1Char(' ') + item.kind);
      if (score) *score -= 50;
    }
    if (!score) continue;
    const auto used = recent_.indexOf(item.key);
    if (used >= 0) *score += all ? 1000 - static_cast<int>(used) : recent_bonus;
    found.push_back({i, *score});
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Found& a, const Found& b) { return a.score > b.score; });
  if (found.size() > shown_at_most) found.resize(shown_at_most);
  beginResetModel();
  shown_.clear();
  for (const Found& one : found) shown_.push_back(one.item);
  endResetModel();
}

int PaletteModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(shown_.size());
}

QVariant PaletteModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  const PaletteItem& found = item(index.row());
  switch (role) {
    case Qt::DisplayRole:
      return found.title;
    case Qt::AccessibleTextRole:
      return QStringLiteral("%1: %2 %3 %4")
          .arg(found.kind, found.title, found.detail, found.shortcut);
    case Qt::ToolTipRole:
      return found.act_other ? tr("%1\nShift+Enter: show it in Runs").arg(found.detail)
                             : found.detail;
    case detail_role:
      return found.detail;
    case kind_role:
      return found.kind;
    case shortcut_role:
      return found.shortcut;
    default:
      return {};
  }
}

CommandPalette::CommandPalette(QWidget* over) : QFrame(over) {
  setObjectName(QStringLiteral("command-palette"));
  setAccessibleName(tr("Search everything"));
  hide();
  model_ = new PaletteModel(this);
  typed_ = new QLineEdit(this);
  typed_->setObjectName(QStringLiteral("palette-typed"));
  typed_->setPlaceholderText(tr("An action, page, run, model, data set or workspace"));
  typed_->setAccessibleName(tr("What to look for"));
  typed_->setFont(theme::scaled(font(), 1.15));
  list_ = new QListView(this);
  list_->setObjectName(QStringLiteral("palette-list"));
  list_->setAccessibleName(tr("What was found"));
  list_->setModel(model_);
  list_->setItemDelegate(new PaletteDelegate(list_));
  list_->setUniformItemSizes(true);
  list_->setFrameShape(QFrame::NoFrame);
  list_->setFocusPolicy(Qt::NoFocus);
  list_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  nothing_ = new QLabel(tr("Nothing of that name."), this);
  nothing_->setContentsMargins(2 * theme::grid, theme::grid, 0, theme::grid);
  theme::make_secondary(nothing_);
  auto* keys =
      new QLabel(tr("Enter opens it, Shift+Enter shows a run in Runs, Esc closes this list"), this);
  keys->setContentsMargins(2 * theme::grid, 0, 0, theme::grid);
  theme::make_secondary(keys);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(1, 1, 1, 1);
  layout->setSpacing(theme::grid);
  auto* line = new QHBoxLayout;
  line->setContentsMargins(theme::grid, theme::grid, theme::grid, 0);
  line->addWidget(typed_);
  layout->addLayout(line);
  layout->addWidget(nothing_);
  layout->addWidget(list_, 1);
  layout->addWidget(keys);
  connect(typed_, &QLineEdit::textChanged, this, &CommandPalette::filter);
  connect(list_, &QListView::clicked, this, [this](const QModelIndex& index) {
    list_->setCurrentIndex(index);
    choose(QApplication::keyboardModifiers() & Qt::ShiftModifier);
  });
  typed_->installEventFilter(this);
  over->installEventFilter(this);
}

void CommandPalette::open(std::vector<PaletteItem> items) {
  if (!isVisible()) before_ = QApplication::focusWidget();
  model_->set_items(std::move(items), recent_);
  typed_->clear();
  filter({});
  place();
  show();
  raise();
  typed_->setFocus();
}

void CommandPalette::filter(const QString& typed) {
  model_->set_typed(typed);
  const bool any = model_->rowCount() > 0;
  nothing_->setVisible(!any);
  list_->setVisible(any);
  if (any) list_->setCurrentIndex(model_->index(0));
  list_->scrollToTop();
  place();
}

void CommandPalette::choose(bool other) {
  const QModelIndex index = list_->currentIndex();
  if (!index.isValid()) return;
  const PaletteItem item = model_->item(index.row());
  recent_.removeAll(item.key);
  recent_.prepend(item.key);
  while (recent_.size() > kept_recent) recent_.removeLast();
  hide();
  emit chosen();
  const auto& act = other && item.act_other ? item.act_other : item.act;
  if (act) act();
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event) {
  if (watched == parent()) {
    if (event->type() == QEvent::Resize && isVisible()) place();
    return false;
  }
  if (event->type() == QEvent::FocusOut) {
    // Something else was clicked. A popup of the field itself, its context menu, is not that.
    const auto reason = static_cast<QFocusEvent*>(event)->reason();
    if (reason == Qt::MouseFocusReason || reason == Qt::OtherFocusReason) hide();
    return false;
  }
  if (event->type() != QEvent::KeyPress) return QFrame::eventFilter(watched, event);
  auto* key = static_cast<QKeyEvent*>(event);
  switch (key->key()) {
    case Qt::Key_Escape:
      hide();
      return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
      choose(key->modifiers() & Qt::ShiftModifier);
      return true;
    case Qt::Key_Tab:
    case Qt::Key_Backtab:
      return true;  // the list is reached by the arrows; the focus stays with the field
    case Qt::Key_Up:
    case Qt::Key_Down:
    case Qt::Key_PageUp:
    case Qt::Key_PageDown: {
      // Round at the ends.
      const int rows = model_->rowCount(), row = list_->currentIndex().row();
      if (rows > 0 && key->key() == Qt::Key_Down && row == rows - 1) {
        list_->setCurrentIndex(model_->index(0));
      } else if (rows > 0 && key->key() == Qt::Key_Up && row <= 0) {
        list_->setCurrentIndex(model_->index(rows - 1));
      } else {
        QApplication::sendEvent(list_, key);
      }
      return true;
    }
    default:
      return false;
  }
}

void CommandPalette::hideEvent(QHideEvent* event) {
  QFrame::hideEvent(event);
  // Unless something else has taken the focus since.
  QWidget* now = QApplication::focusWidget();
  const bool mine = now == nullptr || now == this || isAncestorOf(now);
  if (mine && before_ != nullptr && before_->isVisible()) before_->setFocus();
}

void CommandPalette::place() {
  const QSize room = parentWidget()->size();
  const int width = qMin(wanted_width, room.width() - 4 * theme::grid);
  // As high as what was found, at most; what is around the list has its own height.
  const int rows = qMax(1, model_->rowCount()) * qMax(1, list_->sizeHintForRow(0));
  const int around = typed_->sizeHint().height() + fontMetrics().height() + 6 * theme::grid;
  const int height =
      qMin(qMin(wanted_height, rows + around), room.height() - from_top - 2 * theme::grid);
  setGeometry((room.width() - width) / 2, from_top, width, height);
}

void CommandPalette::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), palette().color(QPalette::Base));
  painter.setPen(QPen(palette().color(QPalette::Highlight), 1));
  painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

}  // namespace loupe::ui
