// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/run_status.h"

#include <QCoreApplication>
#include <QHash>
#include <QPainter>

#include "ui/client/text.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("RunStatus", text);
}

// In a square of 16. lit: on the colour of a selection, where only white is seen.
void draw(QPainter* painter, const std::string& status, bool lit) {
  const auto stroke = [&](const QColor& colour) {
    painter->setPen(
        QPen(lit ? QColor(Qt::white) : colour, 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter->setBrush(Qt::NoBrush);
  };
  const auto fill = [&](const QColor& colour) {
    painter->setPen(Qt::NoPen);
    painter->setBrush(lit ? QColor(Qt::white) : colour);
  };
  if (status == "done") {
    stroke(theme::good());
    painter->drawPolyline(QPolygonF({{3, 8.5}, {6.5, 12}, {13, 4.5}}));
  } else if (status == "running") {
    fill(theme::explicit_model());
    painter->drawPolygon(QPolygonF({{4.5, 2.5}, {13.5, 8}, {4.5, 13.5}}));
  } else if (status == "queued") {
    stroke(theme::reference());
    painter->drawEllipse(QRectF(2.5, 2.5, 11, 11));
    painter->drawPolyline(QPolygonF({{8, 5}, {8, 8}, {10.5, 9.5}}));
  } else if (status == "stopped") {
    fill(theme::reference());
    painter->drawRoundedRect(QRectF(3.5, 3.5, 9, 9), 1, 1);
  } else if (status == "failed") {
    stroke(theme::error());
    painter->drawLine(QPointF(4, 4), QPointF(12, 12));
    painter->drawLine(QPointF(12, 4), QPointF(4, 12));
  } else {
    stroke(theme::warning());
    painter->drawLine(QPointF(8, 2.5), QPointF(8, 9));
    painter->drawPoint(QPointF(8, 13));
  }
}

}  // namespace

QString status_word(const std::string& status) {
  static constexpr const char* words[] = {
      QT_TRANSLATE_NOOP("RunStatus", "queued"), QT_TRANSLATE_NOOP("RunStatus", "running"),
      QT_TRANSLATE_NOOP("RunStatus", "done"),   QT_TRANSLATE_NOOP("RunStatus", "stopped"),
      QT_TRANSLATE_NOOP("RunStatus", "failed"), QT_TRANSLATE_NOOP("RunStatus", "interrupted")};
  for (const char* word : words) {
    if (status == word) return tr(word);
  }
  return qstr(status);
}

QIcon status_icon(const std::string& status) {
  static QHash<QString, QIcon> known;
  const QString key = QStringLiteral("%1/%2").arg(qstr(status)).arg(theme::is_dark());
  if (const auto it = known.constFind(key); it != known.cend()) return *it;
  QIcon icon;
  for (const QIcon::Mode mode : {QIcon::Normal, QIcon::Selected}) {
    for (const int scale : {1, 2, 3}) {
      QPixmap pixmap(16 * scale, 16 * scale);
      pixmap.fill(Qt::transparent);
      QPainter painter(&pixmap);
      painter.setRenderHint(QPainter::Antialiasing);
      painter.scale(scale, scale);
      draw(&painter, status, mode == QIcon::Selected);
      painter.end();
      pixmap.setDevicePixelRatio(scale);
      icon.addPixmap(pixmap, mode);
    }
  }
  return *known.insert(key, icon);
}

}  // namespace loupe::ui
