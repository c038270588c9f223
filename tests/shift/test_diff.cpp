// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <algorithm>

#include "core/data/random.h"
#include "core/shift/diff.h"

using loupe::shift::align;
using loupe::shift::AlignedToken;

namespace {

using Ids = std::vector<int32_t>;

// "0=0" paired, "1-" deleted, "+1" inserted.
QString written(const std::vector<AlignedToken>& list) {
  QStringList out;
  for (const auto& t : list) {
    if (t.after < 0)
      out << QString("%1-").arg(t.before);
    else if (t.before < 0)
      out << QString("+%1").arg(t.after);
    else
      out << QString("%1=%2").arg(t.before).arg(t.after);
  }
  return out.join(' ');
}

size_t paired(const std::vector<AlignedToken>& list) {
  return static_cast<size_t>(std::count_if(list.begin(), list.end(), [](const AlignedToken& t) {
    return t.before >= 0 && t.after >= 0;
  }));
}

// Every token of both once and in order; pairs have equal ids; deletions before insertions.
QString broken(const Ids& before, const Ids& after, const std::vector<AlignedToken>& list) {
  int64_t b = 0;
  int64_t a = 0;
  bool inserted = false;  // since the last pair
  for (const auto& t : list) {
    if (t.before < 0 && t.after < 0) return "a row of nothing";
    if (t.before >= 0 && t.before != b++) return "the original is out of order";
    if (t.after >= 0 && t.after != a++) return "the edited is out of order";
    if (t.before >= 0 && t.after >= 0) {
      if (before[static_cast<size_t>(t.before)] != after[static_cast<size_t>(t.after)])
        return "a pair of different ids";
      inserted = false;
    } else if (t.before < 0) {
      inserted = true;
    } else if (inserted) {
      return "a deletion after an insertion";
    }
  }
  if (b != static_cast<int64_t>(before.size()) || a != static_cast<int64_t>(after.size()))
    return "tokens are missing";
  if (list.size() != before.size() + after.size() - paired(list)) return "rows do not add up";
  return {};
}

// The longest common subsequence by trying every subset of the shorter text.
size_t longest_by_trial(const Ids& before, const Ids& after) {
  size_t best = 0;
  for (uint32_t subset = 0; subset < (1u << before.size()); ++subset) {
    size_t at = 0;
    size_t length = 0;
    bool found = true;
    for (size_t i = 0; i < before.size() && found; ++i) {
      if (!(subset & (1u << i))) continue;
      while (at < after.size() && after[at] != before[i]) ++at;
      found = at++ < after.size();
      ++length;
    }
    if (found) best = std::max(best, length);
  }
  return best;
}

}  // namespace

class TestDiff : public QObject {
  Q_OBJECT
 private slots:
  void by_hand_data() {
    QTest::addColumn<Ids>("before");
    QTest::addColumn<Ids>("after");
    QTest::addColumn<QString>("want");
    QTest::newRow("both empty") << Ids{} << Ids{} << "";
    QTest::newRow("all deleted") << Ids{1, 2} << Ids{} << "0- 1-";
    QTest::newRow("all inserted") << Ids{} << Ids{1, 2} << "+0 +1";
    QTest::newRow("equal") << Ids{5, 6, 5} << Ids{5, 6, 5} << "0=0 1=1 2=2";
    QTest::newRow("inserted in front") << Ids{1, 2} << Ids{9, 1, 2} << "+0 0=1 1=2";
    QTest::newRow("inserted within") << Ids{1, 2} << Ids{1, 9, 2} << "0=0 +1 1=2";
    QTest::newRow("inserted at the end") << Ids{1, 2} << Ids{1, 2, 9} << "0=0 1=1 +2";
    QTest::newRow("deleted in front") << Ids{9, 1, 2} << Ids{1, 2} << "0- 1=0 2=1";
    QTest::newRow("deleted within") << Ids{1, 9, 2} << Ids{1, 2} << "0=0 1- 2=1";
    QTest::newRow("deleted at the end") << Ids{1, 2, 9} << Ids{1, 2} << "0=0 1=1 2-";
    QTest::newRow("replaced") << Ids{1, 7, 8, 2} << Ids{1, 9, 2} << "0=0 1- 2- +1 3=2";
    QTest::newRow("nothing in common") << Ids{1, 2} << Ids{3, 4} << "0- 1- +0 +1";
    QTest::newRow("id 0 is a token") << Ids{0} << Ids{0, 0} << "0=0 +1";
  }

  void by_hand() {
    QFETCH(Ids, before);
    QFETCH(Ids, after);
    QFETCH(QString, want);
    QCOMPARE(written(align(before, after)), want);
  }

  void longest_on_short_texts() {
    loupe::data::Random random(6);
    for (int trial = 0; trial < 400; ++trial) {
      Ids before(random.below(9));
      Ids after(random.below(12));
      for (auto* text : {&before, &after})
        for (auto& id : *text) id = static_cast<int32_t>(random.below(4));
      const auto list = align(before, after);
      QCOMPARE(broken(before, after, list), QString());
      QCOMPARE(paired(list), longest_by_trial(before, after));
      QCOMPARE(paired(align(after, before)), paired(list));
    }
  }

  void long_texts() {
    loupe::data::Random random(7);
    Ids before(2048);
    for (auto& id : before) id = static_cast<int32_t>(random.below(49152));
    Ids after;
    size_t deleted = 0;
    size_t inserted = 0;
    for (const int32_t id : before) {
      const uint64_t draw = random.below(20);
      if (draw == 0) {
        ++deleted;
        continue;
      }
      after.push_back(id);
      if (draw == 1) {
        after.push_back(60000 + static_cast<int32_t>(inserted++));
      }
    }
    const auto list = align(before, after);
    QCOMPARE(broken(before, after, list), QString());
    QCOMPARE(paired(list), before.size() - deleted);
    QCOMPARE(list.size(), before.size() + inserted);
    QCOMPARE(paired(align(before, before)), before.size());
  }
};

QTEST_APPLESS_MAIN(TestDiff)
#include "test_diff.moc"
