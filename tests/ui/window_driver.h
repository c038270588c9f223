// SPDX-License-Identifier: GPL-3.0-or-later
// The main window over a fake engine, for tests that drive it.
#pragma once

#include <QtTest>
#include <memory>
#include <stdexcept>
#include <string>

#include "ui/main_window.h"

namespace loupe::ui {

class Window {
 public:
  explicit Window(const QStringList& options = {}) {
    const QStringList command = QStringList{QStringLiteral(LOUPE_FAKE_ENGINE)} + options +
                                QStringList{QStringLiteral("serve")};
    window_ = std::make_unique<MainWindow>(command, QStringLiteral("/fake/place.rlws"));
    window_->show();
    if (!QTest::qWaitForWindowExposed(window_.get())) throw std::runtime_error("not shown");
    window_->start();
  }
  MainWindow* operator->() const { return window_.get(); }
  MainWindow* get() const { return window_.get(); }
  template <class T>
  T* find(const char* name) const {
    T* found = window_->findChild<T*>(QString::fromLatin1(name));
    if (found == nullptr) throw std::runtime_error(std::string("no widget ") + name);
    return found;
  }
  bool settle() const {
    return QTest::qWaitFor([this] { return window_->settled(); }, 5000);
  }

 private:
  std::unique_ptr<MainWindow> window_;
};

}  // namespace loupe::ui
