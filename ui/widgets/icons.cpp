// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/icons.h"

#include <QFile>
#include <QPainter>
#include <QSvgRenderer>

namespace loupe::ui {

QPixmap icon_pixmap(const QString& name, const QColor& colour, int size, qreal device_pixel_ratio) {
  QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
  QPixmap pixmap(qRound(size * device_pixel_ratio), qRound(size * device_pixel_ratio));
  pixmap.setDevicePixelRatio(device_pixel_ratio);
  pixmap.fill(Qt::transparent);
  if (!file.open(QIODevice::ReadOnly)) return pixmap;
  QByteArray svg = file.readAll();
  svg.replace("currentColor", colour.name().toLatin1());
  QSvgRenderer renderer(svg);
  QPainter painter(&pixmap);
  renderer.render(&painter, QRectF(0, 0, size, size));
  return pixmap;
}

QIcon icon(const QString& name, const QColor& colour) {
  QIcon result;
  for (const int size : {16, 24, 32, 48}) {
    const QPixmap full = icon_pixmap(name, colour, size, 1);
    // What the style makes of a disabled icon does not look disabled in the dark.
    QPixmap faint(full.size());
    faint.fill(Qt::transparent);
    QPainter painter(&faint);
    painter.setOpacity(0.35);
    painter.drawPixmap(0, 0, full);
    painter.end();
    result.addPixmap(full);
    result.addPixmap(faint, QIcon::Disabled);
  }
  return result;
}

}  // namespace loupe::ui
