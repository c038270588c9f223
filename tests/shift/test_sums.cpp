// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cmath>

#include "core/shift/sums.h"

using namespace loupe::shift;

namespace {

bool close(double a, double b) {
  return std::abs(a - b) < 1e-12;
}

// Of an implicit reward with beta 0.01; the length divides where `normalised`.
Scored scored(std::vector<double> policy, std::vector<double> reference, bool normalised = false) {
  Scored out;
  const double factor = normalised ? 0.01 / static_cast<double>(policy.size()) : 0.01;
  for (size_t i = 0; i < policy.size(); ++i) {
    out.credits.push_back(factor * (policy[i] - reference[i]));
    out.reward += out.credits.back();
  }
  out.log_probs = std::move(policy);
  out.ref_log_probs = std::move(reference);
  return out;
}

// "A b c" -> "A x y c".
struct Example {
  Scored before, after;
  std::vector<AlignedToken> alignment{{0, 0}, {1, -1}, {-1, 1}, {-1, 2}, {2, 3}};
  explicit Example(bool normalised = false)
      : before(scored({-1, -3, -2}, {-2, -1, -2.5}, normalised)),
        after(scored({-1, -4, -1, -3}, {-2, -1, -1.5, -2}, normalised)) {}
  Sums sums(const std::optional<ImplicitScale>& scale) const {
    return sums_of(alignment, before, after, scale);
  }
};

}  // namespace

class TestSums : public QObject {
  Q_OBJECT
 private slots:
  void margins_and_flips() {
    // Editing the chosen response: margin = edited - other.
    Outcome moved = outcome_of(2, -1, 0.5, Edited::chosen);
    QCOMPARE(moved.delta, -3.0);
    QCOMPARE(moved.margin_before, 1.5);
    QCOMPARE(moved.margin_after, -1.5);
    QCOMPARE(moved.verdict, Verdict::flips);
    // Editing the rejected one: margin = other - edited.
    moved = outcome_of(-1, 2, 0.5, Edited::rejected);
    QCOMPARE(moved.delta, 3.0);
    QCOMPARE(moved.margin_before, 1.5);
    QCOMPARE(moved.margin_after, -1.5);
    QCOMPARE(moved.verdict, Verdict::flips);
    QCOMPARE(outcome_of(-1, 0.25, 0.5, Edited::rejected).verdict, Verdict::keeps);
    // Zero is a class of its own.
    QCOMPARE(outcome_of(1, 0.5, 0.5, Edited::chosen).verdict, Verdict::flips);
    QCOMPARE(outcome_of(0.5, 1, 0.5, Edited::chosen).verdict, Verdict::flips);
    QCOMPARE(outcome_of(0.5, 0.5, 0.5, Edited::chosen).verdict, Verdict::keeps);
    QCOMPARE(outcome_of(1, std::nan(""), 0.5, Edited::chosen).verdict, Verdict::none);
    QCOMPARE(outcome_of(1, -1, std::nullopt, Edited::chosen).verdict, Verdict::none);
    QVERIFY(!outcome_of(1, -1, std::nullopt, Edited::chosen).has_other);
  }

  void units_are_positive() {
    QCOMPARE(unit_of(outcome_of(2, 1, 0.5, Edited::chosen)), 1.5);
    QCOMPARE(unit_of(outcome_of(2, 1, 3, Edited::chosen)), 1.0);
    QCOMPARE(unit_of(outcome_of(2, -3, 2, Edited::chosen)), 3.0);
    QCOMPARE(unit_of(outcome_of(2, -3, std::nullopt, Edited::chosen)), 3.0);
    QCOMPARE(unit_of(outcome_of(0, 0, 0, Edited::chosen)), 1.0);
    QCOMPARE(unit_of(outcome_of(std::nan(""), 0, 0, Edited::chosen)), 1.0);
  }

  void rows_carry_the_change() {
    const Example example;
    const auto changes =
        changes_of(example.alignment, example.before.credits, example.after.credits);
    const std::vector<double> want{0, 0.02, -0.03, 0.005, -0.015};
    QCOMPARE(changes.size(), want.size());
    for (size_t i = 0; i < want.size(); ++i) QVERIFY(close(changes[i], want[i]));
    // Positions that do not exist count nothing.
    const std::vector<AlignedToken> broken{{9, -1}, {-1, -1}, {0, 44}};
    const auto none = changes_of(broken, example.before.credits, example.after.credits);
    QCOMPARE(none[0], 0.0);
    QCOMPARE(none[1], 0.0);
    QCOMPARE(none[2], -0.01);
  }

  void shares_add_up_to_the_change() {
    const Sums sums = Example().sums(ImplicitScale{0.01});
    QVERIFY(close(sums.edited, 0.02 - 0.03 + 0.005));
    QVERIFY(close(sums.later, -0.015));
    QCOMPARE(sums.earlier, 0.0);
    QVERIFY(close(sums.edited + sums.later + sums.offset, sums.total));
    QVERIFY(sums.error < 1e-12);
    QVERIFY(sums.is_implicit && !sums.in_nats);
    QVERIFY(close(sums.policy, 0.01 * (-9 + 6)));
    QVERIFY(close(sums.policy + sums.reference, sums.total));
    const Sums nats = Example().sums(std::nullopt);
    QVERIFY(nats.in_nats);
    QCOMPARE(nats.policy, -3.0);
  }

  void halves_of_the_variants_of_an_implicit_reward() {
    const Sums normalised = Example(true).sums(ImplicitScale{0.01, true, false});
    QVERIFY(close(normalised.policy + normalised.reference, normalised.total));
    QVERIFY(normalised.earlier != 0);  // a longer response divides every credit by more
    QCOMPARE(Example().sums(ImplicitScale{0.01, false, true}).reference, 0.0);
  }

  void an_explicit_sum_has_an_offset() {
    Example example;
    for (Scored* response : {&example.before, &example.after}) {
      response->log_probs.clear();
      response->ref_log_probs.clear();
    }
    example.after.offset = 0.125;
    example.after.reward += 0.125;
    const Sums sums = example.sums(std::nullopt);
    QVERIFY(!sums.is_implicit);
    QCOMPARE(sums.offset, 0.125);
    QVERIFY(sums.error < 1e-12);
  }

  void an_error_is_reported() {
    Example example;
    example.after.reward += 0.5;
    QVERIFY(close(example.sums(std::nullopt).error, 0.5));
    example = Example();
    example.before.error = 0.25;
    QCOMPARE(example.sums(std::nullopt).error, 0.25);
    example.before.reward = std::nan("");
    QVERIFY(std::isnan(example.sums(std::nullopt).error));
  }
};

QTEST_APPLESS_MAIN(TestSums)
#include "test_sums.moc"
