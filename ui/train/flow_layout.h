// SPDX-License-Identifier: GPL-3.0-or-later
// Widgets side by side, going on in a new line where the room ends.
#pragma once

#include <QLayout>
#include <QList>

namespace loupe::ui {

class FlowLayout : public QLayout {
 public:
  explicit FlowLayout(QWidget* parent, int spacing) : QLayout(parent) {
    setContentsMargins(0, 0, 0, 0);
    setSpacing(spacing);
  }
  ~FlowLayout() override { qDeleteAll(items_); }

  void addItem(QLayoutItem* item) override { items_.append(item); }
  int count() const override { return static_cast<int>(items_.size()); }
  QLayoutItem* itemAt(int index) const override { return items_.value(index); }
  QLayoutItem* takeAt(int index) override {
    return index >= 0 && index < items_.size() ? items_.takeAt(index) : nullptr;
  }
  Qt::Orientations expandingDirections() const override { return {}; }
  bool hasHeightForWidth() const override { return true; }
  int heightForWidth(int width) const override { return arrange({0, 0, width, 0}, false); }
  QSize sizeHint() const override { return minimumSize(); }
  QSize minimumSize() const override {
    QSize size;
    for (const QLayoutItem* item : items_) size = size.expandedTo(item->minimumSize());
    return size;
  }
  void setGeometry(const QRect& area) override {
    QLayout::setGeometry(area);
    arrange(area, true);
  }

 private:
  int arrange(const QRect& area, bool place) const {
    int x = area.x(), y = area.y();
    int from = 0;
    const auto end_line = [&](int to) {
      int height = 0;
      for (int i = from; i < to; ++i) height = std::max(height, items_[i]->sizeHint().height());
      if (place) {
        for (int i = from, at = area.x(); i < to; ++i) {
          const QSize size = items_[i]->sizeHint();
          items_[i]->setGeometry({{at, y + (height - size.height()) / 2}, size});
          at += size.width() + spacing();
        }
      }
      y += height + spacing() / 2;
      x = area.x();
      from = to;
    };
    for (int i = 0; i < items_.size(); ++i) {
      if (items_[i]->isEmpty()) continue;
      const int width = items_[i]->sizeHint().width();
      if (x > area.x() && x + width > area.x() + area.width()) end_line(i);
      x += width + spacing();
    }
    if (from < items_.size()) end_line(static_cast<int>(items_.size()));
    return std::max(0, y - spacing() / 2 - area.y());
  }

  QList<QLayoutItem*> items_;
};

}  // namespace loupe::ui
