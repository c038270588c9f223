// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "ui/client/line_reader.h"
#include "ui/client/text.h"

using namespace loupe::ui;

class TestLineReader : public QObject {
  Q_OBJECT
 private slots:
  void lines_come_out_whole_however_they_arrive() {
    const QByteArray stream = "first\nsecond line\r\n\nthird\n";
    const QList<QByteArray> expected{"first", "second line", "third"};
    for (qsizetype piece = 1; piece <= stream.size(); ++piece) {
      LineReader reader;
      QList<QByteArray> lines;
      for (qsizetype i = 0; i < stream.size(); i += piece)
        lines += reader.feed(stream.mid(i, piece));
      QCOMPARE(lines, expected);
    }
  }

  void an_unfinished_line_waits() {
    LineReader reader;
    QVERIFY(reader.feed("half").isEmpty());
    QCOMPARE(reader.feed(" and half\nre"), QList<QByteArray>{"half and half"});
    reader.clear();
    QCOMPARE(reader.feed("st\n"), QList<QByteArray>{"st"});
  }

  void offsets_of_utf8_become_offsets_of_utf16() {
    const std::string text = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z";  // a é € 😀 z
    QCOMPARE(utf16_offset(text, 0), 0);
    QCOMPARE(utf16_offset(text, 1), 1);
    QCOMPARE(utf16_offset(text, 3), 2);
    QCOMPARE(utf16_offset(text, 6), 3);
    QCOMPARE(utf16_offset(text, 8), 3);   // inside the emoji
    QCOMPARE(utf16_offset(text, 10), 5);  // it takes two units
    QCOMPARE(utf16_offset(text, 99), 6);
  }
};

QTEST_APPLESS_MAIN(TestLineReader)
#include "test_line_reader.moc"
