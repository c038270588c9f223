// SPDX-License-Identifier: GPL-3.0-or-later
// Writing, dumping to a line of text and reading back keeps every field of every message.
#include <QtTest>
#include <cmath>
#include <limits>

#include "core/api/messages.h"

using namespace loupe::api;

namespace {

template <class T>
T through_the_wire(const T& value) {
  const std::string line = json(value).dump();
  if (line.find('\n') != std::string::npos) throw std::runtime_error("a message spans lines");
  return json::parse(line).get<T>();
}

}  // namespace

class TestMessages : public QObject {
  Q_OBJECT
 private slots:
  void nested_values_round_trip() {
    Run run;
    run.id = 7;
    run.recipe = {{"lr", 1e-5}, {"type", "im"}};
    EvalSummary eval;
    eval.set = "reworded test";
    eval.accuracy = 0.008;
    run.last_evals = {eval, eval};
    const Run back = through_the_wire(run);
    QCOMPARE(back.recipe, run.recipe);
    QCOMPARE(back.last_evals.size(), size_t(2));
    QCOMPARE(back.last_evals[1].set, eval.set);
    QCOMPARE(back.last_evals[1].accuracy, eval.accuracy);

    Attribution attribution;
    TokenCredit token;
    token.bytes = base64_encode("\xe2\x82");
    token.text = "\xef\xbf\xbd";
    token.credit = -0.1 / 3;
    attribution.chosen.tokens = {token};
    attribution.rejected.error = 2e-7;
    const Attribution again = through_the_wire(attribution);
    QCOMPARE(base64_decode(again.chosen.tokens[0].bytes), std::string("\xe2\x82"));
    QCOMPARE(again.chosen.tokens[0].credit, token.credit);
    QCOMPARE(again.rejected.error, 2e-7);
  }

  void numbers_that_are_not_finite_travel_as_strings() {
    StepPoint point;
    point.loss = std::numeric_limits<double>::quiet_NaN();
    point.chosen_reward = std::numeric_limits<double>::infinity();
    point.rejected_reward = -std::numeric_limits<double>::infinity();
    const json written = point;
    QCOMPARE(written["loss"], json("NaN"));
    QCOMPARE(written["chosen_reward"], json("Infinity"));
    QCOMPARE(written["rejected_reward"], json("-Infinity"));
    const StepPoint back = through_the_wire(point);
    QVERIFY(std::isnan(back.loss));
    QCOMPARE(back.chosen_reward, point.chosen_reward);
    QCOMPARE(back.rejected_reward, point.rejected_reward);
  }

  void doubles_keep_every_bit() {
    for (const double value : {0.1, 1.0 / 3, 5e-324, 1.7976931348623157e308, -0.0, 2e-7}) {
      StepPoint point;
      point.loss = value;
      const StepPoint back = through_the_wire(point);
      QCOMPARE(std::memcmp(&back.loss, &value, sizeof value), 0);
    }
  }

  void missing_and_unknown_fields_are_no_error() {
    const Run run = json::parse(R"({"id": 3, "colour": "red", "name": null})").get<Run>();
    QCOMPARE(run.id, int64_t(3));
    QCOMPARE(run.name, std::string());
    QCOMPARE(json::parse("{}").get<Job>().seconds_left, -1.0);
  }

  void wrong_kinds_are_refused() {
    QVERIFY_EXCEPTION_THROWN(json::parse(R"({"id": "three"})").get<Run>(), Unreadable);
    QVERIFY_EXCEPTION_THROWN(json::parse(R"({"loss": "many"})").get<Run>(), Unreadable);
    QVERIFY_EXCEPTION_THROWN(json::parse(R"({"last_evals": 3})").get<Run>(), Unreadable);
    QVERIFY_EXCEPTION_THROWN(json::parse("[]").get<Run>(), Unreadable);
    QVERIFY_EXCEPTION_THROWN(json::parse("null").get<Run>(), Unreadable);
    QVERIFY_EXCEPTION_THROWN(number_from_json("nan"), Unreadable);
  }
};

QTEST_APPLESS_MAIN(TestMessages)
#include "test_messages.moc"
