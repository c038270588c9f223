// SPDX-License-Identifier: GPL-3.0-or-later
// Fetching LibTorch as the window does it, against shell scripts that stand for the engine.
#include <QElapsedTimer>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

#include "ui/client/torch_setup.h"

using loupe::ui::TorchSetup;

class TestTorchSetup : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;

  // The command of a fake engine that runs `body` when it is asked as it should be.
  QStringList fake(const QByteArray& body) {
    const QString path = folder_.filePath(QStringLiteral("engine"));
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate)) return {};
    file.write("[ \"$*\" = 'fetch-libtorch --json' ] || exit 99\n" + body + "\n");
    return {QStringLiteral("/bin/sh"), path};
  }

 private slots:
  void tells_progress_and_success() {
    TorchSetup setup(
        fake("echo 'Welcome to host'\n"
             "echo '{\"phase\": \"download\", \"done\": 5000000000, \"total\": 6000000000}'\n"
             "echo '{\"phase\": \"unpack\", \"done\": 1, \"total\": 2}'\n"
             "echo 'fetch: a word' >&2\n"
             "printf '{\"phase\": \"done\", \"done\": 1, \"total\": 1, \"path\": \"/x\"}\\n'"));
    QSignalSpy progress(&setup, &TorchSetup::progress);
    QSignalSpy finished(&setup, &TorchSetup::finished);
    setup.start();
    QVERIFY(setup.running());
    QVERIFY(finished.wait());
    QVERIFY(!setup.running());
    QCOMPARE(finished[0][0].toBool(), true);
    QCOMPARE(finished[0][1].toString(), QString());
    QCOMPARE(progress.count(), 2);
    QCOMPARE(progress[0][0].toString(), QStringLiteral("download"));
    QCOMPARE(progress[0][1].toLongLong(), 5'000'000'000);
    QCOMPARE(progress[0][2].toLongLong(), 6'000'000'000);
    QCOMPARE(progress[1][0].toString(), QStringLiteral("unpack"));
  }

  void failures_data() {
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("message");
    QTest::newRow("said") << QByteArray(
                                 "echo '{\"phase\": \"failed\", \"message\": \"the disk is "
                                 "full\"}'\necho other >&2\nexit 1")
                          << QStringLiteral("the disk is full");
    QTest::newRow("stderr, no line end")
        << QByteArray("printf 'ssh: no route' >&2; exit 255") << QStringLiteral("ssh: no route");
    QTest::newRow("silent") << QByteArray("exit 3") << QStringLiteral("ended with code 3");
    QTest::newRow("killed") << QByteArray("kill -9 $$") << QStringLiteral("signal 9");
    QTest::newRow("no last word") << QByteArray("exit 0") << QStringLiteral("ended with code 0");
    QTest::newRow("done, then not")
        << QByteArray("echo '{\"phase\": \"done\"}'; exit 1") << QStringLiteral("code 1");
  }
  void failures() {
    QFETCH(QByteArray, body);
    QFETCH(QString, message);
    TorchSetup setup(fake(body));
    QSignalSpy finished(&setup, &TorchSetup::finished);
    setup.start();
    QVERIFY(finished.wait());
    QCOMPARE(finished[0][0].toBool(), false);
    QVERIFY2(finished[0][1].toString().contains(message), qPrintable(finished[0][1].toString()));
  }

  void an_engine_that_is_not_there() {
    TorchSetup setup({folder_.filePath(QStringLiteral("none"))});
    QSignalSpy finished(&setup, &TorchSetup::finished);
    setup.start();
    QTRY_COMPARE(finished.count(), 1);
    QCOMPARE(finished[0][0].toBool(), false);
    QVERIFY(finished[0][1].toString().contains(QStringLiteral("could not be started")));
  }

  void cancels_and_starts_again() {
    const QString stopped = folder_.filePath(QStringLiteral("stopped"));
    TorchSetup setup(
        fake("sleep 60 >/dev/null 2>&1 & child=$!\n"
             "trap 'kill $child; echo x >" +
             stopped.toUtf8() +
             "; exit 130' TERM\n"
             "echo '{\"phase\": \"download\", \"done\": 1, \"total\": 9}'\n"
             "wait"));
    QSignalSpy progress(&setup, &TorchSetup::progress);
    QSignalSpy finished(&setup, &TorchSetup::finished);
    for (int round = 1; round <= 2; ++round) {
      setup.start();
      QTRY_COMPARE(progress.count(), round);
      setup.cancel();
      setup.cancel();
      QTRY_COMPARE(finished.count(), round);
      QCOMPARE(finished[round - 1][0].toBool(), false);
      QVERIFY(finished[round - 1][1].toString().contains(QStringLiteral("Cancelled")));
      QVERIFY(QFile::remove(stopped));  // it was asked, not killed
    }
  }

  void ends_with_its_owner() {
    QElapsedTimer time;
    time.start();
    {
      TorchSetup setup(fake("exec sleep 60"));
      setup.start();
      QTest::qWait(50);
    }
    QVERIFY(time.elapsed() < 5'000);
  }

  void knows_when_to_offer() {
    QVERIFY(TorchSetup::needs_torch(78, {}));
    QVERIFY(!TorchSetup::needs_torch(0, {}));
    QVERIFY(!TorchSetup::needs_torch(1, QStringLiteral("bad_alloc")));
    const QString line = QStringLiteral("run 'rewardloupe-engine fetch-libtorch' (540 MB)\n");
    QVERIFY(TorchSetup::needs_torch(255, QStringLiteral("banner\n") + line));
    QVERIFY(!TorchSetup::needs_torch(139, line + QStringLiteral("Segmentation fault\n")));
  }

  void finds_the_engine_in_a_command() {
    QCOMPARE(TorchSetup::engine_of({"ssh", "host", "rewardloupe-engine", "serve", "-w", "x"}),
             QStringList({"ssh", "host", "rewardloupe-engine"}));
    QCOMPARE(TorchSetup::engine_of({"rewardloupe-engine"}), QStringList{"rewardloupe-engine"});
  }
};

QTEST_GUILESS_MAIN(TestTorchSetup)
#include "test_torch_setup.moc"
