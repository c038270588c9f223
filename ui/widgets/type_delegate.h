// SPDX-License-Identifier: GPL-3.0-or-later
// Paints a run's type as a small label in the type's colour.
#pragma once

#include <QStyledItemDelegate>

namespace loupe::ui {

class TypeDelegate : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  void paint(QPainter* painter, const QStyleOptionViewItem& option,
             const QModelIndex& index) const override;
};

}  // namespace loupe::ui
