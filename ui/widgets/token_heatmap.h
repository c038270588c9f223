// SPDX-License-Identifier: GPL-3.0-or-later
// The tokens of a text in reading order, each in a box coloured by its number on the diverging map.
// Mouse and keyboard (arrows, Home, End) pick a token and show its tooltip; Ctrl+C copies it. For
// screen readers the widget is a list whose items are the tokens.
#pragma once

#include <QHash>
#include <QWidget>
#include <vector>

#include "ui/widgets/token_layout.h"

namespace loupe::ui {

class TokenHeatmap : public QWidget {
  Q_OBJECT
 public:
  struct Token {
    QString text;      // printable form
    double value = 0;  // in the unit of set_limit()
    bool ends_line = false;
    QString tooltip;
  };

  explicit TokenHeatmap(QWidget* parent = nullptr);

  void set_tokens(std::vector<Token> tokens);
  const std::vector<Token>& tokens() const { return tokens_; }
  // The value painted in the map's strongest colour; not positive: everything is neutral.
  void set_limit(double limit);
  double limit() const { return limit_; }
  // Outlines a token from outside, e.g. from a table row; -1: none.
  void set_marked(int token);
  int current() const { return current_; }

  QColor colour_of(int token) const;
  // A token in one line, as a screen reader says it: its text and its number.
  QString spoken(int token) const;
  void set_current(int token);
  void copy_current() const;
  QRectF box_of(int token) const;
  int token_at(const QPointF& place) const { return layout_.hit(place); }

  bool hasHeightForWidth() const override { return true; }
  int heightForWidth(int width) const override;
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

 signals:
  // The token under the mouse or the keyboard; -1 when there is none.
  void current_changed(int token);

 protected:
  void paintEvent(QPaintEvent*) override;
  void resizeEvent(QResizeEvent*) override;
  void changeEvent(QEvent*) override;
  void mouseMoveEvent(QMouseEvent*) override;
  void leaveEvent(QEvent*) override;
  void keyPressEvent(QKeyEvent*) override;
  void contextMenuEvent(QContextMenuEvent*) override;
  void focusInEvent(QFocusEvent*) override;
  void focusOutEvent(QFocusEvent*) override;
  bool event(QEvent*) override;

 private:
  TokenLayout arranged(int width) const;
  void measure();
  void rearrange();
  void show_tooltip(const QPoint& global);

  std::vector<Token> tokens_;
  std::vector<TokenLayout::Token> measured_;  // what is laid out, with the widths in this font
  mutable QHash<int, int> heights_;  // of the widths asked for; layouts ask again and again
  TokenLayout layout_;
  double limit_ = 1;
  int current_ = -1, marked_ = -1;
};

}  // namespace loupe::ui
