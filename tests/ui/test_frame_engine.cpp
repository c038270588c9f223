// SPDX-License-Identifier: GPL-3.0-or-later
// The window and its engine: one that died, one elsewhere, one with other settings, one without
// LibTorch.
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QProcess>
#include <QProgressBar>
#include <QPushButton>
#include <QSpinBox>
#include <QStandardPaths>
#include <QTableView>
#include <QTemporaryDir>
#include <QtTest>

#include "tests/ui/window_driver.h"
#include "ui/client/workspace_mirror.h"
#include "ui/frame/settings_dialog.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/engine_badge.h"
#include "ui/widgets/engine_file_dialog.h"
#include "ui/widgets/theme.h"

using namespace loupe;
using namespace loupe::ui;

namespace {

QByteArray read(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

}  // namespace

class TestFrameEngine : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() {
    QStandardPaths::setTestModeEnabled(true);
    theme::initialise();
  }

  void what_the_engine_said_last_is_in_the_banner() {
    Window window({"--die-on", "initialize"});
    QTRY_COMPARE(window->badge()->state(), EngineBadge::State::dead);
    QVERIFY(window->banner()->message().text.contains(QStringLiteral("out of memory")));
    QVERIFY(window->banner()->message().details.contains(QStringLiteral("--die-on initialize")));
    QCOMPARE(window->banner()->message().action, QStringLiteral("Restart"));
    const int generation = window->client()->generation();
    window.click<QPushButton>("banner-action");
    QCOMPARE(window->client()->generation(), generation + 1);
  }

  void an_engine_elsewhere_is_reconnected_to() {
    EngineSetup setup;
    setup.built_in = {"/no/such/program"};
    setup.given = Window::fake({"--die-on", "runs/list"});
    Window window(setup);
    QTRY_COMPARE(window->client()->generation(), 2);  // once by itself
    QTRY_COMPARE(window->badge()->state(), EngineBadge::State::dead);
    QCOMPARE(window.find<QPushButton>("engine-restart")->text(), QStringLiteral("Reconnect"));
    QCOMPARE(window->banner()->message().action, QStringLiteral("Reconnect"));
    QVERIFY(window->badge()->text().contains(QStringLiteral("lost")));
  }

  void words_get_through_ssh_and_a_shell() {
    QTemporaryDir folder;
    QFile ssh(folder.filePath("ssh"));
    QVERIFY(ssh.open(QIODevice::WriteOnly));
    // What ssh does with its words, and what it is told first: -o BatchMode=yes box.
    ssh.write(
        "#!/bin/sh\n[ \"$1 $2 $3\" = '-o BatchMode=yes box' ] || exit 9\nshift 3\nexec sh -c "
        "\"$*\"\n");
    ssh.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    ssh.close();
    EngineSetup setup;
    setup.given = {ssh.fileName(), "box", QStringLiteral(LOUPE_FAKE_ENGINE)};
    setup.workspace = "/fake/it's $HOME here.rlws";
    Window window(setup);
    QVERIFY(window.settle());
    QCOMPARE(QString::fromStdString(window->client()->server().workspace), setup.workspace);
  }

  void a_connection_that_is_refused_says_why() {
    QTemporaryDir folder;
    QFile ssh(folder.filePath("ssh"));
    QVERIFY(ssh.open(QIODevice::WriteOnly));
    ssh.write(
        "#!/bin/sh\necho 'ssh: connect to host box port 22: Connection refused' >&2\nexit 255\n");
    ssh.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    ssh.close();
    EngineSetup setup;
    setup.given = {ssh.fileName(), "box", "rewardloupe-engine"};
    Window window(setup);
    QTRY_COMPARE(window->badge()->state(), EngineBadge::State::dead);
    const Banner::Message& message = window->banner()->message();
    QVERIFY2(message.text.contains(QStringLiteral("Connection refused")), qPrintable(message.text));
    QVERIFY(message.details.contains(QStringLiteral("BatchMode=yes box rewardloupe-engine serve")));
    QCOMPARE(message.action, QStringLiteral("Reconnect"));
  }

  void a_remote_engine_with_a_home_of_its_own() {
    // As through ssh: another folder to begin in, another home, a login banner on stdout, and files
    // that this side cannot see.
    QTemporaryDir folder;
    const auto make = [&](const QString& path, const QByteArray& text = {}) {
      QDir().mkpath(QFileInfo(folder.filePath(path)).path());
      QFile file(folder.filePath(path));
      return file.open(QIODevice::WriteOnly) && file.write(text) == text.size();
    };
    QVERIFY(make("far-home/models/deep/tiny.gguf"));
    QVERIFY(make("far-home/models/notes.txt"));
    QVERIFY(make("hidden/.keep"));
    const bool unshare = QProcess::execute("unshare", {"-m", "-r", "true"}) == 0;
    const QByteArray inner =
        "export HOME='" + folder.filePath("far-home").toUtf8() +
        "'\ncd /\necho 'Welcome to far.'\n" +
        (unshare
             ? "mount -t tmpfs none '" + folder.filePath("hidden").toUtf8() + "' && mkdir -p '" +
                   folder.filePath("hidden/only-there").toUtf8() + "' && touch '" +
                   folder.filePath("hidden/only-there/far.gguf").toUtf8() + "'\n"
             : QByteArray()) +
        "exec '" LOUPE_FAKE_ENGINE "' --banner --empty \"$@\"\n";
    QVERIFY(make("inner.sh", inner));
    QVERIFY(make("far.sh", QByteArray("exec ") + (unshare ? "unshare -m -r " : "") + "sh '" +
                               folder.filePath("inner.sh").toUtf8() + "' \"$@\"\n"));
    EngineSetup setup;
    setup.given = {"sh", folder.filePath("far.sh")};
    Window window(setup);
    QVERIFY(window.settle());
    QCOMPARE(window->page(), MainWindow::home_page);

    window.click<QPushButton>("start-import");
    auto* dialog = window->findChild<EngineFileDialog*>();
    QVERIFY(dialog != nullptr);
    // The far home, by keys: into models, into deep, the model is there.
    QTRY_COMPARE(dialog->folder(), folder.filePath("far-home"));
    auto* table = dialog->findChild<QTableView*>("picker-table");
    const auto enter = [&](const QString& name) {
      QTest::keyClicks(table, name);
      QTest::keyClick(dialog->findChild<QLineEdit*>("picker-filter"), Qt::Key_Return);
    };
    enter("models");
    QTRY_COMPARE(dialog->folder(), folder.filePath("far-home/models"));
    QCOMPARE(table->model()->rowCount(), 1);  // the text file is no model
    QTest::mouseClick(dialog->findChild<QCheckBox*>("picker-all"), Qt::LeftButton);
    QCOMPARE(table->model()->rowCount(), 2);
    table->setFocus();
    QTest::keyClick(table, Qt::Key_Backspace);
    QTRY_COMPARE(dialog->folder(), folder.filePath("far-home"));
    QSignalSpy picked(dialog, &EngineFileDialog::picked);
    auto* path = dialog->findChild<QLineEdit*>("picker-path");
    if (unshare) {
      QVERIFY(!QFile::exists(folder.filePath("hidden/only-there")));
      path->setFocus();
      path->selectAll();
      QTest::keyClicks(path, folder.filePath("hidden/only-there"));
      QTest::keyClick(path, Qt::Key_Return);
      QTRY_COMPARE(dialog->folder(), folder.filePath("hidden/only-there"));
      QVERIFY(QApplication::activePopupWidget() == nullptr);
      QCOMPARE(table->model()->rowCount(), 1);
      QTest::mouseClick(table->viewport(), Qt::LeftButton, Qt::NoModifier,
                        table->visualRect(table->model()->index(0, 0)).center());
      QVERIFY2(dialog->findChild<QPushButton*>("picker-choose")->isEnabled(),
               qPrintable(dialog->findChild<QLabel*>("picker-said")->text()));
      QTest::mouseClick(dialog->findChild<QPushButton*>("picker-choose"), Qt::LeftButton);
      QCOMPARE(picked.size(), 1);
      QCOMPARE(picked[0][0].toString(), folder.filePath("hidden/only-there/far.gguf"));
    } else {
      qInfo("unshare -m is not permitted here: folders of the far side alone are not tried");
      path->setFocus();
      path->selectAll();
      QTest::keyClicks(path, folder.filePath("far-home/models/deep/tiny.gguf"));
      QTest::keyClick(path, Qt::Key_Return);
      QTRY_COMPARE(picked.size(), 1);
    }
  }

  void a_folder_that_is_not_there_is_said_in_the_picker() {
    Window window;
    QVERIFY(window.settle());
    window.key(Qt::Key_O, Qt::ControlModifier);
    auto* dialog = window->findChild<EngineFileDialog*>();
    QVERIFY(dialog != nullptr);
    QTRY_VERIFY(!dialog->loading());
    auto* path = dialog->findChild<QLineEdit*>("picker-path");
    path->setFocus();
    path->selectAll();
    QTest::keyClicks(path, "/no/such/folder");
    QTest::keyClick(path, Qt::Key_Return);
    auto* said = dialog->findChild<QLabel*>("picker-said");
    QTRY_VERIFY(said->text().contains(QStringLiteral("/no/such/folder")));
    QTest::mouseClick(dialog->findChild<QPushButton*>("picker-cancel"), Qt::LeftButton);
    QTRY_VERIFY(window->findChild<EngineFileDialog*>() == nullptr);
  }

  void settings_are_applied_by_a_new_start() {
    QTemporaryDir folder;
    const QString record = folder.filePath("record"), file = folder.filePath("session.json");
    {
      Window window({"--record", record}, file);
      QVERIFY(window.settle());
      window.key(Qt::Key_Comma, Qt::ControlModifier);
      auto* dialog = window->findChild<SettingsDialog*>();
      QVERIFY(dialog != nullptr && dialog->isVisible() && !dialog->isModal());
      auto* apply = dialog->findChild<QPushButton*>("settings-apply");
      QVERIFY(!apply->isEnabled());
      auto* threads = dialog->findChild<QSpinBox*>("settings-threads");
      threads->setFocus();
      threads->selectAll();
      QTest::keyClicks(threads, "2");
      QTest::keyClick(threads, Qt::Key_Tab);
      auto* device = dialog->findChild<QComboBox*>("settings-device");
      device->setCurrentIndex(device->findData("cpu"));
      dialog->findChild<QDoubleSpinBox*>("settings-cache")->setValue(1.5);
      dialog->findChild<QComboBox*>("settings-theme")->setCurrentIndex(2);
      QVERIFY(dialog->findChild<QLabel*>("settings-note")->text().contains("engine anew"));
      const int generation = window->client()->generation();
      QTest::mouseClick(apply, Qt::LeftButton);
      QCOMPARE(theme::mode(), theme::Mode::dark);
      QCOMPARE(window->client()->generation(), generation + 1);
      QVERIFY(window.settle());
      QTRY_VERIFY(read(record).contains("--threads 2 --device cpu --cache-gb 1.5"));
      QVERIFY(!apply->isEnabled());
      // The theme alone takes no new start.
      dialog->findChild<QComboBox*>("settings-theme")->setCurrentIndex(1);
      QTest::mouseClick(apply, Qt::LeftButton);
      QCOMPARE(window->client()->generation(), generation + 1);
      QCOMPARE(theme::mode(), theme::Mode::light);
      window->close();
    }
    QFile::remove(record);
    Window window({"--record", record}, file);
    QVERIFY(window.settle());
    QVERIFY(read(record).contains("--threads 2 --device cpu --cache-gb 1.5"));
    theme::apply(theme::Mode::system);
  }

  void an_engine_command_can_be_set() {
    QTemporaryDir folder;
    Window window(QStringList(), folder.filePath("session.json"));
    QVERIFY(window.settle());
    window->show_settings();
    auto* dialog = window->findChild<SettingsDialog*>();
    dialog->findChild<QLineEdit*>("settings-engine")
        ->setText(Window::fake({"--empty"}).join(QLatin1Char(' ')));
    window.click<QPushButton>("settings-apply");
    QTRY_VERIFY(window.settle() && window->mirror()->runs().empty());
    QVERIFY(is_remote(window->setup()));
    QCOMPARE(window->page(), MainWindow::home_page);
  }

  void libtorch_is_fetched_when_the_user_says_so() {
    QTemporaryDir folder;
    Window window({"--needs-torch", folder.filePath("torch")});
    QTRY_VERIFY(window->banner()->has("torch"));
    QCOMPARE(window->banner()->message().action, QStringLiteral("Download"));
    QVERIFY(window->banner()->message().text.contains(QStringLiteral("540 MB")));
    QVERIFY(!QFile::exists(folder.filePath("torch")));  // nothing without consent
    window.click<QPushButton>("banner-action");
    QTRY_VERIFY(window.find<QProgressBar>("banner-progress")->isVisible());
    QCOMPARE(window->banner()->message().action, QStringLiteral("Cancel"));
    QTRY_COMPARE(window->badge()->state(), EngineBadge::State::ready);
    QVERIFY(!window->banner()->isVisible());
  }
};

QTEST_MAIN(TestFrameEngine)
#include "test_frame_engine.moc"
