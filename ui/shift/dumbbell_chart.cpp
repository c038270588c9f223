// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shift/dumbbell_chart.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "ui/shift/shift_text.h"
#include "ui/widgets/format.h"
#include "ui/widgets/theme.h"

namespace loupe::ui::shift {
namespace {

constexpr double dot = 5.5;
// A run whose |margin before| is almost nothing must not squeeze the others into a point: beyond
// this many units the mark sits at the edge with an arrow.
constexpr double furthest = 4;
constexpr double faint = 0.42;

QColor colour_of(const RunRow& row) {
  return theme::of_type(row.type, row.shade);
}

QString margins(const Outcome& outcome) {
  return QStringLiteral("%1 → %2").arg(signed_number(outcome.margin_before),
                                       signed_number(outcome.margin_after));
}

}  // namespace

DumbbellChart::DumbbellChart(QWidget* parent) : QWidget(parent) {
  setObjectName(QStringLiteral("shift-chart"));
  setAccessibleName(tr("Rewards before and after the edit"));
  setFocusPolicy(Qt::StrongFocus);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void DumbbellChart::set_rows(const std::vector<RunRow>& rows, Edited edited) {
  const bool resized = rows.size() != rows_.size();
  rows_ = rows;
  edited_ = edited;
  current_ = std::min(current_, row_count() - 1);
  QStringList spoken;
  for (int row = 0; row < row_count(); ++row) spoken << text_of(row);
  setAccessibleDescription(spoken.join(QLatin1Char('\n')));
  if (resized) updateGeometry();
  update();
}

void DumbbellChart::set_relative(bool relative) {
  relative_ = relative;
  update();
}

bool DumbbellChart::is_dimmed(int row) const {
  const RunRow& shown = rows_.at(static_cast<size_t>(row));
  return shown.waiting && shown.answer;
}

QString DumbbellChart::text_of(int row) const {
  const RunRow& shown = rows_.at(static_cast<size_t>(row));
  const QString name = QStringLiteral("%1 %2").arg(shown.type, shown.name);
  if (!shown.error.isEmpty()) return tr("%1: %2").arg(name, shown.error);
  if (!shown.answer) {
    return shown.phase.isEmpty() ? tr("%1: computing…").arg(name)
                                 : tr("%1: %2…").arg(name, shown.phase);
  }
  const Outcome outcome = outcome_of(*shown.answer, edited_);
  QString text = tr("%1: reward %2 → %3, Δ %4")
                     .arg(name, signed_number(outcome.before), signed_number(outcome.after),
                          signed_number(outcome.delta));
  if (outcome.has_other) {
    text += tr(", margin %1, %2").arg(margins(outcome), verdict_text(outcome.verdict));
  }
  if (shown.waiting) text += QStringLiteral(" …");
  return text;
}

QString DumbbellChart::tooltip_of(int row) const {
  const RunRow& shown = rows_.at(static_cast<size_t>(row));
  if (!shown.error.isEmpty()) {
    return shown.hint.isEmpty() ? shown.error : shown.error + QLatin1Char('\n') + shown.hint;
  }
  if (!shown.answer) return text_of(row);
  const Outcome outcome = outcome_of(*shown.answer, edited_);
  QStringList lines{QStringLiteral("%1  %2").arg(shown.type, shown.name)};
  lines << tr("reward before %1").arg(full_precision(outcome.before));
  lines << tr("reward after %1").arg(full_precision(outcome.after));
  lines << tr("Δ %1").arg(full_precision(outcome.delta));
  if (outcome.has_other) {
    lines << tr("reward of the %1 %2")
                 .arg(edited_ == Edited::chosen ? tr("rejected") : tr("chosen"),
                      full_precision(outcome.other));
    lines << tr("margin r(chosen) − r(rejected): before %1")
                 .arg(full_precision(outcome.margin_before));
    lines << tr("after %1").arg(full_precision(outcome.margin_after));
  }
  if (shown.waiting) lines << tr("of the text before; a new answer is on its way");
  return lines.join(QLatin1Char('\n'));
}

DumbbellChart::Geometry DumbbellChart::geometry_for(int width) const {
  const QFontMetrics metrics(font());
  const auto advance = [&](const char* text) {
    return metrics.horizontalAdvance(QString::fromUtf8(text));
  };
  Geometry g;
  const double gap = 2 * theme::grid;
  const double verdict = advance("chosen → rejected") + 2;
  // As wide as what is shown, so that the rest is the plot's.
  double margin = advance("+0.0001 → +0.0001"), delta = advance("Δ reward"), name = 60;
  for (const RunRow& row : rows_) {
    name = std::max(name, 22.0 + metrics.horizontalAdvance(row.name));
    if (!row.answer) continue;
    const Outcome outcome = outcome_of(*row.answer, edited_);
    delta = std::max(delta, 2.0 + metrics.horizontalAdvance(signed_number(outcome.delta)));
    if (outcome.has_other) {
      margin = std::max(margin, 2.0 + metrics.horizontalAdvance(margins(outcome)));
    }
  }
  g.row_height = 2.0 * metrics.height() + theme::grid;
  g.top = metrics.height() + theme::grid;
  g.right = width;
  g.verdict = width - verdict;
  g.margin = g.verdict - gap - margin;
  g.delta = g.margin - gap - delta;
  const double left = g.delta - gap;
  g.name = std::min(name, std::max(80.0, left * 0.4));
  g.plot_left = g.name + gap;
  g.plot_right = std::max(g.plot_left + 40, left - theme::grid);
  return g;
}

double DumbbellChart::value_on_axis(const Outcome& outcome, double reward) const {
  if (!relative_) return reward;
  return (reward - (outcome.has_other ? outcome.other : 0)) / unit_of(outcome);
}

DumbbellChart::Axis DumbbellChart::axis() const {
  Axis axis;
  bool any = false;
  const auto take = [&](double value) {
    if (!std::isfinite(value)) return;
    if (relative_) value = std::clamp(value, -furthest, furthest);
    axis.low = any ? std::min(axis.low, value) : value;
    axis.high = any ? std::max(axis.high, value) : value;
    any = true;
  };
  if (relative_) {
    take(-1);
    take(1);
  }
  for (const RunRow& row : rows_) {
    if (!row.answer || !row.error.isEmpty()) continue;
    const Outcome outcome = outcome_of(*row.answer, edited_);
    take(value_on_axis(outcome, outcome.before));
    take(value_on_axis(outcome, outcome.after));
    if (outcome.has_other) take(value_on_axis(outcome, outcome.other));
  }
  const double room = axis.high > axis.low ? 0.06 * (axis.high - axis.low)
                                           : std::max(1e-9, 0.1 * std::abs(axis.high));
  return {axis.low - room, axis.high + room};
}

QSize DumbbellChart::sizeHint() const {
  const QFontMetrics metrics(font());
  const int rows = std::max(1, row_count());
  return {720, metrics.height() + theme::grid + rows * (2 * metrics.height() + theme::grid) +
                   metrics.height() + theme::grid};
}

QSize DumbbellChart::minimumSizeHint() const {
  return {520, sizeHint().height()};
}

void DumbbellChart::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  draw(&painter, size());
  if (hasFocus()) {
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(palette().color(QPalette::Highlight), 1));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
  }
}

void DumbbellChart::draw(QPainter* painter, const QSize& size) const {
  painter->setRenderHint(QPainter::Antialiasing);
  painter->setFont(font());
  const Geometry g = geometry_for(size.width());
  const Axis range = axis();
  draw_head(painter, g);
  draw_axis(painter, g, range);
  for (int row = 0; row < row_count(); ++row) draw_row(painter, g, range, row);
}

void DumbbellChart::draw_head(QPainter* painter, const Geometry& g) const {
  const QFontMetrics metrics(font());
  painter->setPen(theme::secondary_text());
  const double height = metrics.height();
  const auto head = [&](double left, double right, const QString& text, Qt::Alignment side) {
    painter->drawText(QRectF(left, 0, right - left, height), side | Qt::AlignVCenter, text);
  };
  const double gap = 2 * theme::grid;
  // The key of the marks, drawn as they are.
  const double y = height / 2;
  double x = g.plot_left;
  const auto key = [&](const QString& text, bool filled) {
    painter->setPen(QPen(theme::secondary_text(), 1.6));
    painter->setBrush(filled ? QBrush(theme::secondary_text()) : Qt::NoBrush);
    painter->drawEllipse(QPointF(x + 5, y), 4, 4);
    const double width = metrics.horizontalAdvance(text);
    painter->drawText(QRectF(x + 14, 0, width + 2, height), Qt::AlignVCenter | Qt::AlignLeft, text);
    x += 14 + width + gap;
  };
  key(tr("before"), false);
  key(tr("after"), true);
  head(g.delta, g.margin - gap, tr("Δ reward"), Qt::AlignRight);
  head(g.margin, g.verdict - gap, tr("margin"), Qt::AlignRight);
  head(g.verdict, g.right, tr("preference"), Qt::AlignLeft);
  painter->setPen(QPen(theme::line(), 1));
  painter->drawLine(QPointF(0, g.top - 3.5), QPointF(g.right, g.top - 3.5));
}

void DumbbellChart::draw_axis(QPainter* painter, const Geometry& g, const Axis& axis) const {
  if (rows_.empty()) return;
  const QFontMetrics metrics(font());
  const double bottom = g.top + row_count() * g.row_height;
  const auto place = [&](double value) {
    return g.plot_left + (value - axis.low) / (axis.high - axis.low) * (g.plot_right - g.plot_left);
  };
  painter->setPen(QPen(theme::line(), 1));
  painter->drawLine(QPointF(g.plot_left, bottom), QPointF(g.plot_right, bottom));
  // A label that would run into an earlier one leaves its tick alone.
  std::vector<QRectF> taken;
  const auto number = [&](double value, const QString& text) {
    const double x = place(value);
    painter->setPen(QPen(theme::secondary_text(), 1));
    painter->drawLine(QPointF(x, bottom), QPointF(x, bottom + 3));
    const double width = metrics.horizontalAdvance(text);
    const QRectF room(x - width / 2, bottom + 4, width, metrics.height());
    const QRectF wide = room.adjusted(-6, 0, 6, 0);
    if (std::any_of(taken.begin(), taken.end(),
                    [&](const QRectF& other) { return other.intersects(wide); })) {
      return;
    }
    taken.push_back(room);
    painter->drawText(room.adjusted(-2, 0, 2, 0), Qt::AlignHCenter | Qt::AlignTop, text);
  };
  if (!relative_) {
    const double inset = 0.06 / 1.12 * (axis.high - axis.low);
    number(axis.low + inset, signed_number(axis.low + inset));
    number(axis.high - inset, signed_number(axis.high - inset));
    return;
  }
  const bool paired = std::any_of(rows_.begin(), rows_.end(), [](const RunRow& row) {
    return row.answer && row.answer->has_rejected;
  });
  const QString middle = !paired                     ? QStringLiteral("0")
                         : edited_ == Edited::chosen ? tr("the rejected")
                                                     : tr("the chosen");
  number(0, middle);
  for (const double value : {-1.0, 1.0, std::ceil(axis.low), std::floor(axis.high)}) {
    if (value == 0) continue;
    const QString sign = value > 0 ? QStringLiteral("+") : QStringLiteral("−");
    number(value, sign + QString::number(std::abs(value)));
  }
  painter->setPen(theme::secondary_text());
  const QString unit = paired ? tr("in units of |margin before|") : tr("in units of its reward");
  painter->drawText(QRectF(g.delta, bottom + 4, g.right - g.delta, metrics.height()),
                    Qt::AlignRight | Qt::AlignTop, unit);
}

void DumbbellChart::draw_row(QPainter* painter, const Geometry& g, const Axis& axis,
                             int index) const {
  const RunRow& row = rows_[static_cast<size_t>(index)];
  const QFontMetrics metrics(font());
  const double top = g.top + index * g.row_height, middle = top + g.row_height / 2;
  const QColor text = palette().color(QPalette::WindowText);
  if (index == current_ && hasFocus()) {
    painter->fillRect(QRectF(0, top, g.right, g.row_height),
                      palette().color(QPalette::AlternateBase));
  }
  const auto line = [&](double left, double right, bool upper, Qt::Alignment side,
                        const QString& words) {
    const double half = metrics.height();
    const QRectF room(left, upper ? middle - half : middle, right - left, half);
    painter->drawText(
        room, side | Qt::AlignVCenter,
        metrics.elidedText(words, Qt::ElideRight, static_cast<int>(right - left) + 1));
  };
  painter->setPen(Qt::NoPen);
  painter->setBrush(colour_of(row));
  painter->drawEllipse(QPointF(5, middle - metrics.height() / 2.0), 4, 4);
  painter->setPen(text);
  line(16, g.name, true, Qt::AlignLeft, row.name);
  painter->setPen(theme::secondary_text());
  const bool phase = row.waiting && row.answer && !row.phase.isEmpty();
  line(16, g.name, false, Qt::AlignLeft, phase ? row.phase + QStringLiteral("…") : row.type);

  if (!row.error.isEmpty()) {
    painter->setPen(theme::error());
    line(g.plot_left, g.right, true, Qt::AlignLeft, tr("✗ %1").arg(row.error));
    painter->setPen(theme::secondary_text());
    line(g.plot_left, g.right, false, Qt::AlignLeft, row.hint);
    return;
  }
  if (!row.answer) {
    painter->setPen(theme::secondary_text());
    const QRectF room(g.plot_left, top, g.right - g.plot_left, g.row_height);
    painter->drawText(room, Qt::AlignVCenter | Qt::AlignLeft,
                      row.phase.isEmpty() ? tr("computing…") : row.phase + QStringLiteral("…"));
    return;
  }
  const Outcome outcome = outcome_of(*row.answer, edited_);
  painter->setOpacity(row.waiting ? faint : 1);
  draw_dumbbell(painter, g, axis, index, middle);
  const double gap = 2 * theme::grid;
  painter->setPen(text);
  line(g.delta, g.margin - gap, true, Qt::AlignRight, signed_number(outcome.delta));
  if (outcome.has_other) {
    line(g.margin, g.verdict - gap, true, Qt::AlignRight, margins(outcome));
    const double change =
        100 * (outcome.margin_after - outcome.margin_before) / std::abs(outcome.margin_before);
    painter->setPen(theme::secondary_text());
    if (std::isfinite(change)) {
      line(g.margin, g.verdict - gap, false, Qt::AlignRight,
           tr("%1%2 %").arg(change > 0   ? QStringLiteral("+")
                            : change < 0 ? QStringLiteral("−")
                                         : QString(),
                            QString::number(std::abs(change), 'f', std::abs(change) < 10 ? 1 : 0)));
    }
    const bool flips = outcome.verdict == Verdict::flips;
    painter->setPen(flips ? theme::error() : theme::good());
    painter->setFont(theme::scaled(font(), 1.0, true));
    line(g.verdict, g.right, true, Qt::AlignLeft, verdict_text(outcome.verdict));
    painter->setFont(font());
    painter->setPen(theme::secondary_text());
    line(g.verdict, g.right, false, Qt::AlignLeft, preference_text(outcome));
  }
  painter->setOpacity(1);
  if (row.waiting) {
    painter->setPen(theme::secondary_text());
    line(g.delta, g.margin - gap, false, Qt::AlignRight, QStringLiteral("…"));
  }
}

void DumbbellChart::draw_dumbbell(QPainter* painter, const Geometry& g, const Axis& axis, int index,
                                  double middle) const {
  const RunRow& row = rows_[static_cast<size_t>(index)];
  const Outcome outcome = outcome_of(*row.answer, edited_);
  const QColor colour = colour_of(row);
  const auto place = [&](double value) {
    return g.plot_left + (value - axis.low) / (axis.high - axis.low) * (g.plot_right - g.plot_left);
  };
  const auto inside = [&](double value) {
    return place(relative_ ? std::clamp(value, -furthest, furthest) : value);
  };
  painter->setPen(QPen(theme::line(), 1));
  painter->drawLine(QPointF(g.plot_left, middle), QPointF(g.plot_right, middle));
  const double before = value_on_axis(outcome, outcome.before);
  const double after = value_on_axis(outcome, outcome.after);
  if (outcome.has_other) {
    // The line to cross: a flip is read off without any number.
    const double other = inside(value_on_axis(outcome, outcome.other));
    painter->setPen(QPen(theme::reference(), 1.5));
    painter->drawLine(QPointF(other, middle - g.row_height / 2 + 3),
                      QPointF(other, middle + g.row_height / 2 - 3));
  }
  if (!std::isfinite(before) || !std::isfinite(after)) return;
  painter->setPen(QPen(colour, 3, Qt::SolidLine, Qt::RoundCap));
  painter->drawLine(QPointF(inside(before), middle), QPointF(inside(after), middle));
  painter->setPen(QPen(colour, 2));
  painter->setBrush(palette().color(QPalette::Window));
  painter->drawEllipse(QPointF(inside(before), middle), dot, dot);
  const bool outside = relative_ && std::abs(after) > furthest;
  painter->setBrush(colour);
  if (outside) {
    const double direction = after > 0 ? 1 : -1, x = inside(after);
    const QPointF tip[] = {{x + direction * 1.4 * dot, middle},
                           {x - direction * dot, middle - 1.2 * dot},
                           {x - direction * dot, middle + 1.2 * dot}};
    painter->drawPolygon(tip, 3);
  } else {
    painter->drawEllipse(QPointF(inside(after), middle), dot - 1, dot - 1);
  }
}

int DumbbellChart::row_at(double y) const {
  const Geometry g = geometry_for(width());
  const int row = static_cast<int>(std::floor((y - g.top) / g.row_height));
  return row >= 0 && row < row_count() ? row : -1;
}

void DumbbellChart::set_current(int row) {
  current_ = row;
  update();
  if (row < 0) return;
  const Geometry g = geometry_for(width());
  const QPointF below(g.plot_left, g.top + (row + 1) * g.row_height);
  QToolTip::showText(mapToGlobal(below.toPoint()), tooltip_of(row), this);
}

void DumbbellChart::keyPressEvent(QKeyEvent* event) {
  if (rows_.empty() || (event->key() != Qt::Key_Up && event->key() != Qt::Key_Down)) {
    return QWidget::keyPressEvent(event);
  }
  const int step = event->key() == Qt::Key_Down ? 1 : -1;
  set_current(std::clamp(current_ + step, 0, row_count() - 1));
}

void DumbbellChart::focusInEvent(QFocusEvent* event) {
  if (event->reason() != Qt::MouseFocusReason && current_ < 0 && !rows_.empty()) current_ = 0;
  update();
}

void DumbbellChart::focusOutEvent(QFocusEvent*) {
  current_ = -1;
  update();
}

bool DumbbellChart::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  const int row = row_at(help->pos().y());
  if (row >= 0) {
    QToolTip::showText(help->globalPos(), tooltip_of(row), this);
  } else {
    QToolTip::hideText();
  }
  return true;
}

void DumbbellChart::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::FontChange) updateGeometry();
  update();
}

}  // namespace loupe::ui::shift
