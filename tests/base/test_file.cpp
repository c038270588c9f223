// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/stat.h>

#include <QTemporaryDir>
#include <QtTest>
#include <fstream>
#include <optional>

#include "core/base/file.h"

using namespace loupe;

class TestFile : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;

  std::filesystem::path path(const char* name) { return folder_.filePath(name).toStdString(); }
  std::filesystem::path make(const char* name, std::string_view content) {
    std::ofstream(path(name), std::ios::binary) << content;
    return path(name);
  }

 private slots:
  void maps_a_file() {
    const auto file = MappedFile::open(make("a", "hello"));
    QVERIFY(file);
    QCOMPARE(file->bytes().size(), size_t{5});
    QCOMPARE(static_cast<char>(file->bytes()[1]), 'e');
  }

  void mapping_lives_as_long_as_a_copy() {
    std::optional<MappedFile> first = MappedFile::open(make("a", "hello")).value();
    const MappedFile second = *first;
    first.reset();
    std::filesystem::remove(path("a"));
    QCOMPARE(static_cast<char>(second.bytes()[4]), 'o');
  }

  void maps_an_empty_file() {
    const auto file = MappedFile::open(make("empty", ""));
    QVERIFY(file);
    QVERIFY(file->bytes().empty());
  }

  void refuses_what_is_no_file() {
    QCOMPARE(MappedFile::open(path("absent")).error().code, ErrorCode::not_found);
    QCOMPARE(MappedFile::open(folder_.path().toStdString()).error().code, ErrorCode::invalid_input);
    // A pipe without a writer would block an open that did not ask not to.
    QCOMPARE(::mkfifo(path("pipe").c_str(), 0600), 0);
    QCOMPARE(MappedFile::open(path("pipe")).error().code, ErrorCode::invalid_input);
    QCOMPARE(read_text_file(path("pipe")).error().code, ErrorCode::invalid_input);
    const Error error = read_text_file(path("absent")).error();
    QCOMPARE(error.where, path("absent").string());
  }

  void reads_text_whole() {
    std::string text(3'000'000, 'x');
    text[5] = '\0';
    QCOMPARE(*read_text_file(make("big", text)), text);
    QCOMPARE(*read_text_file(make("empty", "")), std::string());
  }

  void hashes_as_the_standard_says() {
    // FIPS 180-2, appendix B.
    QCOMPARE(sha256_hex(std::string_view("abc")),
             std::string("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    QCOMPARE(sha256_hex(std::string_view("")),
             std::string("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    QCOMPARE(sha256_hex(std::string(1'000'000, 'a')),
             std::string("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"));
  }

  void identifies_a_file() {
    const std::string content(2'500'000, 'b');
    const auto file = make("identified", content);
    const auto identity = identify_file(file);
    QVERIFY(identity);
    QCOMPARE(identity->size, uint64_t{2'500'000});
    QCOMPARE(identity->sha256, sha256_hex(content));
    QVERIFY(std::filesystem::path(identity->path).is_absolute());
    const auto quick = stat_file(file);
    QVERIFY(quick);
    QVERIFY(quick->sha256.empty());
    QCOMPARE(quick->mtime_ns, identity->mtime_ns);
    QCOMPARE(quick->size, identity->size);
    QCOMPARE(stat_file(path("absent")).error().code, ErrorCode::not_found);
    QCOMPARE(identify_file(path("absent")).error().code, ErrorCode::not_found);
  }

  void identity_is_absolute_for_a_relative_path() {
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(folder_.path().toStdString());
    make("relative", "x");
    const auto identity = stat_file("./relative");
    std::filesystem::current_path(before);
    QVERIFY(identity);
    QVERIFY(std::filesystem::path(identity->path).is_absolute());
    QVERIFY(std::filesystem::equivalent(identity->path, path("relative")));
  }
};

QTEST_APPLESS_MAIN(TestFile)
#include "test_file.moc"
