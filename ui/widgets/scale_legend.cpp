// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/scale_legend.h"

#include <QPainter>
#include <algorithm>

#include "ui/widgets/diverging_scale.h"
#include "ui/widgets/format.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

constexpr int bar_height = 12, widest_bar = 300, end_room = 80, dot_room = 16;
constexpr int least_note = 240;  // a narrower note goes below

}  // namespace

ScaleLegend::ScaleLegend(QWidget* parent) : QWidget(parent) {
  QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  policy.setHeightForWidth(true);
  setSizePolicy(policy);
  setAccessibleName(tr("Colour scale"));
}

void ScaleLegend::set_rows(std::vector<Row> rows, const QString& note) {
  rows_ = std::move(rows);
  note_ = note;
  QStringList spoken;
  for (const Row& row : rows_) {
    spoken << tr("%1: from %2 to %3 %4")
                  .arg(row.name, short_number(-row.limit), signed_number(row.limit), row.unit)
                  .trimmed();
  }
  setAccessibleDescription(spoken.join(QStringLiteral("; ")));
  updateGeometry();
  update();
}

ScaleLegend::Places ScaleLegend::places(int width) const {
  Places places;
  int names = fontMetrics().horizontalAdvance(tr("Colour scale"));
  for (const Row& row : rows_) {
    names = std::max(names, dot_room + fontMetrics().horizontalAdvance(row.name));
  }
  places.names = std::min({names, 280, std::max(80, width / 3)});
  const int left = places.names + end_room / 2;
  const int bar = std::clamp(width - left - end_room / 2, 80, widest_bar);
  places.bar = QRectF(left, 1, bar, bar_height);
  const int rows = std::max<int>(1, static_cast<int>(rows_.size()));
  const int under_bar = bar_height + 4 + rows * (fontMetrics().height() + 1);
  const int beside = left + bar + end_room;
  const auto note_height = [&](int room) {
    return fontMetrics().boundingRect(QRect(0, 0, room, 10000), Qt::TextWordWrap, note_).height();
  };
  if (width - beside >= least_note) {
    places.note = QRect(beside, 0, width - beside, note_height(width - beside));
    places.height = std::max(under_bar, places.note.height());
  } else {
    places.note = QRect(0, under_bar + 4, width, note_height(width));
    places.height = under_bar + 4 + places.note.height();
  }
  return places;
}

int ScaleLegend::heightForWidth(int width) const {
  return places(width).height;
}

QSize ScaleLegend::sizeHint() const {
  return {700, heightForWidth(700)};
}

void ScaleLegend::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const Places at = places(width());
  QLinearGradient gradient(at.bar.topLeft(), at.bar.topRight());
  for (int i = 0; i <= 20; ++i) gradient.setColorAt(i / 20.0, diverging_colour(i / 10.0 - 1));
  painter.setPen(QPen(theme::line(), 1));
  painter.setBrush(gradient);
  painter.drawRoundedRect(at.bar.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);

  const QColor quiet = theme::secondary_text();
  painter.setPen(quiet);
  painter.drawText(QRect(0, 0, at.names, bar_height + 2), Qt::AlignLeft | Qt::AlignVCenter,
                   tr("Colour scale"));
  const int line_height = fontMetrics().height() + 1;
  // Five numbers, or three where five would touch.
  const bool dense =
      at.bar.width() >= 4 * fontMetrics().horizontalAdvance(QStringLiteral("−0.00000"));
  int y = bar_height + 4;
  for (const Row& row : rows_) {
    painter.setPen(Qt::NoPen);
    painter.setBrush(row.colour);
    painter.drawEllipse(QPointF(5, y + line_height / 2.0), 4, 4);
    painter.setPen(palette().color(QPalette::WindowText));
    const int room = at.names - dot_room;
    painter.drawText(QRect(dot_room, y, room, line_height), Qt::AlignLeft | Qt::AlignVCenter,
                     fontMetrics().elidedText(row.name, Qt::ElideMiddle, room));
    const auto number = [&](double place, double value) {
      const QRectF box(at.bar.left() + place * at.bar.width() - 60, y, 120, line_height);
      painter.drawText(box, Qt::AlignCenter,
                       value == 0 ? QStringLiteral("0") : signed_number(value));
    };
    number(0, -row.limit);
    if (dense) number(0.25, -row.limit / 2);
    number(0.5, 0);
    if (dense) number(0.75, row.limit / 2);
    number(1, row.limit);
    if (!row.unit.isEmpty()) {
      painter.setPen(quiet);
      painter.drawText(QRectF(at.bar.right() + end_room / 2.0, y, end_room, line_height),
                       Qt::AlignLeft | Qt::AlignVCenter, row.unit);
    }
    y += line_height;
  }
  painter.setPen(quiet);
  painter.drawText(at.note, Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, note_);
}

void ScaleLegend::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  update();
}

}  // namespace loupe::ui
