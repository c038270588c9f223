// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "core/io/text.h"

using namespace loupe;
using namespace loupe::io;

class TestText : public QObject {
  Q_OBJECT

 private slots:
  // Every code point encodes to valid UTF-8 (surrogates do not); Unicode 15, table 3-7.
  void accepts_every_code_point() {
    for (uint32_t code = 0; code <= 0x10FFFF; ++code) {
      std::string text;
      const auto tail = [&](int shift) {
        text.push_back(static_cast<char>(0x80 | (code >> shift & 63)));
      };
      if (code < 0x80) {
        text.push_back(static_cast<char>(code));
      } else if (code < 0x800) {
        text.push_back(static_cast<char>(0xC0 | code >> 6));
      } else if (code < 0x10000) {
        text.push_back(static_cast<char>(0xE0 | code >> 12));
        tail(6);
      } else {
        text.push_back(static_cast<char>(0xF0 | code >> 18));
        tail(12);
        tail(6);
      }
      if (code >= 0x80) tail(0);
      const bool surrogate = code >= 0xD800 && code < 0xE000;
      if (first_bad_utf8(text).has_value() != surrogate)
        QFAIL(qPrintable(QString("U+%1").arg(code, 0, 16)));
    }
  }

  void finds_the_first_bad_byte_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("bad");
    QTest::newRow("continuation") << QByteArray("ab\x80") << 2;
    QTest::newRow("overlong slash") << QByteArray("\xC0\xAF") << 0;
    QTest::newRow("overlong three") << QByteArray("\xE0\x9F\xBF") << 0;
    QTest::newRow("overlong four") << QByteArray("\xF0\x8F\xBF\xBF") << 0;
    QTest::newRow("too large") << QByteArray("\xF4\x90\x80\x80") << 0;
    QTest::newRow("five bytes") << QByteArray("\xF8\x88\x80\x80\x80") << 0;
    QTest::newRow("cut short") << QByteArray("é\xE2\x82") << 2;
    QTest::newRow("0xff") << QByteArray("x\xFFx") << 1;
  }
  void finds_the_first_bad_byte() {
    QFETCH(QByteArray, text);
    QFETCH(int, bad);
    const auto found = first_bad_utf8(text.toStdString());
    QVERIFY(found);
    QCOMPARE(static_cast<int>(*found), bad);
  }

  void quoted_names_are_always_printable() {
    QCOMPARE(quote_name("a.b"), std::string("`a.b`"));
    QCOMPARE(quote_name("ä\n\xFF"), std::string("`ä\\x0a\\xff`"));
    QVERIFY(quote_name(std::string(100'000, 'x')).size() < 120);
    QVERIFY(!first_bad_utf8(quote_name(std::string(99, 'x') + "💡💡")));
  }

  void json_errors_have_line_and_column() {
    const Error error = parse_json("{\n  \"a\": 1,\n  \"b\" 2\n}", "f.json").error();
    QCOMPARE(error.where, std::string("f.json:3:7"));
    QCOMPARE(error.code, ErrorCode::invalid_input);
    QVERIFY(error.what.starts_with("bad JSON: "));
    QVERIFY(error.what.find("json.exception") == std::string::npos);
    QCOMPARE(parse_json("\"\xFF\"", "f.json", 7).error().where, std::string("f.json:7:2"));
    QCOMPARE(parse_json("", "f.json").error().where, std::string("f.json:1:1"));
    QVERIFY(!parse_json("1e999", "f.json"));
  }

  void long_tokens_do_not_make_long_errors() {
    const Error error = parse_json("[\"" + std::string(1'000'000, 'x'), "f").error();
    QVERIFY(error.what.size() < 300);
    QVERIFY(!first_bad_utf8(error.what));
  }

  void deep_nesting_is_refused() {
    const auto nested = [](int depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    QVERIFY(parse_json(nested(200), "f"));
    const auto deep = parse_json(nested(201), "f");
    QVERIFY(!deep);
    QCOMPARE(deep.error().where, std::string("f:1:201"));
    QVERIFY(!parse_json(std::string(5'000'000, '['), "f"));
    QVERIFY(parse_json("\"" + std::string(500, '[') + "\\\"[\"", "f"));
  }
};

QTEST_APPLESS_MAIN(TestText)
#include "test_text.moc"
