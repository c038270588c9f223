// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/type_marker.h"

#include <QPainter>
#include <QPixmap>

#include "ui/widgets/theme.h"

namespace loupe::ui {

QIcon type_marker(const QString& type) {
  QPixmap pixmap(24, 24);
  pixmap.setDevicePixelRatio(2);
  pixmap.fill(Qt::transparent);
  QPainter painter(&pixmap);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  painter.setBrush(theme::of_type(type));
  painter.drawEllipse(1, 1, 10, 10);
  painter.end();
  return QIcon(pixmap);
}

}  // namespace loupe::ui
