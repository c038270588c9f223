// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cmath>

#include "ui/inspect/credit_text.h"

using namespace loupe;
using namespace loupe::ui;

namespace {

api::TokenCredit token(const std::string& bytes, const std::string& text, double credit) {
  api::TokenCredit made;
  made.id = 42;
  made.bytes = api::base64_encode(bytes);
  made.text = text;
  made.credit = credit;
  made.log_prob = -1.25;
  made.ref_log_prob = -1.5;
  return made;
}

api::ResponseCredit response() {
  api::ResponseCredit made;
  made.tokens = {token("yes", "yes", 3), token("\n", "\n", -0.5)};
  made.offset = 0.75;
  made.reward = 3.25;
  return made;
}

}  // namespace

class TestCreditText : public QObject {
  Q_OBJECT
 private slots:
  void the_sum_is_said_and_the_error_is_recomputed() {
    api::ResponseCredit made = response();
    QCOMPARE(sum_of_credits(made), 2.5);
    QCOMPARE(completeness_error(made), 0.0);
    QVERIFY(sum_line(made, QStringLiteral("EX"))
                .contains(QStringLiteral("offset 0.7500 + sum of 2 attributions 2.500 = "
                                         "reward 3.250")));
    made.error = 1e-6;
    QCOMPARE(completeness_error(made), 1e-6);
    made.reward = 4.25;  // whatever the engine claims
    QCOMPARE(completeness_error(made), 1.0);
    made.offset = 0;
    QVERIFY(!sum_line(made, QStringLiteral("EX")).contains(QStringLiteral("offset")));
  }

  void a_language_model_has_log_likelihoods() {
    const QString line = sum_line(
        [] {
          api::ResponseCredit made = response();
          made.offset = 0;
          made.reward = 2.5;
          return made;
        }(),
        QStringLiteral("LM"));
    QVERIFY(line.contains(QStringLiteral("log-probabilities 2.500 = log-likelihood 2.500")));
    QVERIFY(token_tooltip(token("yes", "yes", -1.5), QStringLiteral("LM"), 0)
                .contains(QStringLiteral("log-probability -1.5 nat")));
    api::Attribution made;
    made.type = "LM";
    made.run_name = "tiny";
    made.chosen = response();
    const QByteArray csv = credits_csv({&made});
    QVERIFY(csv.contains("tiny,LM,chosen,1,42,yes,79 65 73,3,3,,"));  // credit = log_prob
  }

  void verdicts() {
    api::Attribution made;
    made.type = "EX";
    made.chosen.reward = 2;
    made.rejected.reward = 1;
    QCOMPARE(verdict_line(made), QStringLiteral("margin +1.000   ✓ prefers the chosen"));
    made.rejected.reward = 3;
    QCOMPARE(verdict_line(made), QStringLiteral("margin −1.000   ✗ prefers the rejected"));
    made.rejected.reward = 2;
    QCOMPARE(verdict_line(made), QStringLiteral("margin 0   = a tie"));
    made.rejected.reward = std::nan("");
    QVERIFY(verdict_line(made).contains(QStringLiteral("no verdict")));
    made.type = "LM";
    made.rejected.reward = 1;
    QCOMPARE(verdict_line(made),
             QStringLiteral("difference +1.000 nat   ✓ the chosen is likelier"));
  }

  void control_characters_are_visible() {
    QCOMPARE(token_text(token("\n", "\n", 0)), QStringLiteral("⏎"));
    QCOMPARE(token_text(token("\t", "\t", 0)), QStringLiteral("⇥"));
    QCOMPARE(token_text(token("\x01", "\x01", 0)), QStringLiteral("␁"));
    QCOMPARE(token_text(token("", "", 0)), QStringLiteral("∅"));
    QCOMPARE(token_text(token("  ", "  ", 0)), QStringLiteral("␣␣"));
    QCOMPARE(token_text(token(" a", " a", 0)), QStringLiteral(" a"));
    QCOMPARE(token_text(token("\xe2\x82", "\xef\xbf\xbd", 0)), QString(QChar(0xfffd)));
  }

  void tokens_break_lines_by_their_bytes() {
    const auto tokens = heatmap_tokens(response(), QStringLiteral("EX"));
    QVERIFY(!tokens[0].ends_line);
    QVERIFY(tokens[1].ends_line);
    // The engine may print a line end as a symbol of its own.
    api::ResponseCredit printed = response();
    printed.tokens[1].text = "\xe2\x8f\x8e";
    QVERIFY(heatmap_tokens(printed, QStringLiteral("EX"))[1].ends_line);
  }

  void tooltips_tell_all() {
    api::TokenCredit made = token("\xe2\x82", "\xef\xbf\xbd", 0.1 / 3);
    const QString implicit = token_tooltip(made, QStringLiteral("IM"), 4);
    QVERIFY(implicit.contains(QStringLiteral("token 5")));
    QVERIFY(implicit.contains(QStringLiteral("id 42")));
    QVERIFY(implicit.contains(QStringLiteral("e2 82")));
    QVERIFY(implicit.contains(QStringLiteral("0.03333333333333333")));
    QVERIFY(implicit.contains(QStringLiteral("-1.25")));
    QVERIFY(implicit.contains(QStringLiteral("difference 0.25 nat")));
    QVERIFY(!token_tooltip(made, QStringLiteral("EX"), 4).contains(QStringLiteral("log")));
  }

  void the_largest_credit_ignores_what_is_not_finite() {
    api::Attribution attribution;
    attribution.chosen = response();
    attribution.rejected.tokens = {token("a", "a", -7), token("b", "b", std::nan(""))};
    QCOMPARE(largest_credit(attribution), 7.0);
    QCOMPARE(largest_credit(api::Attribution()), 0.0);
  }

  void csv_has_a_line_a_token() {
    api::Attribution attribution;
    attribution.run_name = std::string("im, s0");
    attribution.type = std::string("IM");
    attribution.chosen = response();
    const QList<QByteArray> lines = credits_csv({&attribution}).split('\n');
    QCOMPARE(lines.size(), 4);  // header, two tokens, the end
    QCOMPARE(lines[1], QByteArray("\"im, s0\",IM,chosen,1,42,yes,79 65 73,3,-1.25,-1.5,3.25,0.75"));
  }
};

QTEST_APPLESS_MAIN(TestCreditText)
#include "test_credit_text.moc"
