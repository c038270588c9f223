// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cmath>

#include "ui/widgets/format.h"

using namespace loupe::ui;

class TestFormat : public QObject {
  Q_OBJECT
 private slots:
  void four_significant_figures() {
    QCOMPARE(short_number(0.0123456), QStringLiteral("0.01235"));
    QCOMPARE(short_number(12.3456), QStringLiteral("12.35"));
    QCOMPARE(short_number(-1234567.8), QStringLiteral("−1,234,568"));
    QCOMPARE(short_number(2e-7), QStringLiteral("2.000e-07"));
    QCOMPARE(short_number(1.5e9), QStringLiteral("1.500e+09"));
    QCOMPARE(short_number(0), QStringLiteral("0"));
    QCOMPARE(short_number(-0.0), QStringLiteral("0"));
    QCOMPARE(short_number(std::nan("")), QStringLiteral("–"));
    QCOMPARE(short_number(-INFINITY), QStringLiteral("−∞"));
    QCOMPARE(signed_number(0.5), QStringLiteral("+0.5000"));
    QCOMPARE(share(0.98765), QStringLiteral("0.9877"));
    QCOMPARE(share(1), QStringLiteral("1.0000"));
  }

  void a_copy_keeps_every_digit() {
    for (const double value : {0.1, 1.0 / 3, -2e-7, 123456789.123456789}) {
      QCOMPARE(full_precision(value).toDouble(), value);
    }
  }

  void durations() {
    QCOMPARE(duration(0), QStringLiteral("0:00"));
    QCOMPARE(duration(95.4), QStringLiteral("1:35"));
    QCOMPARE(duration(3700), QStringLiteral("1:01:40"));
    QCOMPARE(duration(-1), QStringLiteral("–"));
  }

  void csv_fields_are_quoted_where_need_be() {
    QCOMPARE(csv_field(QStringLiteral("plain")), QStringLiteral("plain"));
    QCOMPARE(csv_field(QStringLiteral("a,b")), QStringLiteral("\"a,b\""));
    QCOMPARE(csv_field(QStringLiteral("say \"x\"\n")), QStringLiteral("\"say \"\"x\"\"\n\""));
  }
};

QTEST_APPLESS_MAIN(TestFormat)
#include "test_format.moc"
