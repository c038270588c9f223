// SPDX-License-Identifier: GPL-3.0-or-later
// A painting as the bytes of a file: SVG where the name ends so, else PNG at twice the size.
#pragma once

#include <QByteArray>
#include <QColor>
#include <QSize>
#include <QString>
#include <functional>

class QPainter;

namespace loupe::ui::shift {

QByteArray picture_bytes(const QString& path, const QString& title, QSize size,
                         const QColor& background, const std::function<void(QPainter*)>& paint);

}  // namespace loupe::ui::shift
