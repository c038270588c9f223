// SPDX-License-Identifier: GPL-3.0-or-later
// Where the boxes of a token heatmap lie: text flow with line wrap. No painting, no widget; the
// text widths come from outside, so that it can be tested without fonts.
#pragma once

#include <QRectF>
#include <QString>
#include <functional>
#include <vector>

namespace loupe::ui {

class TokenLayout {
 public:
  struct Token {
    QString text;            // as shown in the box
    bool ends_line = false;  // a line break follows the box
    double width = -1;       // of the text, where it is known; else Metrics::width is asked
  };
  struct Metrics {
    double line_height = 20;  // of a box
    double line_gap = 4, box_gap = 2, padding = 3, margin = 4;
    std::function<double(const QString&)> width;
  };

  // Lays the tokens out in `width` device-independent pixels; a token wider than a line gets a line
  // of its own and is cut to it.
  void arrange(const std::vector<Token>& tokens, double width, const Metrics& metrics);

  const std::vector<QRectF>& boxes() const { return boxes_; }
  double height() const { return height_; }
  // The token at this place, or -1. Gaps between boxes belong to no token.
  int hit(const QPointF& place) const;
  // The token nearest above (-1) or below (+1) `token`; `token` itself at the first and the last
  // line.
  int vertical_neighbour(int token, int direction) const;
  // Where an arrow key, Home or End leads from `token` (-1: none yet); -1 for any other key, and
  // where there are no tokens.
  int after_key(int token, int key) const;

 private:
  std::vector<QRectF> boxes_;
  double height_ = 0;
};

}  // namespace loupe::ui
