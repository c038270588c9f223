// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/resource.h>

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

Ids random_ids(loupe::data::Random& random, size_t count, uint64_t different) {
  Ids ids(count);
  for (auto& id : ids) id = static_cast<int32_t>(random.below(different));
  return ids;
}

// `text` with `edits` places where one to four tokens went, came or became others.
Ids edited(loupe::data::Random& random, Ids text, size_t edits, uint64_t different) {
  for (size_t k = 0; k < edits && !text.empty(); ++k) {
    const auto at = text.begin() + static_cast<std::ptrdiff_t>(random.below(text.size()));
    const auto left = static_cast<uint64_t>(text.end() - at);
    const auto gone = at + static_cast<std::ptrdiff_t>(random.below(std::min<uint64_t>(5, left)));
    const auto place = text.erase(at, gone);
    const Ids put = random_ids(random, random.below(4), different);
    text.insert(place, put.begin(), put.end());
  }
  return text;
}

// The whole table of lengths: as many cells as the product of the two texts.
std::vector<AlignedToken> by_table(const Ids& before, const Ids& after) {
  const size_t rows = before.size(), columns = after.size();
  std::vector<Ids> length(rows + 1, Ids(columns + 1, 0));
  for (size_t i = rows; i-- > 0;)
    for (size_t j = columns; j-- > 0;)
      length[i][j] = before[i] == after[j] ? length[i + 1][j + 1] + 1
                                           : std::max(length[i + 1][j], length[i][j + 1]);
  std::vector<AlignedToken> out;
  size_t i = 0, j = 0;
  while (i < rows || j < columns) {
    if (i < rows && j < columns && before[i] == after[j])
      out.push_back({static_cast<int64_t>(i++), static_cast<int64_t>(j++)});
    else if (i < rows && (j == columns || length[i + 1][j] >= length[i][j + 1]))
      out.push_back({static_cast<int64_t>(i++), -1});
    else
      out.push_back({-1, static_cast<int64_t>(j++)});
  }
  return out;
}

// Runs of rows without a partner: what a reader sees as one edit.
size_t places(const std::vector<AlignedToken>& list) {
  size_t count = 0;
  bool inside = false;
  for (const auto& t : list) {
    const bool alone = t.before < 0 || t.after < 0;
    count += alone && !inside ? 1 : 0;
    inside = alone;
  }
  return count;
}

long peak_kilobytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
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

  // Ordinary edits of ordinary texts (words repeat): as many tokens stay, in no more places.
  void edits_read_as_before() {
    loupe::data::Random random(8);
    size_t more = 0, before_places = 0;
    for (int trial = 0; trial < 400; ++trial) {
      const Ids before = random_ids(random, 20 + random.below(300), 60);
      const Ids after = edited(random, before, 1 + random.below(6), 60);
      const auto list = align(before, after);
      const auto table = by_table(before, after);
      QCOMPARE(broken(before, after, list), QString());
      QCOMPARE(paired(list), paired(table));
      before_places += places(table);
      more += places(list) > places(table) ? places(list) - places(table) : 0;
    }
    QVERIFY2(more * 50 < before_places,
             qPrintable(QString("%1 of %2").arg(more).arg(before_places)));
  }

  void sixteen_thousand_tokens_take_little_memory_data() {
    QTest::addColumn<int>("edits");
    QTest::newRow("a few places") << 40;
    QTest::newRow("every fourth token") << 4000;
    QTest::newRow("all") << -1;
  }

  void sixteen_thousand_tokens_take_little_memory() {
    QFETCH(int, edits);
    loupe::data::Random random(9);
    const Ids before = random_ids(random, 16384, 49152);
    const Ids after = edits < 0 ? random_ids(random, 16384, 300)
                                : edited(random, before, static_cast<size_t>(edits), 49152);
    const long peak = peak_kilobytes();
    QElapsedTimer clock;
    clock.start();
    const auto list = align(before, after);
    const qint64 took = clock.elapsed();
    QCOMPARE(broken(before, after, list), QString());
    const long grown = peak_kilobytes() - peak;
    qInfo("%lld ms, %ld kB, %zu paired", took, grown, paired(list));
    QVERIFY2(grown < 100'000, qPrintable(QString::number(grown)));
    QVERIFY2(took < 5'000, qPrintable(QString::number(took)));
  }
};

QTEST_APPLESS_MAIN(TestDiff)
#include "test_diff.moc"
