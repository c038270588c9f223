// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/empty_state.h"

#include <QApplication>
#include <QClipboard>
#include <QEvent>
#include <QFontDatabase>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/widgets/icons.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {

EmptyState::EmptyState(const QString& icon_name, QWidget* parent)
    : QWidget(parent), icon_name_(icon_name) {
  icon_ = new QLabel(this);
  title_ = new QLabel(this);
  title_->setFont(theme::scaled(font(), 1.35, true));
  text_ = new QLabel(this);
  commands_ = new QLabel(this);
  commands_->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
  commands_->setMargin(theme::grid);
  commands_->setAutoFillBackground(true);
  commands_->setBackgroundRole(QPalette::AlternateBase);
  copy_ = new QPushButton(tr("Copy"), this);
  connect(copy_, &QPushButton::clicked, this,
          [this] { QApplication::clipboard()->setText(commands_->text()); });
  auto* layout = new QVBoxLayout(this);
  layout->setSpacing(theme::grid);
  layout->addStretch(1);
  layout->addWidget(icon_, 0, Qt::AlignHCenter);
  for (QLabel* label : {title_, text_, commands_}) {
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    label->setFocusPolicy(Qt::NoFocus);
    layout->addWidget(label, 0, Qt::AlignHCenter);
  }
  title_->setAlignment(Qt::AlignHCenter);
  text_->setAlignment(Qt::AlignHCenter);
  layout->addWidget(copy_, 0, Qt::AlignHCenter);
  layout->addStretch(2);
  restyle();
}

void EmptyState::set_content(const QString& title, const QString& text, const QString& commands) {
  title_->setText(title);
  text_->setText(text);
  commands_->setText(commands);
  commands_->setVisible(!commands.isEmpty());
  copy_->setVisible(!commands.isEmpty());
  setAccessibleName(title);
  setAccessibleDescription(text);
}

void EmptyState::add_below(QWidget* widget) {
  auto* lines = static_cast<QVBoxLayout*>(layout());
  lines->insertWidget(lines->count() - 1, widget);
}

QString EmptyState::title() const {
  return title_->text();
}

void EmptyState::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) restyle();
}

void EmptyState::restyle() {
  icon_->setPixmap(icon_pixmap(icon_name_, theme::secondary_text(), 48, devicePixelRatioF()));
}

}  // namespace loupe::ui
