// SPDX-License-Identifier: GPL-3.0-or-later
// The Train page over an engine, for tests that drive it.
#pragma once

#include <QComboBox>
#include <QLineEdit>
#include <QToolButton>

#include "tests/ui/page_driver.h"
#include "ui/client/text.h"
#include "ui/train/live_runs.h"
#include "ui/train/train_page.h"
#include "ui/widgets/collapsible.h"

namespace loupe::ui {

class TrainWindow : public PageWindow<TrainPage> {
 public:
  using PageWindow::click;
  using PageWindow::find;
  using PageWindow::PageWindow;

  template <class T>
  T* find(const QString& name) const {
    return PageWindow::find<T>(name.toLatin1().constData());
  }
  void click(const QString& name) const { PageWindow::click(name.toLatin1().constData()); }
  // A check box takes a click at its box.
  void check(const char* name) const {
    auto* widget = find<QWidget>(name);
    QTest::mouseClick(widget, Qt::LeftButton, {}, {8, widget->height() / 2});
  }
  // Types over what is there.
  void type(const char* name, const QString& text) const {
    auto* widget = find<QWidget>(name);
    widget->setFocus();
    QTest::keyClick(widget, Qt::Key_A, Qt::ControlModifier);
    QTest::keyClicks(widget, text);
  }
  // Goes to the entry of a combo with the keys.
  void choose(const char* name, int index) const {
    auto* combo = find<QComboBox>(name);
    combo->setFocus();
    QTest::keyClick(combo, Qt::Key_Home);
    for (int i = 0; combo->currentIndex() < index && i < combo->count(); ++i) {
      QTest::keyClick(combo, Qt::Key_Down);
    }
  }
  // Of the menu under Add…
  bool add_set(const QString& entry) const {
    return pick([this] { click("train-add-set"); }, entry);
  }
  // 0: what is trained, 1: optimiser, 2: precision and limits.
  void open_group(int group) const {
    auto* area = find<Collapsible>(QStringLiteral("train-group-%1").arg(group));
    QTest::mouseClick(area->findChild<QToolButton*>(), Qt::LeftButton);
  }
};

}  // namespace loupe::ui
