// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/scale_legend.h"

#include <QPainter>
#include <algorithm>

#include "ui/widgets/diverging_scale.h"
#include "ui/widgets/format.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

constexpr int bar_height = 12, bar_width = 300, end_room = 80;

}  // namespace

ScaleLegend::ScaleLegend(QWidget* parent) : QWidget(parent) {
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  setAccessibleName(tr("Colour scale"));
}

void ScaleLegend::set_rows(std::vector<Row> rows, const QString& note) {
  rows_ = std::move(rows);
  note_ = note;
  QStringList spoken;
  for (const Row& row : rows_) {
    spoken << tr("%1: from %2 to %3")
                  .arg(row.name, short_number(-row.limit), signed_number(row.limit));
  }
  setAccessibleDescription(spoken.join(QStringLiteral("; ")));
  updateGeometry();
  update();
}

int ScaleLegend::name_width() const {
  int width = 60;
  for (const Row& row : rows_) width = std::max(width, fontMetrics().horizontalAdvance(row.name));
  return std::min(width, 260) + 24;
}

QSize ScaleLegend::sizeHint() const {
  const int rows = std::max<int>(1, static_cast<int>(rows_.size()));
  return {700, bar_height + 4 + rows * (fontMetrics().height() + 1)};
}

void ScaleLegend::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const int left = name_width() + end_room / 2;
  const QRectF bar(left, 1, bar_width, bar_height);
  QLinearGradient gradient(bar.topLeft(), bar.topRight());
  for (int i = 0; i <= 20; ++i) gradient.setColorAt(i / 20.0, diverging_colour(i / 10.0 - 1));
  painter.setPen(QPen(theme::line(), 1));
  painter.setBrush(gradient);
  painter.drawRoundedRect(bar.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);

  const QColor quiet = theme::secondary_text();
  painter.setPen(quiet);
  painter.drawText(QRect(0, 0, left - end_room / 2 - 8, bar_height + 2),
                   Qt::AlignLeft | Qt::AlignVCenter, tr("Colour scale"));
  const int line_height = fontMetrics().height() + 1;
  int y = bar_height + 4;
  for (const Row& row : rows_) {
    painter.setPen(Qt::NoPen);
    painter.setBrush(row.colour);
    painter.drawEllipse(QPointF(5, y + line_height / 2.0), 4, 4);
    painter.setPen(palette().color(QPalette::WindowText));
    painter.drawText(QRect(16, y, name_width() - 20, line_height), Qt::AlignLeft | Qt::AlignVCenter,
                     fontMetrics().elidedText(row.name, Qt::ElideMiddle, name_width() - 20));
    const auto number = [&](double place, double value) {
      const QRectF room(bar.left() + place * bar.width() - 60, y, 120, line_height);
      painter.drawText(room, Qt::AlignCenter,
                       value == 0 ? QStringLiteral("0") : signed_number(value));
    };
    number(0, -row.limit);
    number(0.25, -row.limit / 2);
    number(0.5, 0);
    number(0.75, row.limit / 2);
    number(1, row.limit);
    y += line_height;
  }
  painter.setPen(quiet);
  const QRect room(static_cast<int>(bar.right()) + end_room, 0,
                   width() - static_cast<int>(bar.right()) - end_room, height());
  painter.drawText(room, Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, note_);
}

void ScaleLegend::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  update();
}

}  // namespace loupe::ui
