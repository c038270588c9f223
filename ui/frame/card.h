// SPDX-License-Identifier: GPL-3.0-or-later
// A raised area with a hairline around it, for what belongs together on the start page.
#pragma once

#include <QWidget>

namespace loupe::ui {

class Card : public QWidget {
  Q_OBJECT
 public:
  using QWidget::QWidget;

 protected:
  void paintEvent(QPaintEvent*) override;
};

}  // namespace loupe::ui
