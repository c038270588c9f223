// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shift/picture.h"

#include <QBuffer>
#include <QImage>
#include <QPainter>
#include <QSvgGenerator>

namespace loupe::ui::shift {

QByteArray picture_bytes(const QString& path, const QString& title, QSize size,
                         const QColor& background, const std::function<void(QPainter*)>& paint) {
  QBuffer buffer;
  buffer.open(QIODevice::WriteOnly);
  if (path.endsWith(QLatin1String(".svg"), Qt::CaseInsensitive)) {
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setSize(size);
    generator.setViewBox(QRect({}, size));
    generator.setTitle(title);
    QPainter painter(&generator);
    painter.fillRect(QRect({}, size), background);
    paint(&painter);
    painter.end();
  } else {
    QImage image(2 * size, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(2);
    image.fill(background);
    QPainter painter(&image);
    paint(&painter);
    painter.end();
    image.save(&buffer, "PNG");
  }
  return buffer.data();
}

}  // namespace loupe::ui::shift
