// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/heatmap_accessible.h"

#include <QAccessible>
#include <QAccessibleWidget>
#include <QHash>
#include <QPointer>

#include "ui/widgets/token_heatmap.h"

namespace loupe::ui {
namespace {

class TokenItem : public QAccessibleInterface {
 public:
  TokenItem(TokenHeatmap* heatmap, int token) : heatmap_(heatmap), token_(token) {}

  bool isValid() const override {
    return heatmap_ != nullptr && token_ < static_cast<int>(heatmap_->tokens().size());
  }
  QObject* object() const override { return nullptr; }
  QAccessibleInterface* childAt(int, int) const override { return nullptr; }
  QAccessibleInterface* parent() const override {
    return heatmap_ != nullptr ? QAccessible::queryAccessibleInterface(heatmap_.data()) : nullptr;
  }
  QAccessibleInterface* child(int) const override { return nullptr; }
  int childCount() const override { return 0; }
  int indexOfChild(const QAccessibleInterface*) const override { return -1; }
  QAccessible::Role role() const override { return QAccessible::ListItem; }
  void setText(QAccessible::Text, const QString&) override {}
  QString text(QAccessible::Text what) const override {
    if (!isValid()) return {};
    if (what == QAccessible::Name) return heatmap_->spoken(token_);
    if (what == QAccessible::Description) {
      return heatmap_->tokens()[static_cast<size_t>(token_)].tooltip;
    }
    return {};
  }
  QRect rect() const override {
    if (!isValid()) return {};
    const QRect box = heatmap_->box_of(token_).toAlignedRect();
    return {heatmap_->mapToGlobal(box.topLeft()), box.size()};
  }
  QAccessible::State state() const override {
    QAccessible::State state;
    if (!isValid()) {
      state.invalid = true;
      return state;
    }
    const bool current = heatmap_->current() == token_;
    state.focusable = state.selectable = state.readOnly = true;
    state.selected = current;
    state.focused = current && heatmap_->hasFocus();
    state.invisible = !heatmap_->isVisible();
    return state;
  }

 private:
  QPointer<TokenHeatmap> heatmap_;
  int token_;
};

class HeatmapList : public QAccessibleWidget {
 public:
  explicit HeatmapList(TokenHeatmap* heatmap) : QAccessibleWidget(heatmap, QAccessible::List) {}
  ~HeatmapList() override {
    for (const QAccessible::Id id : items_) QAccessible::deleteAccessibleInterface(id);
  }

  int childCount() const override {
    return heatmap() != nullptr ? static_cast<int>(heatmap()->tokens().size()) : 0;
  }
  QAccessibleInterface* child(int token) const override {
    if (token < 0 || token >= childCount()) return nullptr;
    const auto known = items_.constFind(token);
    if (known != items_.cend()) return QAccessible::accessibleInterface(*known);
    auto* item = new TokenItem(heatmap(), token);
    items_.insert(token, QAccessible::registerAccessibleInterface(item));
    return item;
  }
  int indexOfChild(const QAccessibleInterface* child) const override {
    for (auto it = items_.cbegin(); it != items_.cend(); ++it) {
      if (QAccessible::accessibleInterface(*it) == child) return it.key();
    }
    return -1;
  }
  QAccessibleInterface* childAt(int x, int y) const override {
    if (heatmap() == nullptr) return nullptr;
    return child(heatmap()->token_at(heatmap()->mapFromGlobal(QPoint(x, y))));
  }
  QAccessibleInterface* focusChild() const override {
    return heatmap() != nullptr && heatmap()->hasFocus() ? child(heatmap()->current()) : nullptr;
  }

 private:
  TokenHeatmap* heatmap() const { return qobject_cast<TokenHeatmap*>(widget()); }
  mutable QHash<int, QAccessible::Id> items_;
};

QAccessibleInterface* make(const QString&, QObject* object) {
  auto* heatmap = qobject_cast<TokenHeatmap*>(object);
  return heatmap != nullptr ? new HeatmapList(heatmap) : nullptr;
}

}  // namespace

void install_heatmap_accessibility() {
  static const bool done = [] {
    QAccessible::installFactory(&make);
    return true;
  }();
  Q_UNUSED(done);
}

}  // namespace loupe::ui
