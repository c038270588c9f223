// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "core/base/lru.h"

using loupe::Lru;

class TestLru : public QObject {
  Q_OBJECT
 private slots:
  void the_least_recently_used_goes_first() {
    Lru<int> kept(10);
    kept.keep("a", 1, 4);
    kept.keep("b", 2, 4);
    QCOMPARE(*kept.find("a"), 1);  // used: b is the oldest now
    kept.keep("c", 3, 4);
    QVERIFY(kept.find("b") == nullptr);
    QCOMPARE(*kept.find("a"), 1);
    QCOMPARE(*kept.find("c"), 3);
    QCOMPARE(kept.size(), size_t{2});
  }
  void what_is_large_leaves_room_for_nothing_else_and_stays() {
    Lru<int> kept(10);
    kept.keep("a", 1, 1);
    const auto held = kept.find("a");
    QCOMPARE(*kept.keep("large", 2, 100), 2);
    QVERIFY(kept.find("a") == nullptr);
    QCOMPARE(*held, 1);  // whoever has it goes on using it
    QCOMPARE(*kept.find("large"), 2);
    kept.keep("b", 3, 1);
    QVERIFY(kept.find("large") == nullptr);
    QCOMPARE(kept.size(), size_t{1});
  }
  void a_small_one_behind_a_large_one_stays() {
    Lru<int> kept(10);
    kept.keep("small", 1, 1);
    kept.keep("large", 2, 8);
    kept.keep("new", 3, 5);
    QVERIFY(kept.find("large") == nullptr);
    QCOMPARE(*kept.find("small"), 1);
  }
};

QTEST_APPLESS_MAIN(TestLru)
#include "test_lru.moc"
