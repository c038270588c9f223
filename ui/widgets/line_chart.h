// SPDX-License-Identifier: GPL-3.0-or-later
// Curves over one x axis. The plotting library stays inside the .cpp. Redraws are coalesced on one
// 40 ms timer, so a flood of points costs one paint.
#pragma once

#include <QColor>
#include <QVector>
#include <QWidget>
#include <memory>
#include <optional>
#include <vector>

namespace loupe::ui {

enum class Marker { none, circle, square, diamond, triangle };

class LineChart : public QWidget {
  Q_OBJECT
 public:
  struct Series {
    QString name;  // whole, for tooltips and CSV
    QColor colour;
    Qt::PenStyle line = Qt::SolidLine;
    Marker marker = Marker::none;
    QVector<double> x, y;
  };
  // The legend is given apart from the series: two runs on four sets are six entries, not eight.
  struct LegendEntry {
    QString name;
    QColor colour;
    Qt::PenStyle line = Qt::SolidLine;
    Marker marker = Marker::none;
  };

  LineChart(const QString& title, const QString& x_label, const QString& y_label,
            QWidget* parent = nullptr);
  ~LineChart() override;

  void set_series(std::vector<Series> series);
  void set_legend(const std::vector<LegendEntry>& entries);
  // Fixed; without it the range follows the data.
  void set_y_range(double low, double high);
  // Said in the middle while there is no point.
  void set_nothing(const QString& text);

  const std::vector<Series>& series() const { return series_; }
  int replots() const { return replots_; }
  // Draws now what is waiting to be drawn.
  void flush();

  // false when the file cannot be written.
  bool save_png(const QString& path) const;
  bool save_pdf(const QString& path) const;
  bool save_svg(const QString& path) const;
  // As its ending says: .png, .pdf, .svg or .csv; anything else is a PNG.
  bool save(const QString& path) const;
  // series, x, y: one point a line, full precision.
  QByteArray csv() const;

  QSize sizeHint() const override { return {420, 240}; }
  QSize minimumSizeHint() const override { return {240, 140}; }

 signals:
  void save_failed(const QString& path);

 protected:
  void changeEvent(QEvent*) override;
  void contextMenuEvent(QContextMenuEvent*) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  struct Impl;
  void schedule();
  void replot();
  void restyle();
  void fit();
  void describe();
  void ask_and_save();
  void show_nearest(const QPointF& place, const QPoint& global);

  std::unique_ptr<Impl> impl_;
  std::vector<Series> series_;
  std::optional<std::pair<double, double>> y_range_;
  bool zoomed_ = false;
  int replots_ = 0;
};

}  // namespace loupe::ui
