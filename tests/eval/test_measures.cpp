// SPDX-License-Identifier: GPL-3.0-or-later
// Against numpy, statsmodels and 60-digit arithmetic (tests/golden/make_measures_golden.py).
#include <QtTest>
#include <cmath>
#include <fstream>
#include <limits>
#include <numeric>
#include <set>

#include "core/eval/measure.h"

using namespace loupe::eval;
using nlohmann::json;

namespace {

json golden() {
  std::ifstream stream(LOUPE_SOURCE_DIR "/tests/golden/measures.json");
  return json::parse(stream);
}

bool close(double got, double want, double relative) {
  return std::abs(got - want) <= relative * std::max(1.0, std::abs(want));
}

std::vector<int64_t> own_cluster_each(size_t n) {
  std::vector<int64_t> out(n);
  std::iota(out.begin(), out.end(), 0);
  return out;
}

Interval interval_of(const Values& values) {
  return {values.at("accuracy_low"), values.at("accuracy_high")};
}

}  // namespace

class TestMeasures : public QObject {
  Q_OBJECT
 private slots:
  void against_numpy_data() {
    QTest::addColumn<int>("index");
    const json file = golden();
    for (int i = 0; i < static_cast<int>(file["cases"].size()); ++i)
      QTest::newRow(file["cases"][static_cast<size_t>(i)]["name"].get<std::string>().c_str()) << i;
  }

  void against_numpy() {
    QFETCH(int, index);
    const json entry = golden()["cases"][static_cast<size_t>(index)];
    const json want = entry["want"];
    const auto chosen = entry["chosen"].get<std::vector<double>>();
    const auto rejected = entry["rejected"].get<std::vector<double>>();
    const auto clusters = entry["clusters"].get<std::vector<int64_t>>();
    const Values got = measure(chosen, rejected, clusters);
    QCOMPARE(got.at("n"), want["n"].get<double>());
    QCOMPARE(got.at("ties"), want["ties"].get<double>());
    const json numbers = to_json(got);
    for (const char* key : {"accuracy", "margin_mean", "margin_sd", "normalised_margin", "loss",
                            "chosen_mean", "rejected_mean"}) {
      const double value = numbers[key].get<double>();
      const double expected = want[key].get<double>();
      QVERIFY2(close(value, expected, 1e-12), qPrintable(QString("%1: got %2, want %3")
                                                             .arg(key)
                                                             .arg(value, 0, 'g', 17)
                                                             .arg(expected, 0, 'g', 17)));
    }
    const double tolerance = want["interval_kind"] == "wilson" ? 1e-9 : 0.02;
    const Interval interval = interval_of(got);
    QVERIFY2(std::abs(interval.low - want["interval"][0].get<double>()) <= tolerance,
             qPrintable(QString::number(interval.low, 'g', 10)));
    QVERIFY2(std::abs(interval.high - want["interval"][1].get<double>()) <= tolerance,
             qPrintable(QString::number(interval.high, 'g', 10)));
  }

  void each_measure_is_described_and_stored() {
    const Values got =
        measure(std::vector<double>{1, 2, 0.5}, std::vector<double>{0, 2, 1}, own_cluster_each(3));
    const json stored = to_json(got);
    size_t numbers = 0;
    std::set<std::string_view> keys;
    for (const Measure& measure : measures()) {
      QVERIFY(keys.insert(measure.key).second);
      QVERIFY(!measure.title.empty() && !measure.why.empty() && measure.of != nullptr);
      QCOMPARE(measure.interval == nullptr, measure.interval_why.empty());
      const std::string key(measure.key);
      QVERIFY(got.contains(key));
      QCOMPARE(stored[key].is_number_integer(), measure.format == Format::count);
      if (measure.interval != nullptr) {
        QVERIFY(got.at(key + "_low") <= got.at(key) && got.at(key) <= got.at(key + "_high"));
        numbers += 2;
      }
      ++numbers;
    }
    QCOMPARE(got.size(), numbers);
    QCOMPARE(stored.size(), numbers);
    // What rows of older versions hold is still there, under the same keys.
    for (const char* key :
         {"n", "ties", "accuracy", "accuracy_low", "accuracy_high", "margin_mean", "margin_sd",
          "normalised_margin", "loss", "chosen_mean", "rejected_mean"})
      QVERIFY2(got.contains(key), key);
  }

  void wilson_interval() {
    const json file = golden();
    for (const auto& row : file["wilson"]) {
      const Interval got = wilson(row[0].get<double>(), row[1].get<double>());
      QVERIFY(std::abs(got.low - row[2].get<double>()) <= 1e-9);
      QVERIFY(std::abs(got.high - row[3].get<double>()) <= 1e-9);
    }
  }

  void loss_at_any_margin() {
    const json file = golden();
    for (const auto& row : file["losses"]) {
      const double got = bradley_terry_loss(row[0].get<double>());
      const double want = row[1].get<double>();
      QVERIFY(std::isfinite(got));
      // Relative, down to where doubles end: exp(-700) is still a number.
      QVERIFY2(std::abs(got - want) <= 1e-14 * want,
               qPrintable(QString("margin %1: got %2, want %3")
                              .arg(row[0].get<double>())
                              .arg(got, 0, 'g', 17)
                              .arg(want, 0, 'g', 17)));
    }
  }

  void loss_of_no_number() {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    QCOMPARE(bradley_terry_loss(infinity), 0.0);
    QCOMPARE(bradley_terry_loss(-infinity), infinity);
    QVERIFY(std::isnan(bradley_terry_loss(std::numeric_limits<double>::quiet_NaN())));
  }

  void ties_count_one_half() {
    const std::vector<double> chosen{1, 1, 1, 0};
    const std::vector<double> rejected{0, 1, 1, 1};
    const Values got = measure(chosen, rejected, own_cluster_each(4));
    QCOMPARE(got.at("accuracy"), 0.5);
    QCOMPARE(got.at("ties"), 2.0);
  }

  void empty_set() {
    const Values got = measure({}, {}, {});
    QCOMPARE(got.at("n"), 0.0);
    QCOMPARE(got.at("ties"), 0.0);
    QCOMPARE(interval_of(got).low, 0.0);
    QCOMPARE(interval_of(got).high, 1.0);
    const json numbers = to_json(got);
    for (const auto& [key, value] : numbers.items())
      QVERIFY2(value.is_number() && std::isfinite(value.get<double>()), key.c_str());
    QCOMPARE(wilson(0, 0).low, 0.0);
    QCOMPARE(wilson(0, 0).high, 1.0);
  }

  // The numbers of clusters are names: neither they nor the order of rows matter but for the
  // bootstrap's draws, which are the same every time.
  void same_every_time() {
    const json entry = golden()["cases"][1];
    const auto chosen = entry["chosen"].get<std::vector<double>>();
    const auto rejected = entry["rejected"].get<std::vector<double>>();
    auto clusters = entry["clusters"].get<std::vector<int64_t>>();
    const Values first = measure(chosen, rejected, clusters);
    QCOMPARE(to_json(measure(chosen, rejected, clusters)), to_json(first));
    for (auto& cluster : clusters) cluster = 1000 + 7 * cluster;
    QCOMPARE(to_json(measure(chosen, rejected, clusters)), to_json(first));
  }

  void clusters_widen_the_interval() {
    // Four copies of each row say no more than one.
    std::vector<double> chosen;
    std::vector<int64_t> clusters;
    for (int64_t row = 0; row < 60; ++row)
      for (int copy = 0; copy < 4; ++copy) {
        chosen.push_back(row % 3 == 0 ? -1 : 1);
        clusters.push_back(row);
      }
    const std::vector<double> rejected(chosen.size(), 0);
    const Interval together = interval_of(measure(chosen, rejected, clusters));
    const Interval apart = interval_of(measure(chosen, rejected, own_cluster_each(chosen.size())));
    const Interval once = wilson(40, 60);
    QVERIFY(together.high - together.low > 1.7 * (apart.high - apart.low));
    QVERIFY(std::abs((together.high - together.low) - (once.high - once.low)) < 0.03);
  }
};

QTEST_APPLESS_MAIN(TestMeasures)
#include "test_measures.moc"
