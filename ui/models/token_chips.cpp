// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/token_chips.h"

#include <QEvent>
#include <QFontDatabase>
#include <QFontMetricsF>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <array>
#include <cmath>

#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

// Hues that mean nothing elsewhere in the window.
constexpr std::array light = {"#d5e3f8", "#e6dbf5", "#e2ecc9", "#f8dbe6", "#f3e6c4"};
constexpr std::array dark = {"#2c456a", "#493a66", "#3f4b26", "#5c3448", "#54471f"};

}  // namespace

TokenChips::TokenChips(QWidget* parent) : QWidget(parent) {
  setObjectName(QStringLiteral("token-chips"));
  setAccessibleName(tr("Tokens of the text"));
  setFocusPolicy(Qt::StrongFocus);
  setFont(theme::scaled(font(), 1.15));
  QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Minimum);
  policy.setHeightForWidth(true);
  setSizePolicy(policy);
}

QFont TokenChips::id_font() const {
  return theme::scaled(font(), 0.68);
}

void TokenChips::set_groups(std::vector<TokenGroup> groups) {
  groups_ = std::move(groups);
  current_ = -1;
  measure();
}

void TokenChips::measure() {
  const QFontMetricsF metrics(font()), ids(id_font());
  measured_.clear();
  measured_.reserve(groups_.size());
  for (const TokenGroup& group : groups_) {
    const double width =
        std::max(metrics.horizontalAdvance(group.text), ids.horizontalAdvance(group.ids));
    measured_.push_back({group.text, group.ends_line, width});
  }
  heights_.clear();
  layout_ = arranged(width());
  updateGeometry();
  update();
}

TokenLayout TokenChips::arranged(int width) const {
  TokenLayout::Metrics metrics;
  metrics.line_height =
      std::ceil(QFontMetricsF(font()).height() + QFontMetricsF(id_font()).height()) + 4;
  TokenLayout layout;
  layout.arrange(measured_, width, metrics);
  return layout;
}

int TokenChips::heightForWidth(int width) const {
  const auto known = heights_.constFind(width);
  if (known != heights_.cend()) return *known;
  const int height = static_cast<int>(std::ceil(arranged(width).height()));
  heights_.insert(width, height);
  return height;
}

QColor TokenChips::colour_of(int group) const {
  if (groups_[static_cast<size_t>(group)].special) return palette().color(QPalette::Button);
  const auto& hues = theme::is_dark() ? dark : light;
  return QColor(hues[static_cast<size_t>(group) % hues.size()]);
}

void TokenChips::draw(QPainter* painter, const QRectF& area) const {
  const QFontMetricsF metrics(font()), id_metrics(id_font());
  const auto& boxes = layout_.boxes();
  const auto first = std::partition_point(
      boxes.begin(), boxes.end(), [&](const QRectF& box) { return box.bottom() < area.top(); });
  for (auto box = first; box != boxes.end() && box->top() <= area.bottom(); ++box) {
    const int i = static_cast<int>(box - boxes.begin());
    const TokenGroup& group = groups_[static_cast<size_t>(i)];
    painter->setPen(group.special ? QPen(theme::secondary_text(), 1, Qt::DashLine)
                                  : QPen(Qt::NoPen));
    painter->setBrush(colour_of(i));
    painter->drawRoundedRect(box->adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
    const double room = box->width() - 6;
    painter->setPen(palette().color(QPalette::Text));
    painter->setFont(font());
    painter->drawText(QPointF(box->left() + 3, box->top() + 2 + metrics.ascent()),
                      metrics.elidedText(group.text, Qt::ElideMiddle, room + 0.5));
    painter->setPen(theme::secondary_text());
    painter->setFont(id_font());
    painter->drawText(
        QPointF(box->left() + 3, box->top() + 2 + metrics.height() + id_metrics.ascent()),
        id_metrics.elidedText(group.ids, Qt::ElideRight, room + 0.5));
    if (i == current_) {
      painter->setBrush(Qt::NoBrush);
      painter->setPen(QPen(palette().color(QPalette::Highlight), 2));
      painter->drawRoundedRect(box->adjusted(-0.5, -0.5, 0.5, 0.5), 3, 3);
    }
  }
}

void TokenChips::paintEvent(QPaintEvent* event) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  draw(&painter, event->rect());
  if (!hasFocus()) return;
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(palette().color(QPalette::Highlight), 1));
  painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
}

void TokenChips::resizeEvent(QResizeEvent*) {
  layout_ = arranged(width());
}

void TokenChips::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::FontChange) measure();
  update();
}

void TokenChips::mousePressEvent(QMouseEvent* event) {
  set_current(layout_.hit(event->position()));
}

void TokenChips::keyPressEvent(QKeyEvent* event) {
  const int next = layout_.after_key(current_, event->key());
  if (next < 0) return QWidget::keyPressEvent(event);
  set_current(next);
}

void TokenChips::focusInEvent(QFocusEvent* event) {
  if (event->reason() != Qt::MouseFocusReason && current_ < 0 && !groups_.empty()) set_current(0);
  update();
}

void TokenChips::focusOutEvent(QFocusEvent*) {
  update();
}

void TokenChips::set_current(int group) {
  if (current_ == group) return;
  current_ = group;
  if (group >= 0) {
    const TokenGroup& one = groups_[static_cast<size_t>(group)];
    setAccessibleDescription(tr("%1, id %2").arg(one.text, one.ids));
  }
  update();
  emit current_changed(group);
}

bool TokenChips::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  const int at = layout_.hit(help->pos());
  if (at < 0) {
    QToolTip::hideText();
    return true;
  }
  const TokenGroup& group = groups_[static_cast<size_t>(at)];
  const QString said =
      group.count == 1 ? tr("%1\ntoken %2, id %3").arg(group.text).arg(group.first).arg(group.ids)
                       : tr("%1\ntokens %2 to %3 share a character\nids %4")
                             .arg(group.text)
                             .arg(group.first)
                             .arg(group.first + group.count - 1)
                             .arg(group.ids);
  QToolTip::showText(help->globalPos(), said, this, box_of(at).toAlignedRect());
  return true;
}

}  // namespace loupe::ui
