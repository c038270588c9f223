// SPDX-License-Identifier: GPL-3.0-or-later
// What the window remembers: size, theme, where one was, workspaces; and that it never stumbles
// over it.
#include <QFile>
#include <QLineEdit>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QtTest>

#include "tests/ui/window_driver.h"
#include "ui/frame/jobs_panel.h"
#include "ui/runs/runs_page.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/theme.h"

using namespace loupe;
using namespace loupe::ui;

class TestFrameSession : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() {
    QStandardPaths::setTestModeEnabled(true);
    theme::initialise();
  }
  void init() { theme::apply(theme::Mode::system); }

  void size_theme_page_and_place_come_back() {
    QTemporaryDir folder;
    const QString file = folder.filePath("session.json");
    {
      Window window(QStringList(), file);
      QVERIFY(window.settle());
      window->resize(1111, 777);
      theme::apply(theme::Mode::dark);
      window->runs()->select({1});
      window->show_page(MainWindow::inspect_page);
      window->show_page(MainWindow::runs_page);
      QVERIFY(window.settle());
      window->open_palette();
      QTest::keyClicks(window.find<QLineEdit>("palette-typed"), "refresh");
      QTest::keyClick(window.find<QLineEdit>("palette-typed"), Qt::Key_Return);
      window.key(Qt::Key_F8);
      window->close();
    }
    theme::apply(theme::Mode::light);
    Window window(QStringList(), file);
    QCOMPARE(window->size(), QSize(1111, 777));
    QCOMPARE(theme::mode(), theme::Mode::dark);
    QCOMPARE(window->page(), MainWindow::runs_page);
    QVERIFY(window->jobs()->is_open());
    QVERIFY(window.settle());
    QCOMPARE(window->page(), MainWindow::runs_page);
    QTRY_COMPARE(window->runs()->selected(), (QSet<qint64>{1}));
    QCOMPARE(window->palette_list()->recent().value(0), QStringLiteral("action:View/Refresh"));
    window.key(Qt::Key_Left, Qt::AltModifier);
    QCOMPARE(window->page(), MainWindow::inspect_page);
  }

  void places_of_another_workspace_are_not_gone_to() {
    QTemporaryDir folder;
    const QString file = folder.filePath("session.json");
    {
      Window window(QStringList(), file);
      QVERIFY(window.settle());
      window->runs()->select({1});
      window->close();
    }
    Window window(QStringList(), file, "/fake/other.rlws");
    QVERIFY(window.settle());
    QVERIFY(window->runs()->selected() != (QSet<qint64>{1}));
    QVERIFY(!window->history().can_go_back());
  }

  void a_damaged_file_is_put_aside_and_said() {
    QTemporaryDir folder;
    const QString path = folder.filePath("session.json");
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("{\"version\": 1, \"geometry\": ");
    file.close();
    Window window(QStringList(), path);
    QVERIFY(window->banner()->has("session"));
    QCOMPARE(window->banner()->message().severity, Banner::Severity::info);
    QVERIFY(window->banner()->message().details.contains(QStringLiteral("damaged-")));
    QVERIFY(window.settle());
    window->close();
    QVERIFY(QFile::exists(path));
    QString note;
    QVERIFY(!SessionFile(path).load(&note).workspace.isEmpty());
    QVERIFY(note.isEmpty());
  }

  void a_folder_that_cannot_be_written_is_said_once() {
    Window window(QStringList(), "/proc/no/session.json");
    QVERIFY(window.settle());
    QTRY_VERIFY(window->banner()->has("session-write"));
    window->save_session();
    QTest::qWait(100);
    QCOMPARE(window->banner()->count(), 1);
  }

  void the_last_workspace_is_opened_again() {
    QTemporaryDir folder;
    const QString file = folder.filePath("session.json");
    EngineSetup setup;
    setup.built_in = Window::fake();
    setup.workspace = "/fake/mine.rlws";
    {
      Window window(setup, file);
      QVERIFY(window.settle());
      window->close();
    }
    setup.workspace.clear();
    Window window(setup, file);
    QVERIFY(window.settle());
    QCOMPARE(window->setup().workspace, QStringLiteral("/fake/mine.rlws"));
  }

  void what_is_written_is_whole_after_a_crash_of_the_window() {
    // Written beside and renamed: the folder holds one file and no other.
    QTemporaryDir folder;
    const QString path = folder.filePath("session.json");
    Window window(QStringList(), path);
    QVERIFY(window.settle());
    window->resize(1000, 700);
    window->save_session();
    QTest::qWait(100);
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files), (QStringList{"session.json"}));
    const QDateTime written = QFileInfo(path).lastModified();
    QTest::qWait(30);
    window->save_session();  // nothing has changed: nothing is written
    QTest::qWait(50);
    QCOMPARE(QFileInfo(path).lastModified(), written);
  }
};

QTEST_MAIN(TestFrameSession)
#include "test_frame_session.moc"
