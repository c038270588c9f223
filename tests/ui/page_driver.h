// SPDX-License-Identifier: GPL-3.0-or-later
// One page over an engine, without the frame, for tests that drive it by mouse and keys and that
// take its picture.
#pragma once

#include <QApplication>
#include <QDir>
#include <QMenu>
#include <QTableView>
#include <QVBoxLayout>
#include <QtTest>
#include <stdexcept>
#include <string>

#include "ui/client/workspace_mirror.h"
#include "ui/widgets/page.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {

template <class P>
class PageWindow {
 public:
  // command: of the engine, whole.
  explicit PageWindow(const QStringList& command)
      : client_(command), mirror_(&client_), page_(new P(&client_, &mirror_)) {
    auto* layout = new QVBoxLayout(&window_);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(page_);
    // What the frame leaves a page of 1280 x 720.
    window_.resize(1204, 612);
    window_.show();
    if (!QTest::qWaitForWindowExposed(&window_)) throw std::runtime_error("not shown");
    QObject::connect(page_, &Page::message, page_,
                     [this](const Banner::Message& message) { messages << message.text; });
    QObject::connect(page_, &Page::open_wanted, page_,
                     [this](const Place& place) { opened = place; });
    QObject::connect(page_, &Page::place_changed, page_, [this] { ++moves; });
    client_.start();
  }

  P* operator->() const { return page_; }
  EngineClient& client() { return client_; }
  WorkspaceMirror& mirror() { return mirror_; }
  QWidget& window() { return window_; }
  bool settle(int ms = 10000) const {
    return QTest::qWaitFor([this] { return page_->settled(); }, ms);
  }
  template <class T>
  T* find(const char* name) const {
    T* found = page_->template findChild<T*>(QString::fromLatin1(name));
    if (found == nullptr) throw std::runtime_error(std::string("no widget ") + name);
    return found;
  }
  void click(const char* name) const {
    auto* widget = find<QWidget>(name);
    if (!widget->isVisible() || !widget->isEnabled()) {
      throw std::runtime_error(std::string("not there to be clicked: ") + name);
    }
    QTest::mouseClick(widget, Qt::LeftButton);
  }
  void click_row(QTableView* table, int row, Qt::KeyboardModifiers keys = {}) const {
    QTest::mouseClick(table->viewport(), Qt::LeftButton, keys,
                      table->visualRect(table->model()->index(row, 0)).center());
  }
  QAction* action(const QString& text) const {
    for (QAction* action : page_->actions()) {
      if (action->text() == text) return action;
    }
    throw std::runtime_error("no action " + text.toStdString());
  }
  // Does `open`, which opens a menu, and picks the line with that text in it.
  template <class F>
  bool pick(F open, const QString& text) const {
    bool picked = false;
    QTimer::singleShot(50, page_, [&] {
      auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
      if (menu == nullptr) return;
      for (QAction* action : menu->actions()) {
        if (action->text() != text || !action->isEnabled()) continue;
        picked = true;
        QTest::mouseClick(menu, Qt::LeftButton, {}, menu->actionGeometry(action).center());
        break;
      }
      if (menu->isVisible()) menu->close();
    });
    open();
    QTest::qWait(100);
    return picked;
  }

  // In both themes, under the build's screenshots.
  void shoot(const QString& name) {
    const QString folder = qEnvironmentVariable("LOUPE_BINARY_DIR") + "/screenshots";
    QDir().mkpath(folder);
    const QString size = window_.devicePixelRatioF() > 1 ? QStringLiteral("@2") : QString();
    for (const bool dark : {true, false}) {
      theme::apply(dark ? theme::Mode::dark : theme::Mode::light);
      for (int i = 0; i < 3; ++i) QApplication::processEvents();
      page_->flush();
      QApplication::processEvents();
      const QString path =
          QStringLiteral("%1/%2%3%4.png").arg(folder, name, dark ? "-dark" : "", size);
      if (!page_->grab().save(path)) throw std::runtime_error("not saved: " + path.toStdString());
    }
  }

  QStringList messages;
  Place opened;
  int moves = 0;

 private:
  EngineClient client_;
  WorkspaceMirror mirror_;
  QWidget window_;
  P* page_;
};

}  // namespace loupe::ui
