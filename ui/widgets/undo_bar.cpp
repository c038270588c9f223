// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/undo_bar.h"

#include <QAccessible>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>

#include "ui/widgets/icons.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {

UndoBar::UndoBar(QWidget* parent) : QFrame(parent) {
  setObjectName(QStringLiteral("undo-bar"));
  text_ = new QLabel(this);
  text_->setObjectName(QStringLiteral("undo-text"));
  text_->setTextFormat(Qt::PlainText);
  undo_ = new QPushButton(tr("Undo"), this);
  undo_->setObjectName(QStringLiteral("undo-button"));
  undo_->setToolTip(tr("Bring back what was deleted last (Ctrl+Z)"));
  close_ = new QToolButton(this);
  close_->setObjectName(QStringLiteral("undo-close"));
  close_->setAutoRaise(true);
  close_->setAccessibleName(tr("Close the line; Ctrl+Z still undoes"));
  close_->setToolTip(close_->accessibleName());
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(2 * theme::grid, theme::grid / 2, theme::grid, theme::grid / 2);
  layout->setSpacing(theme::grid);
  layout->addWidget(text_);
  layout->addWidget(undo_);
  layout->addStretch(1);
  layout->addWidget(close_);
  connect(undo_, &QPushButton::clicked, this, &UndoBar::undo_wanted);
  connect(close_, &QToolButton::clicked, this, &QWidget::hide);
  setAutoFillBackground(true);
  setBackgroundRole(QPalette::AlternateBase);
  setFrameShape(QFrame::NoFrame);
  hide();
  restyle();
}

void UndoBar::say(const QString& text) {
  text_->setText(text);
  setAccessibleName(text);
  show();
  QAccessibleEvent alert(this, QAccessible::Alert);
  QAccessible::updateAccessibility(&alert);
}

QString UndoBar::text() const {
  return text_->text();
}

void UndoBar::changeEvent(QEvent* event) {
  QFrame::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) restyle();
}

void UndoBar::restyle() {
  close_->setIcon(icon(QStringLiteral("close"), theme::secondary_text()));
}

}  // namespace loupe::ui
