// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/asked_pane.h"

#include <QLabel>
#include <QVBoxLayout>

#include "ui/widgets/failure_view.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {

AskedPane::AskedPane(const QString& name, QWidget* content, QWidget* parent)
    : QStackedWidget(parent) {
  setObjectName(name);
  said_ = new QLabel(this);
  said_->setObjectName(name + QStringLiteral("-said"));
  said_->setTextFormat(Qt::PlainText);
  said_->setAlignment(Qt::AlignCenter);
  said_->setWordWrap(true);
  theme::make_secondary(said_);
  auto* trouble = new QWidget(this);
  failure_ = new FailureView(name + QStringLiteral("-failure"), trouble);
  auto* lines = new QVBoxLayout(trouble);
  lines->setContentsMargins(0, theme::grid, 0, 0);
  lines->addWidget(failure_);
  lines->addStretch(1);
  addWidget(content);
  addWidget(said_);
  addWidget(trouble);
  setCurrentIndex(1);
  connect(failure_, &FailureView::again_wanted, this, &AskedPane::again_wanted);
}

void AskedPane::say(const QString& text) {
  said_->setText(text);
  setCurrentIndex(1);
}

void AskedPane::fail(const Failure& failure) {
  failure_->show_failure(failure, tr("Try again"));
  setCurrentIndex(2);
}

void AskedPane::show_content() {
  setCurrentIndex(0);
}

bool AskedPane::shows_content() const {
  return currentIndex() == 0;
}

}  // namespace loupe::ui
