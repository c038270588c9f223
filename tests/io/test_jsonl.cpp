// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QtTest>
#include <fstream>

#include "core/io/jsonl.h"

using namespace loupe;
using namespace loupe::io;

class TestJsonl : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;

  std::filesystem::path make(std::string_view content) {
    const std::filesystem::path path = folder_.filePath("data.jsonl").toStdString();
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }
  // "line:text line:text …" of the field `t`, or the error as text.
  std::string collect(std::string_view content) {
    std::string seen;
    const auto read =
        read_jsonl(make(content), [&seen](const auto& value, size_t line) -> Result<void> {
          LOUPE_TRY(const std::string text, string_field(value, "t"));
          seen += std::to_string(line) + ":" + text + " ";
          return {};
        });
    if (read) return seen;
    std::string text = read.error().text();
    const std::string folder = folder_.path().toStdString() + "/";
    return seen + text.erase(0, text.starts_with(folder) ? folder.size() : 0);
  }

 private slots:
  void reads_records_data() {
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("expected");
    QTest::newRow("plain") << QByteArray("{\"t\":\"a\"}\n{\"t\":\"b\"}\n") << "1:a 2:b ";
    QTest::newRow("no newline at the end")
        << QByteArray("{\"t\":\"a\"}\n{\"t\":\"b\"}") << "1:a 2:b ";
    QTest::newRow("crlf") << QByteArray("{\"t\":\"a\"}\r\n{\"t\":\"b\"}\r\n") << "1:a 2:b ";
    QTest::newRow("blank lines") << QByteArray("\n{\"t\":\"a\"}\n \t\r\n\n{\"t\":\"b\"}\n\n")
                                 << "2:a 5:b ";
    QTest::newRow("byte order mark") << QByteArray("\xEF\xBB\xBF{\"t\":\"a\"}") << "1:a ";
    QTest::newRow("byte order mark only") << QByteArray("\xEF\xBB\xBF") << "";
    QTest::newRow("empty") << QByteArray("") << "";
    QTest::newRow("escapes") << QByteArray("{\"t\":\"\\u00e9\\n\\ud83d\\udca1\"}") << "1:é\n💡 ";
    QTest::newRow("line separator")
        << QByteArray("{\"t\":\"\xE2\x80\xA8\"}\n{\"t\":\"b\"}") << "1:\u2028 2:b ";
  }
  void reads_records() {
    QFETCH(QByteArray, content);
    QFETCH(QString, expected);
    QCOMPARE(QString::fromStdString(collect(content.toStdString())), expected);
  }

  void errors_name_file_line_and_field_data() {
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("start");
    QTest::newRow("bad json") << QByteArray("{\"t\":\"a\"}\n\n{\"t\" 1}\n")
                              << "1:a data.jsonl:3:6: bad JSON: ";
    QTest::newRow("cut short") << QByteArray("{\"t\":\"a") << "data.jsonl:1:8: bad JSON: ";
    QTest::newRow("two values") << QByteArray("{} {}") << "data.jsonl:1:4: bad JSON: ";
    QTest::newRow("not a number") << QByteArray("{\"t\": NaN}") << "data.jsonl:1:7: bad JSON: ";
    QTest::newRow("bad utf-8") << QByteArray("{}\r\n{\"t\":\"\xE9t\xE9\"}").mid(4)
                               << "data.jsonl:1:7: not valid UTF-8";
    QTest::newRow("bad utf-8, line 2")
        << QByteArray("{\"t\":\"a\"}\n{\"t\":\"\xFF\"}") << "1:a data.jsonl:2:7: not valid UTF-8";
    QTest::newRow("second mark") << QByteArray("{\"t\":\"a\"}\n\xFE{}")
                                 << "1:a data.jsonl:2:1: not valid UTF-8";
    QTest::newRow("missing") << QByteArray("{\"u\":\"a\"}") << "data.jsonl:1: missing field `t`";
    QTest::newRow("number") << QByteArray("{\"t\":\"a\"}\n{\"t\":5}")
                            << "1:a data.jsonl:2: field `t` is a number, expected a string";
    QTest::newRow("null") << QByteArray("{\"t\":null}")
                          << "data.jsonl:1: field `t` is null, expected a string";
    QTest::newRow("object") << QByteArray("{\"t\":{}}")
                            << "data.jsonl:1: field `t` is an object, expected a string";
    QTest::newRow("no object") << QByteArray("[1]")
                               << "data.jsonl:1: the record is an array, expected an object";
    QTest::newRow("utf-16") << QByteArray("\xFF\xFE{\0}\0", 6) << "data.jsonl:1:1: not valid UTF-8";
  }
  void errors_name_file_line_and_field() {
    QFETCH(QByteArray, content);
    QFETCH(QString, start);
    const QString text = QString::fromStdString(collect(content.toStdString()));
    QVERIFY2(text.startsWith(start), qPrintable(text));
  }

  void the_error_of_a_record_keeps_its_own_place() {
    const auto path = make("{}\n");
    const auto read = read_jsonl(path, [](const auto&, size_t) -> Result<void> {
      return Error{ErrorCode::unsupported, "no", "turn 3", "hint"};
    });
    QCOMPARE(read.error().where, path.string() + ":1: turn 3");
    QCOMPARE(read.error().code, ErrorCode::unsupported);
    QCOMPARE(read.error().hint, std::string("hint"));
  }

  // Whoever makes the file anew while it is read takes nothing from under the reader: a mapping
  // would end the program with SIGBUS at the first page that is gone.
  void a_file_that_shrinks_while_it_is_read() {
    std::string content;
    while (content.size() < 300'000) content += "{\"t\":\"a row of the file\"}\n";
    const auto path = make(content);
    size_t rows = 0;
    const auto read = read_jsonl(path, [&](const auto&, size_t) -> Result<void> {
      if (++rows == 1) std::filesystem::resize_file(path, 10);
      return {};
    });
    QVERIFY(read || read.error().where.starts_with(path.string()));
    QVERIFY(rows >= 1);
  }

  void a_missing_file_is_not_found() {
    const auto read = read_jsonl(folder_.filePath("absent").toStdString(),
                                 [](const auto&, size_t) -> Result<void> { return {}; });
    QCOMPARE(read.error().code, ErrorCode::not_found);
  }

  void reads_the_preference_sets() {
    const std::filesystem::path path = std::filesystem::path(LOUPE_SOURCE_DIR) / ".." / "shared" /
                                       "data" / "persona_agreeableness.jsonl";
    if (!std::filesystem::exists(path)) QSKIP("the shared data is not here");
    size_t records = 0;
    const auto read = read_jsonl(path, [&records](const auto& value, size_t) -> Result<void> {
      if (value.is_object()) ++records;
      return {};
    });
    QVERIFY(read);
    QVERIFY(records > 100);
  }
};

QTEST_APPLESS_MAIN(TestJsonl)
#include "test_jsonl.moc"
