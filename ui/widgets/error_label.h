// SPDX-License-Identifier: GPL-3.0-or-later
// A line that says what is wrong, in the colour of errors; hidden while nothing is.
#pragma once

#include <QEvent>
#include <QLabel>

#include "ui/widgets/theme.h"

namespace loupe::ui {

class ErrorLabel : public QLabel {
 public:
  explicit ErrorLabel(QWidget* parent) : QLabel(parent) {
    setTextFormat(Qt::PlainText);
    setWordWrap(true);
    restyle();
    hide();
  }
  void set_error(const QString& text) {
    setText(text);
    setVisible(!text.isEmpty());
  }

 protected:
  void changeEvent(QEvent* event) override {
    QLabel::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && !restyling_) restyle();
  }

 private:
  void restyle() {
    restyling_ = true;
    QPalette own;
    own.setColor(QPalette::WindowText, theme::error());
    setPalette(own);
    restyling_ = false;
  }
  bool restyling_ = false;
};

}  // namespace loupe::ui
