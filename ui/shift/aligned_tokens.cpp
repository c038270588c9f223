// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shift/aligned_tokens.h"

#include <QAccessible>
#include <QFontMetricsF>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "ui/shift/shift_text.h"
#include "ui/widgets/diverging_scale.h"
#include "ui/widgets/format.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/token_text.h"

namespace loupe::ui::shift {
namespace {

constexpr double between = 2;  // the box before and the box after
constexpr double faint = 0.45;
constexpr int fold_from = 16, kept_in_front = 6;  // columns in front of the first edit

bool ends_line(const api::ResponseCredit& response, int position) {
  if (position < 0) return false;
  const std::string bytes =
      api::base64_decode(response.tokens[static_cast<size_t>(position)].bytes);
  return !bytes.empty() && bytes.back() == '\n';
}

QString label_at(const api::ResponseCredit& response, int position) {
  return position < 0 ? QString() : token_text(response.tokens[static_cast<size_t>(position)]);
}

// How many columns in front can stand as one: those well before the first edit, when they do not
// move. (They do where a reward is divided by the length.)
int foldable(const std::vector<Column>& columns) {
  const auto edit = std::find_if(columns.begin(), columns.end(),
                                 [](const Column& column) { return column.edited(); });
  const auto front = edit - columns.begin();
  if (edit == columns.end() || front < fold_from) return 0;
  const double still = 1e-3 * largest_change(columns);
  const auto count = front - kept_in_front;
  const bool moves = std::any_of(columns.begin(), columns.begin() + count,
                                 [&](const Column& c) { return !(std::abs(c.change) <= still); });
  return moves ? 0 : static_cast<int>(count);
}

}  // namespace

AlignedTokens::AlignedTokens(QWidget* parent) : QWidget(parent) {
  setMouseTracking(true);
  setFocusPolicy(Qt::StrongFocus);
  QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Minimum);
  policy.setHeightForWidth(true);
  setSizePolicy(policy);
  setAccessibleName(tr("Tokens before and after the edit"));
}

void AlignedTokens::set_shift(const api::Shift& shift) {
  shift_ = shift;
  columns_.clear();
  const std::vector<Column> all = columns_of(shift);
  folded_ = foldable(all);
  if (folded_ > 0) columns_.push_back(fold(all));
  for (size_t i = static_cast<size_t>(folded_); i < all.size(); ++i) {
    const Column& column = all[i];
    Shown shown;
    shown.column = column;
    shown.before = label_at(shift.before_tokens, column.before);
    shown.after = label_at(shift.after_tokens, column.after);
    shown.ends_line = ends_line(shift.before_tokens, column.before) ||
                      ends_line(shift.after_tokens, column.after);
    columns_.push_back(std::move(shown));
  }
  // A line end after the last column would leave an empty line.
  if (!columns_.empty()) columns_.back().ends_line = false;
  current_ = std::min(current_, column_count() - 1);
  layout_ = arranged(width());
  updateGeometry();
  update();
}

AlignedTokens::Shown AlignedTokens::fold(const std::vector<Column>& all) const {
  Shown shown;
  shown.column.before = shown.column.after = 0;
  for (int i = 0; i < folded_; ++i) shown.column.change += all[static_cast<size_t>(i)].change;
  shown.before = shown.after = tr("… %1 tokens").arg(folded_);
  return shown;
}

void AlignedTokens::set_limit(double limit) {
  limit_ = limit;
  update();
}

void AlignedTokens::set_dimmed(bool dimmed) {
  dimmed_ = dimmed;
  update();
}

double AlignedTokens::box_height() const {
  return std::ceil(QFontMetricsF(font()).height()) + 2;
}

double AlignedTokens::gutter() const {
  const QFontMetricsF metrics(font());
  return std::max(metrics.horizontalAdvance(tr("before")), metrics.horizontalAdvance(tr("after"))) +
         theme::grid;
}

TokenLayout AlignedTokens::arranged(int width) const {
  const QFontMetricsF metrics(font());
  TokenLayout::Metrics sizes;
  sizes.line_height = 2 * box_height() + between;
  sizes.line_gap = theme::grid;
  sizes.margin = 1;
  sizes.width = [&](const QString& text) { return metrics.horizontalAdvance(text); };
  std::vector<TokenLayout::Token> plain;
  plain.reserve(columns_.size());
  for (const Shown& shown : columns_) {
    const bool longer =
        metrics.horizontalAdvance(shown.after) > metrics.horizontalAdvance(shown.before);
    plain.push_back({longer ? shown.after : shown.before, shown.ends_line});
  }
  TokenLayout layout;
  layout.arrange(plain, width - gutter(), sizes);
  return layout;
}

QRectF AlignedTokens::box_of(int column, bool before) const {
  const QRectF whole = layout_.boxes().at(static_cast<size_t>(column)).translated(gutter(), 0);
  const double height = box_height();
  return {whole.left(), before ? whole.top() : whole.bottom() - height, whole.width(), height};
}

QColor AlignedTokens::colour_of(int column) const {
  const double change = columns_.at(static_cast<size_t>(column)).column.change;
  if (std::isnan(change)) return diverging_colour(change);
  return diverging_colour(limit_ > 0 ? change / limit_ : 0);
}

QString AlignedTokens::tooltip_of(int column) const {
  const Column& shown = columns_.at(static_cast<size_t>(column)).column;
  if (column == 0 && folded_ > 0) {
    return tr("%1 unchanged tokens in front of the edit\nchange %2")
        .arg(folded_)
        .arg(full_precision(shown.change));
  }
  return column_tooltip(shift_, shown);
}

int AlignedTokens::heightForWidth(int width) const {
  return static_cast<int>(std::ceil(arranged(width).height()));
}

QSize AlignedTokens::sizeHint() const {
  return {480, heightForWidth(std::max(480, width()))};
}

QSize AlignedTokens::minimumSizeHint() const {
  return {200, static_cast<int>(2 * box_height() + between) + 2};
}

void AlignedTokens::draw_gutter(QPainter* painter) const {
  painter->setPen(theme::secondary_text());
  double line = -1;
  for (const QRectF& box : layout_.boxes()) {
    if (box.top() == line) continue;
    line = box.top();
    const double height = box_height(), right = gutter() - theme::grid;
    painter->drawText(QRectF(0, line, right, height), Qt::AlignRight | Qt::AlignVCenter,
                      tr("before"));
    painter->drawText(QRectF(0, box.bottom() - height, right, height),
                      Qt::AlignRight | Qt::AlignVCenter, tr("after"));
  }
}

void AlignedTokens::paintEvent(QPaintEvent* event) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  if (dimmed_) painter.setOpacity(faint);
  draw_gutter(&painter);
  const QFontMetricsF metrics(font());
  const QColor text = palette().color(QPalette::WindowText);
  for (int i = 0; i < column_count(); ++i) {
    const Shown& shown = columns_[static_cast<size_t>(i)];
    const QRectF whole = box_of(i, true).united(box_of(i, false));
    if (!whole.intersects(event->rect())) continue;
    const QColor colour = colour_of(i);
    for (const bool before : {true, false}) {
      const bool is_there = (before ? shown.column.before : shown.column.after) >= 0;
      const QRectF box = box_of(i, before);
      if (!is_there) {
        painter.setPen(QPen(theme::secondary_text(), 1.2, Qt::DotLine));
        painter.drawLine(QPointF(box.left() + 2, box.center().y()),
                         QPointF(box.right() - 2, box.center().y()));
        continue;
      }
      painter.setPen(Qt::NoPen);
      painter.setBrush(colour);
      painter.drawRoundedRect(box, 3, 3);
      if (shown.column.edited()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(QBrush(text, Qt::Dense3Pattern), 2.4));
        painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 3, 3);
      }
      painter.setPen(text_colour_on(colour));
      const QString& label = before ? shown.before : shown.after;
      const QRectF inside = box.adjusted(3, 0, -3, 0);
      painter.drawText(inside, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
                       metrics.horizontalAdvance(label) > inside.width() + 0.5
                           ? metrics.elidedText(label, Qt::ElideMiddle, inside.width())
                           : label);
    }
    if (i == current_) {
      painter.setBrush(Qt::NoBrush);
      painter.setPen(QPen(text, 2));
      painter.drawRoundedRect(whole.adjusted(-0.5, -0.5, 0.5, 0.5), 3, 3);
    }
  }
  if (hasFocus()) {
    painter.setOpacity(1);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(palette().color(QPalette::Highlight), 1));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
  }
}

void AlignedTokens::resizeEvent(QResizeEvent*) {
  layout_ = arranged(width());
}

void AlignedTokens::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::FontChange) {
    layout_ = arranged(width());
    updateGeometry();
  }
  update();
}

void AlignedTokens::mouseMoveEvent(QMouseEvent* event) {
  set_current(layout_.hit(event->position() - QPointF(gutter(), 0)));
}

void AlignedTokens::leaveEvent(QEvent*) {
  if (!hasFocus()) set_current(-1);
}

void AlignedTokens::keyPressEvent(QKeyEvent* event) {
  const int next = layout_.after_key(current_, event->key());
  if (next < 0) return QWidget::keyPressEvent(event);
  set_current(next);
  show_tooltip(mapToGlobal(box_of(next, false).bottomLeft().toPoint()));
}

void AlignedTokens::focusInEvent(QFocusEvent* event) {
  if (event->reason() != Qt::MouseFocusReason && current_ < 0 && !columns_.empty()) set_current(0);
  update();
}

void AlignedTokens::focusOutEvent(QFocusEvent*) {
  set_current(-1);
  update();
}

bool AlignedTokens::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  const int column = layout_.hit(help->pos() - QPointF(gutter(), 0));
  if (column >= 0) {
    set_current(column);
    show_tooltip(help->globalPos());
  } else {
    QToolTip::hideText();
  }
  return true;
}

void AlignedTokens::set_current(int column) {
  if (current_ == column) return;
  current_ = column;
  if (column >= 0) {
    setAccessibleDescription(tooltip_of(column));
    QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&changed);
  }
  update();
}

void AlignedTokens::show_tooltip(const QPoint& global) {
  if (current_ < 0) return;
  const QRectF whole = box_of(current_, true).united(box_of(current_, false));
  QToolTip::showText(global, tooltip_of(current_), this, whole.toAlignedRect());
}

}  // namespace loupe::ui::shift
