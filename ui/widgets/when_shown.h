// SPDX-License-Identifier: GPL-3.0-or-later
// Work for a page that nobody looks at waits until it is shown, and is then done once, however
// often it was wanted.
#pragma once

#include <QEvent>
#include <QWidget>
#include <functional>
#include <utility>

namespace loupe::ui {

class WhenShown : public QObject {
 public:
  WhenShown(QWidget* widget, std::function<void()> work)
      : QObject(widget), widget_(widget), work_(std::move(work)) {
    widget_->installEventFilter(this);
  }
  // At once, where the widget is seen.
  void want() {
    waits_ = true;
    if (widget_->isVisible()) do_now();
  }
  bool waits() const { return waits_; }

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override {
    if (event->type() == QEvent::Show) do_now();
    return QObject::eventFilter(watched, event);
  }

 private:
  void do_now() {
    if (std::exchange(waits_, false)) work_();
  }

  QWidget* widget_;
  std::function<void()> work_;
  bool waits_ = false;
};

}  // namespace loupe::ui
