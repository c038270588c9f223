// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/failure_view.h"

#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/widgets/icons.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

constexpr int icon_size = 20;

}  // namespace

FailureView::FailureView(const QString& name, QWidget* parent) : QFrame(parent) {
  setObjectName(name);
  const auto line = [&](const char* part) {
    auto* label = new QLabel(this);
    label->setObjectName(name + QLatin1String(part));
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
  };
  icon_ = new QLabel(this);
  what_ = line("-what");
  where_ = line("-where");
  hint_ = line("-hint");
  QFont strong = what_->font();
  strong.setBold(true);
  what_->setFont(strong);
  theme::make_secondary(where_);
  again_ = new QPushButton(this);
  again_->setObjectName(name + QStringLiteral("-again"));
  copy_ = new QPushButton(tr("Copy"), this);
  copy_->setObjectName(name + QStringLiteral("-copy"));
  copy_->setToolTip(tr("Everything known of the error, for the clipboard"));
  connect(again_, &QPushButton::clicked, this, &FailureView::again_wanted);
  connect(copy_, &QPushButton::clicked, this,
          [this] { QApplication::clipboard()->setText(failure_.details()); });
  auto* lines = new QVBoxLayout;
  lines->setSpacing(theme::grid / 4);
  for (QLabel* label : {what_, where_, hint_}) lines->addWidget(label);
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(theme::grid, theme::grid, theme::grid, theme::grid);
  layout->setSpacing(theme::grid);
  layout->addWidget(icon_, 0, Qt::AlignTop);
  layout->addLayout(lines, 1);
  layout->addWidget(again_, 0, Qt::AlignTop);
  layout->addWidget(copy_, 0, Qt::AlignTop);
  setAutoFillBackground(true);
  setBackgroundRole(QPalette::AlternateBase);
  restyle();
  hide();
}

void FailureView::show_failure(const Failure& failure, const QString& again) {
  failure_ = failure;
  what_->setText(failure.what);
  // Many errors name the place in their own words already.
  where_->setText(failure.where);
  where_->setVisible(!failure.where.isEmpty() && !failure.what.contains(failure.where));
  hint_->setText(failure.hint);
  hint_->setVisible(!failure.hint.isEmpty());
  again_->setText(again);
  again_->setVisible(!again.isEmpty());
  setAccessibleName(failure.what);
  setAccessibleDescription(failure.hint);
  show();
  QAccessibleEvent alert(this, QAccessible::Alert);
  QAccessible::updateAccessibility(&alert);
}

void FailureView::changeEvent(QEvent* event) {
  QFrame::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) restyle();
}

void FailureView::restyle() {
  icon_->setPixmap(
      icon_pixmap(QStringLiteral("error"), theme::error(), icon_size, devicePixelRatioF()));
}

}  // namespace loupe::ui
