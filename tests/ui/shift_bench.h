// SPDX-License-Identifier: GPL-3.0-or-later
// The Shift page over the fake engine, for tests that drive it by mouse and keys and that take its
// picture.
#pragma once

#include <QDir>
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QTableView>
#include <QtTest>
#include <stdexcept>
#include <string>

#include "ui/client/workspace_mirror.h"
#include "ui/shift/response_editor.h"
#include "ui/shift/shift_page.h"
#include "ui/shift/shift_sums.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {

// The page with an engine and a mirror of its own, as large as the frame leaves it at 1280 x 720.
class Bench {
 public:
  explicit Bench(const QStringList& options = {}, const Place& place = {})
      : client(QStringList{QStringLiteral(LOUPE_FAKE_ENGINE)} + options + QStringList{"serve"}),
        mirror(&client),
        page(&client, &mirror),
        messages(&page, &Page::message) {
    page.resize(1190, 620);
    page.show();
    if (!QTest::qWaitForWindowExposed(&page)) throw std::runtime_error("not shown");
    if (!place.is_null()) page.go(place);
    client.start();
  }
  bool settle() {
    return QTest::qWaitFor([this] { return page.settled(); }, 5000);
  }
  template <class T>
  T* find(const char* name) const {
    T* found = page.findChild<T*>(QString::fromLatin1(name));
    if (found == nullptr) throw std::runtime_error(std::string("no widget ") + name);
    return found;
  }
  void click(const char* name) const { QTest::mouseClick(find<QWidget>(name), Qt::LeftButton); }
  QPlainTextEdit* editor() const { return find<QPlainTextEdit>("shift-editor"); }
  QString text() const { return page.editor()->text(); }
  // Selects the last word and types over it.
  void type_last_word(const QString& word) const {
    editor()->setFocus();
    QTest::keyClick(editor(), Qt::Key_End, Qt::ControlModifier);
    QTest::keyClick(editor(), Qt::Key_Left, Qt::ControlModifier | Qt::ShiftModifier);
    QTest::keyClicks(editor(), word);
  }
  void click_variant(int row) const {
    auto* table = find<QTableView>("shift-variants");
    const QRect cell = table->visualRect(table->model()->index(row, 1));
    QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, cell.center());
  }
  QString variant(int row, int column) const {
    return page.variants()->index(row, column).data().toString();
  }
  shift::Outcome outcome(size_t row) const {
    return shift::outcome_of(*page.rows().at(row).answer, page.edited());
  }
  void shoot(const QString& name) {
    const QString folder =
        qEnvironmentVariable("LOUPE_BINARY_DIR", QStringLiteral(".")) + "/screenshots";
    QDir().mkpath(folder);
    const auto before = theme::mode();
    for (const bool dark : {false, true}) {
      theme::apply(dark ? theme::Mode::dark : theme::Mode::light);
      QTest::qWait(20);
      const QString scale = page.devicePixelRatioF() > 1 ? QStringLiteral("-200") : QString();
      QVERIFY(page.grab().save(folder + "/shift-" + name + (dark ? "-dark" : "") + scale + ".png"));
    }
    theme::apply(before);
  }

  EngineClient client;
  WorkspaceMirror mirror;
  ShiftPage page;
  QSignalSpy messages;
};

}  // namespace loupe::ui
