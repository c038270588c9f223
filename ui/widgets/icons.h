// SPDX-License-Identifier: GPL-3.0-or-later
// Our own line icons (resources/icons), drawn in a colour of the theme.
#pragma once

#include <QColor>
#include <QIcon>
#include <QString>

namespace loupe::ui {

// name: a file of resources/icons without its ending. size in device-independent pixels.
QPixmap icon_pixmap(const QString& name, const QColor& colour, int size, qreal device_pixel_ratio);
QIcon icon(const QString& name, const QColor& colour);

}  // namespace loupe::ui
