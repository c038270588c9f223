// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/frame/card.h"

#include <QPainter>

#include "ui/widgets/theme.h"

namespace loupe::ui {

void Card::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(theme::line(), 1));
  painter.setBrush(theme::raised());
  painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
}

}  // namespace loupe::ui
