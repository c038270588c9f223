// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/token_heatmap.h"

#include <QAccessible>
#include <QFontMetricsF>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>
#include <cmath>

#include "ui/widgets/diverging_scale.h"
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
}

void TokenHeatmap::set_tokens(std::vector<Token> tokens) {
  tokens_ = std::move(tokens);
  current_ = marked_ = -1;
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

TokenLayout TokenHeatmap::arranged(int width) const {
  const QFontMetricsF font_metrics(font());
  TokenLayout::Metrics metrics;
  metrics.line_height = std::ceil(font_metrics.height()) + 4;
  metrics.width = [&](const QString& text) { return font_metrics.horizontalAdvance(text); };
  std::vector<TokenLayout::Token> plain;
  plain.reserve(tokens_.size());
  for (const Token& token : tokens_) plain.push_back({token.text, token.ends_line});
  TokenLayout layout;
  layout.arrange(plain, width, metrics);
  return layout;
}

void TokenHeatmap::rearrange() {
  layout_ = arranged(width());
}

int TokenHeatmap::heightForWidth(int width) const {
  return static_cast<int>(std::ceil(arranged(width).height()));
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
  for (int i = 0; i < static_cast<int>(tokens_.size()); ++i) {
    const QRectF box = box_of(i);
    if (!box.intersects(dirty)) continue;
    const QColor colour = colour_of(i);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    painter.drawRoundedRect(box, 3, 3);
    painter.setPen(text_colour_on(colour));
    const QString& text = tokens_[static_cast<size_t>(i)].text;
    const QRectF inside = box.adjusted(3, 0, -3, 0);
    painter.drawText(inside, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
                     metrics.horizontalAdvance(text) > inside.width() + 0.5
                         ? metrics.elidedText(text, Qt::ElideMiddle, inside.width())
                         : text);
    if (i == current_ || i == marked_) {
      painter.setBrush(Qt::NoBrush);
      painter.setPen(QPen(palette().color(QPalette::WindowText), i == current_ ? 2 : 1.4));
      painter.drawRoundedRect(box.adjusted(-0.5, -0.5, 0.5, 0.5), 3, 3);
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
  const int last = static_cast<int>(tokens_.size()) - 1;
  if (last < 0) return QWidget::keyPressEvent(event);
  int next = current_;
  switch (event->key()) {
    case Qt::Key_Right:
      next = std::min(current_ + 1, last);
      break;
    case Qt::Key_Left:
      next = std::max(current_ - 1, 0);
      break;
    case Qt::Key_Down:
      next = current_ < 0 ? 0 : layout_.vertical_neighbour(current_, 1);
      break;
    case Qt::Key_Up:
      next = current_ < 0 ? 0 : layout_.vertical_neighbour(current_, -1);
      break;
    case Qt::Key_Home:
      next = 0;
      break;
    case Qt::Key_End:
      next = last;
      break;
    default:
      return QWidget::keyPressEvent(event);
  }
  set_current(next);
  show_tooltip(mapToGlobal(box_of(next).bottomLeft().toPoint()));
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
    QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&changed);
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
