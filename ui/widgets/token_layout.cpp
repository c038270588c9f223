// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/token_layout.h"

#include <algorithm>
#include <cmath>

namespace loupe::ui {

void TokenLayout::arrange(const std::vector<Token>& tokens, double width, const Metrics& metrics) {
  boxes_.clear();
  boxes_.reserve(tokens.size());
  const double right = std::max(width - metrics.margin, metrics.margin + metrics.line_height);
  double x = metrics.margin, y = metrics.margin;
  const auto new_line = [&] {
    x = metrics.margin;
    y += metrics.line_height + metrics.line_gap;
  };
  for (const Token& token : tokens) {
    const double wanted =
        (token.width >= 0 ? token.width : metrics.width(token.text)) + 2 * metrics.padding;
    if (x + wanted > right && x > metrics.margin) new_line();
    const double given = std::min(wanted, right - metrics.margin);
    boxes_.emplace_back(x, y, given, metrics.line_height);
    x += given + metrics.box_gap;
    if (token.ends_line) new_line();
  }
  height_ = boxes_.empty() ? 2 * metrics.margin + metrics.line_height
                           : boxes_.back().bottom() + metrics.margin;
}

int TokenLayout::hit(const QPointF& place) const {
  // Boxes are in reading order, so their bottoms never decrease.
  auto box = std::partition_point(boxes_.begin(), boxes_.end(),
                                  [&](const QRectF& b) { return b.bottom() < place.y(); });
  for (; box != boxes_.end() && box->top() <= place.y(); ++box) {
    if (box->contains(place)) return static_cast<int>(box - boxes_.begin());
  }
  return -1;
}

int TokenLayout::vertical_neighbour(int token, int direction) const {
  if (token < 0 || token >= static_cast<int>(boxes_.size())) return -1;
  const QRectF from = boxes_[static_cast<size_t>(token)];
  int best = token;
  double best_line = -1, best_distance = 0;
  for (int i = token; i >= 0 && i < static_cast<int>(boxes_.size()); i += direction) {
    const QRectF& box = boxes_[static_cast<size_t>(i)];
    if (box.top() == from.top()) continue;
    if (best_line >= 0 && box.top() != best_line) break;
    const double distance = std::abs(box.center().x() - from.center().x());
    if (best_line < 0 || distance < best_distance) {
      best = i;
      best_distance = distance;
    }
    best_line = box.top();
  }
  return best;
}

int TokenLayout::after_key(int token, int key) const {
  const int last = static_cast<int>(boxes_.size()) - 1;
  if (last < 0) return -1;
  switch (key) {
    case Qt::Key_Right:
      return std::min(token + 1, last);
    case Qt::Key_Left:
      return std::max(token - 1, 0);
    case Qt::Key_Down:
      return token < 0 ? 0 : vertical_neighbour(token, 1);
    case Qt::Key_Up:
      return token < 0 ? 0 : vertical_neighbour(token, -1);
    case Qt::Key_Home:
      return 0;
    case Qt::Key_End:
      return last;
    default:
      return -1;
  }
}

}  // namespace loupe::ui
