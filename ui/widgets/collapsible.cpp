// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/collapsible.h"

#include <QToolButton>
#include <QVBoxLayout>

#include "ui/widgets/theme.h"

namespace loupe::ui {

Collapsible::Collapsible(const QString& title, QWidget* content, QWidget* parent)
    : QWidget(parent), content_(content) {
  header_ = new QToolButton(this);
  header_->setText(title);
  header_->setFont(theme::scaled(font(), 1.0, true));
  header_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  header_->setAutoRaise(true);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(theme::grid / 2);
  layout->addWidget(header_, 0, Qt::AlignLeft);
  layout->addWidget(content_, 1);
  header_->setArrowType(Qt::DownArrow);
  connect(header_, &QToolButton::clicked, this, [this] { set_open(!open_); });
}

void Collapsible::set_open(bool open) {
  if (open_ == open) return;
  open_ = open;
  header_->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
  header_->setAccessibleDescription(open ? tr("open") : tr("closed"));
  content_->setVisible(open);
  // A closed area gives its height back to its neighbours in a splitter.
  setMaximumHeight(open ? QWIDGETSIZE_MAX : header_->sizeHint().height() + theme::grid / 2);
  emit toggled(open);
}

}  // namespace loupe::ui
