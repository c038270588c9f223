// SPDX-License-Identifier: GPL-3.0-or-later
// One line a run: where the edit takes the reward (hollow: before, filled: after), the other
// response as the line to cross for a flip, and the numbers beside it.
//
// Relative scale: a run's rewards as distances from the other response in units of its own
// |margin before|, so that models of different size are read alike. Reward units: one axis for all.
#pragma once

#include <QWidget>
#include <vector>

#include "ui/shift/run_row.h"

namespace loupe::ui::shift {

class DumbbellChart : public QWidget {
  Q_OBJECT
 public:
  explicit DumbbellChart(QWidget* parent = nullptr);

  void set_rows(const std::vector<RunRow>& rows, Edited edited);
  void set_relative(bool relative);
  // What a row says, for tests and screen readers: name, Δ, margins, verdict, or why there is none.
  QString text_of(int row) const;
  // Whether the row is painted faintly because its numbers are of an earlier text.
  bool is_dimmed(int row) const;
  int row_count() const { return static_cast<int>(rows_.size()); }
  QSize picture_size() const { return {width(), sizeHint().height()}; }
  void draw(QPainter* painter, const QSize& size) const;

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

 protected:
  void paintEvent(QPaintEvent*) override;
  void changeEvent(QEvent*) override;
  void keyPressEvent(QKeyEvent*) override;
  void focusInEvent(QFocusEvent*) override;
  void focusOutEvent(QFocusEvent*) override;
  bool event(QEvent*) override;

 private:
  struct Geometry {
    double name = 0, plot_left = 0, plot_right = 0, delta = 0, margin = 0, verdict = 0, right = 0;
    double row_height = 0, top = 0;
  };
  struct Axis {
    double low = -1, high = 1;
  };
  Geometry geometry_for(int width) const;
  Axis axis() const;
  double value_on_axis(const Outcome& outcome, double reward) const;
  void draw_head(QPainter*, const Geometry&) const;
  void draw_row(QPainter*, const Geometry&, const Axis&, int row) const;
  void draw_dumbbell(QPainter*, const Geometry&, const Axis&, int row, double middle) const;
  void draw_axis(QPainter*, const Geometry&, const Axis&) const;
  QString tooltip_of(int row) const;
  int row_at(double y) const;
  void set_current(int row);

  std::vector<RunRow> rows_;
  Edited edited_ = Edited::chosen;
  bool relative_ = true;
  int current_ = -1;
};

}  // namespace loupe::ui::shift
