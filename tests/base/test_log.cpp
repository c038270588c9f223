// SPDX-License-Identifier: GPL-3.0-or-later
#include <fcntl.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <QtTest>

#include "core/base/file.h"
#include "core/base/log.h"

using namespace loupe;

class TestLog : public QObject {
  Q_OBJECT

 private:
  // What `work` writes to file descriptor `number`.
  template <class Work>
  static std::string captured(int number, const Work& work) {
    QTemporaryDir folder;
    const std::filesystem::path path = folder.filePath("captured").toStdString();
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    const int saved = ::dup(number);
    ::dup2(file, number);
    work();
    ::dup2(saved, number);
    ::close(saved);
    ::close(file);
    return read_text_file(path).value();
  }

  static void log_both() {
    log_debug("a detail");
    log_info("a message");
  }

 private slots:
  void goes_to_stderr_only() {
    init_log(false);
    QVERIFY(captured(STDERR_FILENO, log_both).find("a message") != std::string::npos);
    QCOMPARE(captured(STDOUT_FILENO, log_both), std::string());
  }

  void verbose_shows_details() {
    init_log(false);
    QCOMPARE(captured(STDERR_FILENO, log_both).find("a detail"), std::string::npos);
    init_log(true);
    QVERIFY(captured(STDERR_FILENO, log_both).find("a detail") != std::string::npos);
  }
};

QTEST_APPLESS_MAIN(TestLog)
#include "test_log.moc"
