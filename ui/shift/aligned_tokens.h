// SPDX-License-Identifier: GPL-3.0-or-later
// The tokens before above the tokens after, partners in one column, coloured by the change of
// credit. What came or went has a gap for a partner and a hatched outline. Mouse and arrow keys
// pick a column and show its numbers. A long unchanged beginning is one column: it cannot move.
#pragma once

#include <QWidget>
#include <vector>

#include "ui/shift/shift_sums.h"
#include "ui/widgets/token_layout.h"

namespace loupe::ui::shift {

class AlignedTokens : public QWidget {
  Q_OBJECT
 public:
  explicit AlignedTokens(QWidget* parent = nullptr);

  void set_shift(const api::Shift& shift);
  // The change painted in the map's strongest colour; not positive: everything is neutral.
  void set_limit(double limit);
  // The numbers are of an earlier text.
  void set_dimmed(bool dimmed);

  // Of those shown; when some are folded, column 0 stands for them.
  int column_count() const { return static_cast<int>(columns_.size()); }
  int folded() const { return folded_; }
  QRectF box_of(int column, bool before) const;
  QColor colour_of(int column) const;
  QString tooltip_of(int column) const;

  bool hasHeightForWidth() const override { return true; }
  int heightForWidth(int width) const override;
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

 protected:
  void paintEvent(QPaintEvent*) override;
  void resizeEvent(QResizeEvent*) override;
  void changeEvent(QEvent*) override;
  void mouseMoveEvent(QMouseEvent*) override;
  void leaveEvent(QEvent*) override;
  void keyPressEvent(QKeyEvent*) override;
  void focusInEvent(QFocusEvent*) override;
  void focusOutEvent(QFocusEvent*) override;
  bool event(QEvent*) override;

 private:
  struct Shown {
    Column column;
    QString before, after;
    bool ends_line = false;
  };
  Shown fold(const std::vector<Column>& all) const;
  double box_height() const;
  double gutter() const;
  TokenLayout arranged(int width) const;
  void set_current(int column);
  void show_tooltip(const QPoint& global);
  void draw_gutter(QPainter* painter) const;

  api::Shift shift_;
  std::vector<Shown> columns_;
  TokenLayout layout_;
  double limit_ = 0;
  bool dimmed_ = false;
  int current_ = -1, folded_ = 0;
};

}  // namespace loupe::ui::shift
