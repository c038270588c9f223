// SPDX-License-Identifier: GPL-3.0-or-later
// The tokens of a text in reading order, each a chip with its text and its id under it; neighbours
// differ in colour. Mouse and arrow keys pick a chip.
#pragma once

#include <QHash>
#include <QWidget>

#include "ui/models/token_groups.h"
#include "ui/widgets/token_layout.h"

class QPainter;

namespace loupe::ui {

class TokenChips : public QWidget {
  Q_OBJECT
 public:
  explicit TokenChips(QWidget* parent = nullptr);

  void set_groups(std::vector<TokenGroup> groups);
  const std::vector<TokenGroup>& groups() const { return groups_; }
  int current() const { return current_; }
  // -1: none.
  void set_current(int group);
  QRectF box_of(int group) const { return layout_.boxes()[static_cast<size_t>(group)]; }
  QColor colour_of(int group) const;
  // What is shown, as a picture of this width.
  QSize picture_size() const { return {width(), heightForWidth(width())}; }
  void draw(QPainter* painter, const QRectF& area) const;

  bool hasHeightForWidth() const override { return true; }
  int heightForWidth(int width) const override;
  QSize sizeHint() const override { return {320, heightForWidth(320)}; }
  QSize minimumSizeHint() const override { return {120, heightForWidth(120) > 0 ? 40 : 0}; }

 signals:
  void current_changed(int group);

 protected:
  void paintEvent(QPaintEvent*) override;
  void resizeEvent(QResizeEvent*) override;
  void changeEvent(QEvent*) override;
  void mousePressEvent(QMouseEvent*) override;
  void keyPressEvent(QKeyEvent*) override;
  void focusInEvent(QFocusEvent*) override;
  void focusOutEvent(QFocusEvent*) override;
  bool event(QEvent*) override;

 private:
  QFont id_font() const;
  void measure();
  TokenLayout arranged(int width) const;

  std::vector<TokenGroup> groups_;
  std::vector<TokenLayout::Token> measured_;
  mutable QHash<int, int> heights_;
  TokenLayout layout_;
  int current_ = -1;
};

}  // namespace loupe::ui
