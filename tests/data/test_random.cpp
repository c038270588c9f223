// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <algorithm>
#include <array>
#include <numeric>

#include "core/data/random.h"

using namespace loupe::data;

class TestRandom : public QObject {
  Q_OBJECT

 private slots:
  // The reference implementation's first values for this seed.
  void splitmix64_reference_values() {
    Random random(1234567);
    const std::array<uint64_t, 5> expected = {6457827717110365317U, 3203168211198807973U,
                                              9817491932198370423U, 4593380528125082431U,
                                              16408922859458223821U};
    for (const uint64_t value : expected) QCOMPARE(random.next(), value);
  }

  void below_stays_below_and_is_even() {
    Random random(7);
    std::array<int, 6> counts{};
    for (int i = 0; i < 60000; ++i) {
      const uint64_t value = random.below(6);
      QVERIFY(value < 6);
      ++counts[value];
    }
    // 5 standard deviations of a binomial with p = 1/6.
    for (const int count : counts)
      QVERIFY2(std::abs(count - 10000) < 457, qPrintable(QString::number(count)));
    QCOMPARE(Random(1).below(1), uint64_t{0});
  }

  // For a bound of 2^63 + 1 nearly half of all numbers are drawn again: the mean would be a third
  // of the bound without that.
  void below_is_unbiased_for_large_bounds() {
    Random random(3);
    const uint64_t bound = (uint64_t{1} << 63) + 1;
    double mean = 0;
    for (int i = 0; i < 20000; ++i) {
      const uint64_t value = random.below(bound);
      QVERIFY(value < bound);
      mean += static_cast<double>(value) / static_cast<double>(bound) / 20000;
    }
    QVERIFY2(std::abs(mean - 0.5) < 0.0103, qPrintable(QString::number(mean)));
  }

  void uniform_is_in_the_half_open_interval() {
    Random random(5);
    double mean = 0;
    for (int i = 0; i < 20000; ++i) {
      const double value = random.uniform();
      QVERIFY(value >= 0 && value < 1);
      mean += value / 20000;
    }
    QVERIFY(std::abs(mean - 0.5) < 0.0103);
  }

  void shuffle_permutes() {
    std::vector<int> items(100);
    std::iota(items.begin(), items.end(), 0);
    const std::vector<int> before = items;
    Random(9).shuffle(items);
    QVERIFY(items != before);
    std::sort(items.begin(), items.end());
    QCOMPARE(items, before);
  }

  void epoch_orders() {
    const std::vector<int64_t> order = epoch_order(80, 0, 0);
    QCOMPARE(order, epoch_order(80, 0, 0));
    QVERIFY(order != epoch_order(80, 0, 1));
    QVERIFY(order != epoch_order(80, 1, 0));
    QVERIFY(epoch_order(80, 0, 1) != epoch_order(80, 1, 0));
    std::vector<int64_t> sorted = order;
    std::sort(sorted.begin(), sorted.end());
    for (int64_t i = 0; i < 80; ++i) QCOMPARE(sorted[static_cast<size_t>(i)], i);
    QVERIFY(epoch_order(0, 0, 0).empty());
    QCOMPARE(epoch_order(1, 5, 5), std::vector<int64_t>{0});
  }
};

QTEST_APPLESS_MAIN(TestRandom)
#include "test_random.moc"
