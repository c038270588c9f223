// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures of the states of the frame, light and dark, into BUILD/screenshots, to be looked at; and
// that nothing in them is wider than the room it has.
#include <QDir>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QtTest>

#include "tests/ui/window_driver.h"
#include "ui/frame/help_viewer.h"
#include "ui/frame/jobs_panel.h"
#include "ui/frame/settings_dialog.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/engine_badge.h"
#include "ui/widgets/engine_file_dialog.h"
#include "ui/widgets/theme.h"

using namespace loupe;
using namespace loupe::ui;

namespace {

// The picture goes by the name of the state; whether it was written.
bool take(QWidget* widget, const QString& state) {
  const QDir folder(QString::fromLocal8Bit(qgetenv("LOUPE_BINARY_DIR")) +
                    QStringLiteral("/screenshots"));
  if (!QDir().mkpath(folder.path())) return false;
  for (const bool dark : {false, true}) {
    theme::apply(dark ? theme::Mode::dark : theme::Mode::light);
    for (int i = 0; i < 3; ++i) QApplication::processEvents();
    if (auto* window = qobject_cast<MainWindow*>(widget)) window->flush();
    QTest::qWait(30);
    const QString ratio = widget->devicePixelRatioF() > 1
                              ? QStringLiteral("@%1").arg(widget->devicePixelRatioF())
                              : QString();
    const QString name = QStringLiteral("frame-%1%2%3.png").arg(state, ratio, dark ? "-dark" : "");
    if (!widget->grab().save(folder.filePath(name))) return false;
  }
  theme::apply(theme::Mode::light);
  return true;
}

}  // namespace

class TestFramePictures : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() {
    QStandardPaths::setTestModeEnabled(true);
    theme::initialise();
  }

  void palette() {
    Window window({"--live"});
    QVERIFY(window.settle());
    window->open_palette();
    QVERIFY(take(window.get(), "palette"));
    QTest::keyClicks(window.find<QLineEdit>("palette-typed"), "per");
    QVERIFY(take(window.get(), "palette-typed"));
  }

  void jobs_open() {
    Window window({"--live", "--many", "12"});
    QVERIFY(window.settle());
    window.key(Qt::Key_F8);
    QTRY_VERIFY(window.find<QPushButton>("jobs-log")->isEnabled());
    window.click<QPushButton>("jobs-log");
    QTest::qWait(300);
    QVERIFY(take(window.get(), "jobs"));
  }

  void start_page_of_an_empty_workspace() {
    QTemporaryDir folder;
    Window window({"--empty"}, folder.filePath("session.json"));
    QVERIFY(window.settle());
    window->switch_workspace("/fake/another-empty.rlws");
    QVERIFY(window.settle());
    QTest::qWait(100);
    QCOMPARE(window->page(), MainWindow::home_page);
    QVERIFY(take(window.get(), "start"));
  }

  void an_engine_that_died() {
    Window window({"--die-on", "initialize"});
    QTRY_COMPARE(window->badge()->state(), EngineBadge::State::dead);
    window.click<QPushButton>("banner-details");
    QVERIFY(take(window.get(), "dead"));
  }

  void several_messages_and_a_busy_engine() {
    Window window({"--slow", "attribute", "4000"});
    window->show_page(MainWindow::inspect_page);
    QTRY_COMPARE(window->badge()->state(), EngineBadge::State::busy);
    for (const auto severity :
         {Banner::Severity::error, Banner::Severity::info, Banner::Severity::warning}) {
      Banner::Message message;
      message.key = QString::number(static_cast<int>(severity));
      message.severity = severity;
      message.text = "The checkpoint of im-persona-s0 at epoch 3 could not be read.";
      message.hint = "Resume the run from epoch 2, or train it again.";
      message.details = "artifacts/7/model.safetensors";
      window->banner()->show_message(message);
    }
    QVERIFY(take(window.get(), "busy"));
  }

  void settings() {
    Window window;
    QVERIFY(window.settle());
    window->show_settings();
    QVERIFY(take(window->findChild<SettingsDialog*>(), "settings"));
  }

  void file_picker() {
    QTemporaryDir folder;
    const QStringList folders = {"checkpoints", "downloads", "ultrafeedback"};
    for (const QString& name : folders) QVERIFY(QDir(folder.path()).mkdir(name));
    for (const char* name : {"SmolLM2-135M-Instruct.Q4_1.gguf", "gemma-3-270m-it.Q4_K_M.gguf"}) {
      QFile file(folder.filePath(name));
      QVERIFY(file.open(QIODevice::WriteOnly));
      file.write(QByteArray(123456, 'x'));
    }
    Window window({"--empty"});
    QVERIFY(window.settle());
    window.click<QPushButton>("start-import");
    auto* dialog = window->findChild<EngineFileDialog*>();
    QTRY_VERIFY(!dialog->loading());
    auto* path = dialog->findChild<QLineEdit*>("picker-path");
    path->setText(folder.path());
    QTest::keyClick(path, Qt::Key_Return);
    QTRY_COMPARE(dialog->folder(), folder.path());
    QVERIFY(take(dialog, "picker"));
  }

  void help() {
    Window window;
    QVERIFY(window.settle());
    window->show_page(MainWindow::home_page);
    window.key(Qt::Key_F1);
    QVERIFY(take(window->help(), "help"));
    window->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(window.get()));
    window.key(Qt::Key_F1, Qt::ControlModifier);
    QVERIFY(take(window->help(), "shortcuts"));
  }
};

QTEST_MAIN(TestFramePictures)
#include "test_frame_pictures.moc"
