// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/line_chart.h"

#include <qcustomplot.h>

#include <QContextMenuEvent>
#include <QFileInfo>
#include <QHelpEvent>
#include <QMenu>
#include <QSvgGenerator>
#include <QTimer>
#include <QToolTip>
#include <QVBoxLayout>
#include <cmath>

#include "ui/widgets/format.h"
#include "ui/widgets/save_file.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

constexpr int replot_delay_ms = 40;
constexpr double pick_distance = 24;  // pixels

QCPScatterStyle scatter_of(Marker marker, const QColor& colour, const QColor& fill) {
  QCPScatterStyle::ScatterShape shape = QCPScatterStyle::ssNone;
  switch (marker) {
    case Marker::none:
      return {};
    case Marker::circle:
      shape = QCPScatterStyle::ssCircle;
      break;
    case Marker::square:
      shape = QCPScatterStyle::ssSquare;
      break;
    case Marker::diamond:
      shape = QCPScatterStyle::ssDiamond;
      break;
    case Marker::triangle:
      shape = QCPScatterStyle::ssTriangle;
      break;
  }
  return QCPScatterStyle(shape, QPen(colour, 1.4), QBrush(fill), 7);
}

QPen pen_of(const QColor& colour, Qt::PenStyle style) {
  QPen pen(colour, 2);
  if (style == Qt::DashLine) {
    pen.setDashPattern({4, 2.5});
  } else {
    pen.setStyle(style);
  }
  return pen;
}

}  // namespace

struct LineChart::Impl {
  QCustomPlot* plot = nullptr;
  QCPTextElement* title = nullptr;
  QCPItemText* nothing = nullptr;
  QCPLegend* legend = nullptr;
  QTimer timer;
  std::vector<LegendEntry> entries;
  std::vector<QCPGraph*> keys;  // graphs without points, shown in the legend only

  QCPAxisRect* area() const { return plot->axisRect(); }
};

LineChart::LineChart(const QString& title, const QString& x_label, const QString& y_label,
                     QWidget* parent)
    : QWidget(parent), impl_(std::make_unique<Impl>()) {
  auto* plot = impl_->plot = new QCustomPlot(this);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(plot);
  setAccessibleName(title);
  setFocusProxy(plot);
  plot->setAccessibleName(title);

  impl_->title = new QCPTextElement(plot, title);
  impl_->title->setTextFlags(Qt::AlignLeft | Qt::AlignVCenter);
  impl_->title->setMargins({8, 4, 4, 0});
  plot->plotLayout()->insertRow(0);
  plot->plotLayout()->addElement(0, 0, impl_->title);
  plot->plotLayout()->setRowSpacing(2);
  plot->xAxis->setLabel(x_label);
  plot->yAxis->setLabel(y_label);
  plot->yAxis->setNumberFormat(QStringLiteral("g"));
  plot->yAxis->setNumberPrecision(4);

  impl_->legend = new QCPLegend;
  // A filler under the legend keeps its entries together and leaves the height to the curves.
  auto* side = new QCPLayoutGrid;
  plot->plotLayout()->addElement(1, 1, side);
  side->addElement(0, 0, impl_->legend);
  side->addElement(1, 0, new QCPLayoutElement(plot));
  side->setRowStretchFactor(0, 0.001);
  plot->plotLayout()->setColumnStretchFactor(1, 0.001);
  impl_->legend->setLayer(QStringLiteral("legend"));
  impl_->legend->setFillOrder(QCPLayoutGrid::foRowsFirst);
  impl_->legend->setRowSpacing(1);
  impl_->legend->setMargins({2, 2, 6, 2});
  impl_->legend->setVisible(false);

  impl_->nothing = new QCPItemText(plot);
  impl_->nothing->position->setType(QCPItemPosition::ptAxisRectRatio);
  impl_->nothing->position->setCoords(0.5, 0.5);
  impl_->nothing->setText(tr("No points yet"));

  plot->setInteractions(QCP::iRangeDrag | QCP::iRangeZoom);
  plot->setNoAntialiasingOnDrag(true);
  plot->installEventFilter(this);
  connect(plot, &QCustomPlot::mouseDoubleClick, this, [this] {
    zoomed_ = false;
    fit();
    schedule();
  });
  connect(plot, &QCustomPlot::mouseWheel, this, [this] { zoomed_ = true; });
  connect(plot, &QCustomPlot::mousePress, this, [this] { zoomed_ = true; });
  plot->setToolTip(tr("Wheel: zoom. Drag: move. Double click: everything."));

  impl_->timer.setSingleShot(true);
  impl_->timer.setInterval(replot_delay_ms);
  connect(&impl_->timer, &QTimer::timeout, this, &LineChart::replot);
  restyle();
}

LineChart::~LineChart() = default;

void LineChart::set_series(std::vector<Series> series) {
  series_ = std::move(series);
  describe();
  schedule();
}

// The curves in words: what a screen reader can say of a picture.
void LineChart::describe() {
  QStringList spoken;
  for (const Series& series : series_) {
    if (series.x.isEmpty() || series.y.isEmpty()) continue;
    spoken << tr("%1: %2 points, last %3")
                  .arg(series.name)
                  .arg(series.x.size())
                  .arg(short_number(series.y.last()));
  }
  const QString text =
      spoken.isEmpty() ? impl_->nothing->text() : spoken.join(QStringLiteral("; "));
  setAccessibleDescription(text);
  impl_->plot->setAccessibleDescription(text);
}

void LineChart::set_nothing(const QString& text) {
  impl_->nothing->setText(text);
  schedule();
}

void LineChart::set_legend(const std::vector<LegendEntry>& entries) {
  impl_->entries = entries;
  schedule();
}

void LineChart::set_y_range(double low, double high) {
  y_range_ = {low, high};
  schedule();
}

void LineChart::schedule() {
  if (!impl_->timer.isActive()) impl_->timer.start();
}

void LineChart::flush() {
  impl_->timer.stop();
  replot();
}

void LineChart::replot() {
  QCustomPlot* plot = impl_->plot;
  plot->clearGraphs();
  impl_->keys.clear();
  impl_->legend->clearItems();
  const QColor background = palette().color(QPalette::Base);
  bool any = false;
  for (const Series& series : series_) {
    QCPGraph* graph = plot->addGraph();
    graph->setPen(pen_of(series.colour, series.line));
    graph->setScatterStyle(scatter_of(series.marker, series.colour, background));
    graph->setData(series.x, series.y, true);
    graph->setAdaptiveSampling(true);
    any = any || !series.x.isEmpty();
  }
  for (const LegendEntry& entry : impl_->entries) {
    QCPGraph* key = plot->addGraph();
    key->setPen(pen_of(entry.colour, entry.line));
    key->setScatterStyle(scatter_of(entry.marker, entry.colour, background));
    key->setName(entry.name);
    key->addToLegend(impl_->legend);
    impl_->keys.push_back(key);
  }
  impl_->legend->setVisible(!impl_->entries.empty());
  impl_->nothing->setVisible(!any);
  restyle();
  if (!zoomed_) fit();
  plot->replot(QCustomPlot::rpQueuedReplot);
  ++replots_;
}

void LineChart::fit() {
  QCustomPlot* plot = impl_->plot;
  double x_high = 0, y_low = INFINITY, y_high = -INFINITY, x_low = 0;
  for (const Series& series : series_) {
    for (const double x : series.x) x_high = std::isfinite(x) ? std::max(x_high, x) : x_high;
    for (const double y : series.y) {
      if (!std::isfinite(y)) continue;
      y_low = std::min(y_low, y);
      y_high = std::max(y_high, y);
    }
  }
  if (x_high <= x_low) x_high = x_low + 1;
  plot->xAxis->setRange(x_low - 0.01 * (x_high - x_low), x_high + 0.02 * (x_high - x_low));
  if (y_range_) {
    plot->yAxis->setRange(y_range_->first, y_range_->second);
  } else if (y_low <= y_high) {
    y_low = std::min(y_low, 0.0);
    const double room = y_high > y_low ? 0.06 * (y_high - y_low) : 0.5;
    plot->yAxis->setRange(y_low - (y_low < 0 ? room : 0.3 * room), y_high + room);
  } else {
    plot->yAxis->setRange(0, 1);
  }
}

void LineChart::restyle() {
  QCustomPlot* plot = impl_->plot;
  const QColor text = palette().color(QPalette::WindowText);
  const QColor quiet = theme::secondary_text();
  plot->setBackground(palette().color(QPalette::Base));
  impl_->title->setTextColor(text);
  impl_->title->setFont(theme::scaled(font(), 1.0, true));
  for (QCPAxis* axis : {plot->xAxis, plot->yAxis}) {
    axis->setBasePen(QPen(theme::reference(), 1));
    axis->setTickPen(QPen(theme::reference(), 1));
    axis->setSubTickPen(Qt::NoPen);
    axis->setTickLabelColor(quiet);
    axis->setLabelColor(quiet);
    axis->setTickLabelFont(theme::scaled(font(), 0.9));
    axis->setLabelFont(theme::scaled(font(), 0.9));
    axis->setLabelPadding(2);
    axis->grid()->setPen(QPen(theme::line(), 1, Qt::SolidLine));
    axis->grid()->setZeroLinePen(QPen(theme::line(), 1));
  }
  impl_->legend->setBorderPen(Qt::NoPen);
  impl_->legend->setBrush(Qt::NoBrush);
  impl_->legend->setTextColor(text);
  impl_->legend->setFont(theme::scaled(font(), 0.9));
  impl_->legend->setIconSize(30, 16);
  impl_->nothing->setColor(quiet);
}

bool LineChart::save_png(const QString& path) const {
  return impl_->plot->savePng(path, 0, 0, 2.0);
}

bool LineChart::save_pdf(const QString& path) const {
  return impl_->plot->savePdf(path);
}

bool LineChart::save_svg(const QString& path) const {
  const QSize size = impl_->plot->size();
  QSvgGenerator generator;
  generator.setFileName(path);
  generator.setSize(size);
  generator.setViewBox(QRect({}, size));
  generator.setTitle(accessibleName());
  QCPPainter painter;
  if (!painter.begin(&generator)) return false;
  painter.setMode(QCPPainter::pmVectorized);
  impl_->plot->toPainter(&painter, size.width(), size.height());
  return painter.end();
}

bool LineChart::save(const QString& path) const {
  const QString ending = QFileInfo(path).suffix().toLower();
  if (ending == QLatin1String("csv")) return save_bytes(path, csv()).isEmpty();
  if (ending == QLatin1String("pdf")) return save_pdf(path);
  if (ending == QLatin1String("svg")) return save_svg(path);
  return save_png(path);
}

void LineChart::ask_and_save() {
  const QString path =
      ask_save_path(this, tr("Save the chart"), QStringLiteral("chart.png"),
                    tr("PNG picture (*.png);;PDF (*.pdf);;SVG drawing (*.svg);;CSV (*.csv)"));
  if (path.isEmpty()) return;
  flush();
  if (!save(path)) emit save_failed(path);
}

void LineChart::contextMenuEvent(QContextMenuEvent* event) {
  QMenu menu(this);
  menu.addAction(tr("Show everything"), this, [this] {
    zoomed_ = false;
    fit();
    schedule();
  });
  menu.addAction(tr("Save the chart (PNG, PDF, SVG, CSV)…"), this, &LineChart::ask_and_save);
  menu.exec(event->globalPos());
}

QByteArray LineChart::csv() const {
  QString text =
      QStringLiteral("series,%1,%2\n")
          .arg(csv_field(impl_->plot->xAxis->label()), csv_field(impl_->plot->yAxis->label()));
  for (const Series& series : series_) {
    for (qsizetype i = 0; i < std::min(series.x.size(), series.y.size()); ++i) {
      text += csv_field(series.name) + QLatin1Char(',') + full_precision(series.x[i]) +
              QLatin1Char(',') + full_precision(series.y[i]) + QLatin1Char('\n');
    }
  }
  return text.toUtf8();
}

void LineChart::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) schedule();
}

bool LineChart::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::ToolTip) {
    const auto* help = static_cast<QHelpEvent*>(event);
    show_nearest(help->pos(), help->globalPos());
    return true;
  }
  return QWidget::eventFilter(watched, event);
}

void LineChart::show_nearest(const QPointF& place, const QPoint& global) {
  QCustomPlot* plot = impl_->plot;
  double best = pick_distance * pick_distance;
  QString text = plot->toolTip();
  for (const Series& series : series_) {
    for (qsizetype i = 0; i < std::min(series.x.size(), series.y.size()); ++i) {
      const double dx = plot->xAxis->coordToPixel(series.x[i]) - place.x();
      const double dy = plot->yAxis->coordToPixel(series.y[i]) - place.y();
      const double distance = dx * dx + dy * dy;
      if (distance >= best) continue;
      best = distance;
      text = QStringLiteral("%1\n%2 %3, %4 %5")
                 .arg(series.name, plot->xAxis->label(), short_number(series.x[i]),
                      plot->yAxis->label(), short_number(series.y[i]));
    }
  }
  QToolTip::showText(global, text, plot);
}

}  // namespace loupe::ui
