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
  // session: a file to remember in; empty: nothing is remembered.
  explicit Window(const QStringList& options = {}, const QString& session = {},
                  const QString& workspace = QStringLiteral("/fake/place.rlws")) {
    window_ = std::make_unique<MainWindow>(fake(options), workspace);
    begin(session);
  }
  explicit Window(const EngineSetup& setup, const QString& session = {}) {
    window_ = std::make_unique<MainWindow>(setup);
    begin(session);
  }
  static QStringList fake(const QStringList& options = {}) {
    return QStringList{QStringLiteral(LOUPE_FAKE_ENGINE)} + options +
           QStringList{QStringLiteral("serve")};
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
    return QTest::qWaitFor([this] { return window_->settled(); }, 8000);
  }
  void key(int key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) const {
    QTest::keyClick(window_.get(), static_cast<Qt::Key>(key), modifiers);
  }
  template <class T>
  void click(const char* name) const {
    QTest::mouseClick(find<T>(name), Qt::LeftButton);
  }

 private:
  void begin(const QString& session) {
    if (!session.isEmpty()) window_->use_session(session);
    window_->show();
    if (!QTest::qWaitForWindowExposed(window_.get())) throw std::runtime_error("not shown");
    window_->activateWindow();
    window_->start();
  }

  std::unique_ptr<MainWindow> window_;
};

}  // namespace loupe::ui
