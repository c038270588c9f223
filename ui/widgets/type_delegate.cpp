// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/type_delegate.h"

#include <QApplication>
#include <QPainter>

#include "ui/widgets/diverging_scale.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {

void TypeDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                         const QModelIndex& index) const {
  QStyleOptionViewItem background = option;
  initStyleOption(&background, index);
  background.text.clear();
  const QStyle* style = option.widget != nullptr ? option.widget->style() : QApplication::style();
  style->drawControl(QStyle::CE_ItemViewItem, &background, painter, option.widget);

  const QString type = index.data().toString();
  if (type.isEmpty()) return;
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  const QFont font = theme::scaled(option.font, 0.9, true);
  const int width = QFontMetrics(font).horizontalAdvance(type) + 12;
  QRectF label(option.rect.left() + 4, 0, width, QFontMetrics(font).height() + 1);
  label.moveTop(option.rect.center().y() - label.height() / 2 + 0.5);
  const QColor colour = theme::of_type(type);
  painter->setPen(Qt::NoPen);
  painter->setBrush(colour);
  painter->drawRoundedRect(label, 3, 3);
  painter->setPen(text_colour_on(colour));
  painter->setFont(font);
  painter->drawText(label, Qt::AlignCenter, type);
  painter->restore();
}

}  // namespace loupe::ui
