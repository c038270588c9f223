// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <QtTest>
#include <memory>

#include "core/base/file.h"

using namespace loupe;

class TestAtomicFile : public QObject {
  Q_OBJECT

  std::unique_ptr<QTemporaryDir> folder_;

  std::filesystem::path path(const char* name) { return folder_->filePath(name).toStdString(); }
  int files() {
    return static_cast<int>(
        std::distance(std::filesystem::directory_iterator(folder_->path().toStdString()), {}));
  }
  static mode_t mode(const std::filesystem::path& file) {
    struct stat status {};
    ::stat(file.c_str(), &status);
    return status.st_mode & 07777;
  }

 private slots:
  void init() {
    folder_ = std::make_unique<QTemporaryDir>();
    inject_disk_full_after(-1);
  }
  void cleanup() { inject_disk_full_after(-1); }

  void writes_and_replaces() {
    QVERIFY(write_text_file(path("f"), "one"));
    QVERIFY(write_text_file(path("f"), "two"));
    QCOMPARE(*read_text_file(path("f")), std::string("two"));
    QCOMPARE(files(), 1);
  }

  void nothing_is_seen_before_commit() {
    QVERIFY(write_text_file(path("f"), "old"));
    {
      auto file = AtomicFile::create(path("f"));
      QVERIFY(file);
      QVERIFY(file->write("new"));
      QCOMPARE(*read_text_file(path("f")), std::string("old"));
    }
    QCOMPARE(*read_text_file(path("f")), std::string("old"));
    QCOMPARE(files(), 1);
  }

  void moves_keep_one_owner() {
    auto first = AtomicFile::create(path("f"));
    AtomicFile second = std::move(first).value();
    QVERIFY(second.write("text"));
    auto other = AtomicFile::create(path("g"));
    second = std::move(other).value();
    QCOMPARE(files(), 1);  // the temporary of g only
    QVERIFY(second.commit());
    QVERIFY(!std::filesystem::exists(path("f")));
    QCOMPARE(*read_text_file(path("g")), std::string());
  }

  void full_disk_leaves_the_old_file_data() {
    QTest::addColumn<int>("room");
    for (const int room : {0, 1, 4999}) QTest::newRow(qPrintable(QString::number(room))) << room;
  }
  void full_disk_leaves_the_old_file() {
    QFETCH(int, room);
    QVERIFY(write_text_file(path("f"), "old"));
    inject_disk_full_after(room);
    const auto result = write_text_file(path("f"), std::string(5000, 'n'));
    QVERIFY(!result);
    QCOMPARE(result.error().code, ErrorCode::disk_full);
    QCOMPARE(result.error().where, path("f").string());
    QVERIFY(!result.error().hint.empty());
    QCOMPARE(*read_text_file(path("f")), std::string("old"));
    QCOMPARE(files(), 1);
  }

  void a_failed_write_cannot_be_committed() {
    QVERIFY(write_text_file(path("f"), "old"));
    auto file = AtomicFile::create(path("f"));
    inject_disk_full_after(2);
    QVERIFY(!file->write("new text"));
    inject_disk_full_after(-1);
    QVERIFY(!file->write("more"));
    QVERIFY(!file->commit());
    QCOMPARE(*read_text_file(path("f")), std::string("old"));
    QCOMPARE(files(), 1);
  }

  void just_enough_room_is_enough() {
    inject_disk_full_after(5);
    QVERIFY(write_text_file(path("f"), "12345"));
    QVERIFY(!write_text_file(path("f"), "6"));
  }

  // A child, since the limit would hold for the whole test program.
  void file_size_limit_is_an_error_not_a_signal() {
    QVERIFY(write_text_file(path("f"), "old"));
    const pid_t child = ::fork();
    QVERIFY(child >= 0);
    if (child == 0) {
      const rlimit limit{1000, 1000};
      if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) ::_exit(2);
      const auto result = write_text_file(path("f"), std::string(5000, 'n'));
      ::_exit(!result && result.error().code == ErrorCode::disk_full ? 0 : 1);
    }
    int status = 0;
    QCOMPARE(::waitpid(child, &status, 0), child);
    QVERIFY2(WIFEXITED(status), "killed by a signal");
    QCOMPARE(WEXITSTATUS(status), 0);
    QCOMPARE(*read_text_file(path("f")), std::string("old"));
    QCOMPARE(files(), 1);
  }

  void mode_follows_the_old_file_or_the_umask() {
    const mode_t before = ::umask(027);
    QVERIFY(write_text_file(path("new"), "x"));
    ::umask(before);
    QCOMPARE(mode(path("new")), mode_t{0640});
    QCOMPARE(::chmod(path("new").c_str(), 0600), 0);
    QVERIFY(write_text_file(path("new"), "y"));
    QCOMPARE(mode(path("new")), mode_t{0600});
  }

  void a_link_keeps_pointing_at_its_file() {
    QVERIFY(write_text_file(path("real"), "old"));
    std::filesystem::create_symlink(path("real"), path("link"));
    QVERIFY(write_text_file(path("link"), "new"));
    QVERIFY(std::filesystem::is_symlink(path("link")));
    QCOMPARE(*read_text_file(path("real")), std::string("new"));
  }

  void refuses_bad_targets() {
    QCOMPARE(write_text_file(path("no/such/folder"), "x").error().code, ErrorCode::not_found);
    QCOMPARE(write_text_file(folder_->path().toStdString(), "x").error().code,
             ErrorCode::invalid_input);
    QCOMPARE(write_text_file(path(std::string(300, 'n').c_str()), "x").error().code, ErrorCode::io);
    QCOMPARE(files(), 0);
  }
};

QTEST_APPLESS_MAIN(TestAtomicFile)
#include "test_atomic_file.moc"
