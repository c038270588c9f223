// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/token_heatmap.h"

#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QFontMetricsF>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "ui/widgets/diverging_scale.h"
#include "ui/widgets/format.h"
#include "ui/widgets/heatmap_accessible.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {

TokenHeatmap::TokenHeatmap(QWidget* parent) : QWidget(parent) {
  setMouseTracking(true);
  setFocusPolicy(Qt::StrongFocus);
  setFont(theme::scaled(font(), 1.15));
  QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Minimum);
  policy.setHeightForWidth(true);
  setSizePolicy(policy);
  setAccessibleName(tr("Token heatmap"));
  install_heatmap_accessibility();
}

void TokenHeatmap::set_tokens(std::vector<Token> tokens) {
  tokens_ = std::move(tokens);
  current_ = marked_ = -1;
  measure();
  rearrange();
  updateGeometry();
  update();
}

void TokenHeatmap::set_limit(double limit) {
  limit_ = limit;
  update();
}

void TokenHeatmap::set_marked(int token) {
  if (marked_ == token) return;
  marked_ = token;
  update();
}

QColor TokenHeatmap::colour_of(int token) const {
  const double value = tokens_[static_cast<size_t>(token)].value;
  if (std::isnan(value)) return diverging_colour(value);
  return diverging_colour(limit_ > 0 ? value / limit_ : 0);
}

QRectF TokenHeatmap::box_of(int token) const {
  return layout_.boxes()[static_cast<size_t>(token)];
}

QString TokenHeatmap::spoken(int token) const {
  const Token& said = tokens_[static_cast<size_t>(token)];
  return tr("%1, %2").arg(said.text.trimmed(), signed_number(said.value));
}

void TokenHeatmap::copy_current() const {
  if (current_ < 0) return;
  QApplication::clipboard()->setText(tokens_[static_cast<size_t>(current_)].tooltip);
}

void TokenHeatmap::measure() {
  const QFontMetricsF font_metrics(font());
  QHash<QString, double> known;  // texts repeat: the, comma, space
  measured_.clear();
  measured_.reserve(tokens_.size());
  for (const Token& token : tokens_) {
    double& width = known[token.text];
    if (width == 0) width = font_metrics.horizontalAdvance(token.text);
    measured_.push_back({token.text, token.ends_line, width});
  }
  heights_.clear();
}

TokenLayout TokenHeatmap::arranged(int width) const {
  TokenLayout::Metrics metrics;
  metrics.line_height = std::ceil(QFontMetricsF(font()).height()) + 4;
  TokenLayout layout;
  layout.arrange(measured_, width, metrics);
  return layout;
}

void TokenHeatmap::rearrange() {
  layout_ = arranged(width());
}

int TokenHeatmap::heightForWidth(int width) const {
  const auto known = heights_.constFind(width);
  if (known != heights_.cend()) return *known;
  const int height = static_cast<int>(std::ceil(arranged(width).height()));
  heights_.insert(width, height);
  return height;
}

QSize TokenHeatmap::sizeHint() const {
  return {320, heightForWidth(320)};
}

QSize TokenHeatmap::minimumSizeHint() const {
  return {120, static_cast<int>(QFontMetricsF(font()).height()) + 12};
}

void TokenHeatmap::paintEvent(QPaintEvent* event) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const QRectF dirty = event->rect();
  const QFontMetricsF metrics(font());
  const auto& boxes = layout_.boxes();
  // Boxes are in reading order: the first that reaches down to what is painted, and on from there.
  const auto first = std::partition_point(
      boxes.begin(), boxes.end(), [&](const QRectF& box) { return box.bottom() < dirty.top(); });
  for (auto box = first; box != boxes.end() && box->top() <= dirty.bottom(); ++box) {
    if (!box->intersects(dirty)) continue;
    const int i = static_cast<int>(box - boxes.begin());
    const TokenLayout::Token& token = measured_[static_cast<size_t>(i)];
    const QColor colour = colour_of(i);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    painter.drawRoundedRect(*box, 3, 3);
    painter.setPen(text_colour_on(colour));
    // At a point rather than in a box: a third of the time, and the box is known already.
    const double room = box->width() - 6;
    const QPointF baseline(box->left() + 3,
                           box->top() + (box->height() - metrics.height()) / 2 + metrics.ascent());
    painter.drawText(baseline, token.width > room + 0.5
                                   ? metrics.elidedText(token.text, Qt::ElideMiddle, room)
                                   : token.text);
    if (i == current_ || i == marked_) {
      painter.setBrush(Qt::NoBrush);
      painter.setPen(QPen(palette().color(QPalette::WindowText), i == current_ ? 2 : 1.4));
      painter.drawRoundedRect(box->adjusted(-0.5, -0.5, 0.5, 0.5), 3, 3);
    }
  }
  if (hasFocus()) {
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(palette().color(QPalette::Highlight), 1));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
  }
}

void TokenHeatmap::resizeEvent(QResizeEvent*) {
  rearrange();
}

void TokenHeatmap::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::FontChange) {
    measure();
    rearrange();
    updateGeometry();
  }
  update();
}

void TokenHeatmap::mouseMoveEvent(QMouseEvent* event) {
  set_current(token_at(event->position()));
}

void TokenHeatmap::leaveEvent(QEvent*) {
  if (!hasFocus()) set_current(-1);
}

void TokenHeatmap::keyPressEvent(QKeyEvent* event) {
  if (event->matches(QKeySequence::Copy)) return copy_current();
  const int next = layout_.after_key(current_, event->key());
  if (next < 0) return QWidget::keyPressEvent(event);
  set_current(next);
  show_tooltip(mapToGlobal(box_of(next).bottomLeft().toPoint()));
}

void TokenHeatmap::contextMenuEvent(QContextMenuEvent* event) {
  if (event->reason() == QContextMenuEvent::Mouse) set_current(token_at(event->pos()));
  QMenu menu(this);
  QAction* copy =
      menu.addAction(tr("Copy the numbers of this token"), this, &TokenHeatmap::copy_current);
  copy->setShortcut(QKeySequence::Copy);
  copy->setEnabled(current_ >= 0);
  menu.exec(event->globalPos());
}

void TokenHeatmap::focusInEvent(QFocusEvent* event) {
  if (event->reason() != Qt::MouseFocusReason && current_ < 0 && !tokens_.empty()) set_current(0);
  update();
}

void TokenHeatmap::focusOutEvent(QFocusEvent*) {
  set_current(-1);
  update();
}

bool TokenHeatmap::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  if (token_at(help->pos()) >= 0) {
    set_current(token_at(help->pos()));
    show_tooltip(help->globalPos());
  } else {
    QToolTip::hideText();
  }
  return true;
}

void TokenHeatmap::set_current(int token) {
  if (current_ == token) return;
  current_ = token;
  if (token >= 0) {
    setAccessibleDescription(tokens_[static_cast<size_t>(token)].tooltip);
    QAccessibleEvent focused(this, QAccessible::Focus);
    focused.setChild(token);
    QAccessible::updateAccessibility(&focused);
  }
  update();
  emit current_changed(token);
}

void TokenHeatmap::show_tooltip(const QPoint& global) {
  if (current_ < 0) return;
  QToolTip::showText(global, tokens_[static_cast<size_t>(current_)].tooltip, this,
                     box_of(current_).toAlignedRect());
}

}  // namespace loupe::ui
