// SPDX-License-Identifier: GPL-3.0-or-later
// The Shift page's pure parts: small edits, the word diff, the arithmetic of an edit, the choice of
// runs, and the list of variants.
#include <QAbstractItemModelTester>
#include <QtTest>
#include <cmath>
#include <limits>

#include "ui/shift/scorer_choice.h"
#include "ui/shift/shift_sums.h"
#include "ui/shift/shift_text.h"
#include "ui/shift/surface_edits.h"
#include "ui/shift/variant_model.h"
#include "ui/shift/word_diff.h"
#include "ui/widgets/token_text.h"

using namespace loupe;
using namespace loupe::ui::shift;
using loupe::ui::Scorer;

namespace {

api::TokenCredit token(const std::string& text, double credit, double log_prob = 0,
                       double reference = 0) {
  api::TokenCredit made;
  made.text = text;
  made.bytes = api::base64_encode(text);
  made.credit = credit;
  made.log_prob = log_prob;
  made.ref_log_prob = reference;
  return made;
}

// "A b c" -> "A x y c" of an implicit model with beta 0.01.
api::Shift implicit_shift() {
  api::Shift shift;
  shift.run = 7;
  shift.type = "IM";
  const auto scored = [](const std::string& text, double policy, double reference) {
    return token(text, 0.01 * (policy - reference), policy, reference);
  };
  shift.before_tokens.tokens = {scored("A", -1, -2), scored("b", -3, -1), scored("c", -2, -2.5)};
  shift.after_tokens.tokens = {scored("A", -1, -2), scored("x", -4, -1), scored("y", -1, -1.5),
                               scored("c", -3, -2)};
  for (api::ResponseCredit* response : {&shift.before_tokens, &shift.after_tokens}) {
    for (const auto& one : response->tokens) response->reward += one.credit;
  }
  shift.before = shift.before_tokens.reward;
  shift.after = shift.after_tokens.reward;
  shift.alignment = {{0, 0}, {1, -1}, {-1, 1}, {-1, 2}, {2, 3}};
  return shift;
}

Outcome outcome(double before, double after, double other, Edited edited) {
  api::Shift shift;
  shift.before = before;
  shift.after = after;
  shift.rejected = other;
  shift.has_rejected = true;
  shift.flipped = true;  // what the engine says of flips must not matter
  return outcome_of(shift, edited);
}

api::Run run(int64_t id, const std::string& type, const std::string& model, double created,
             const std::string& status = "done") {
  api::Run made;
  made.id = id;
  made.type = type;
  made.model = model;
  made.created = created;
  made.status = status;
  made.epochs_done = 4;
  return made;
}

api::Model model(int64_t id, const std::string& type, double created) {
  api::Model made;
  made.id = id;
  made.type = type;
  made.created = created;
  made.status = "ok";
  return made;
}

QString joined(const std::vector<DiffPiece>& pieces) {
  QString text;
  for (const DiffPiece& piece : pieces) {
    const QString mark = piece.kind == DiffPiece::Kind::removed ? QStringLiteral("-")
                         : piece.kind == DiffPiece::Kind::added ? QStringLiteral("+")
                                                                : QString();
    text += mark.isEmpty() ? piece.text : "[" + mark + piece.text + "]";
  }
  return text;
}

}  // namespace

class TestShiftText : public QObject {
  Q_OBJECT
 private slots:
  void casing() {
    QCOMPARE(lower_case("In My View"), QStringLiteral("in my view"));
    QCOMPARE(upper_case("straße, I"), QStringLiteral("STRASSE, I"));
    QCOMPARE(sentence_case("IN MY VIEW, i think. yes! no? 3.14 IS pi\nok"),
             QStringLiteral("In my view, I think. Yes! No? 3.14 is pi\nOk"));
    QCOMPARE(sentence_case(""), QString());
  }

  void contractions_and_back() {
    QCOMPARE(contract("I do not know; it is late. CANNOT"),
             QStringLiteral("I don't know; it's late. CAN'T"));
    QCOMPARE(contract("Do not. I am, you are, let us"),
             QStringLiteral("Don't. I'm, you're, let's"));
    QCOMPARE(expand("I don't know; it's late, I'd say"),
             QStringLiteral("I do not know; it is late, I would say"));
    QCOMPARE(expand(QStringLiteral("Won\u2019t")), QStringLiteral("Will not"));
    QCOMPARE(expand(contract("They will not; we would not")),
             QStringLiteral("They will not; we would not"));
    // Inside a word nothing is contracted, and without anything to do the text is the same.
    QCOMPARE(contract("undo nothing, redo not"), QStringLiteral("undo nothing, redo not"));
    QCOMPARE(expand("the dog's"), QStringLiteral("the dog's"));
  }

  void typo_swaps_two_letters_of_the_longest_word() {
    const QString text = QStringLiteral("My response would be certainly");
    const QString typo = swap_letters(text);
    QVERIFY(typo != text);
    QCOMPARE(swap_letters(text), typo);  // the same at every press
    int differing = 0;
    for (int i = 0; i < text.size(); ++i) differing += text[i] != typo[i];
    QCOMPARE(differing, 2);
    QVERIFY(typo.startsWith(QStringLiteral("My response would be c")));
    QCOMPARE(swap_letters("a b"), QStringLiteral("a b"));
    QCOMPARE(swap_letters("aaaa"), QStringLiteral("aaaa"));
    QCOMPARE(swap_letters(""), QString());
  }

  void filler_stop_and_thanks() {
    QCOMPARE(add_filler("In my view"), QStringLiteral("Well, in my view"));
    QCOMPARE(add_filler(add_filler("In my view")), QStringLiteral("Well, in my view"));
    QCOMPARE(add_filler("I think"), QStringLiteral("Well, I think"));
    QCOMPARE(add_filler(" UN resolutions"), QStringLiteral(" Well, UN resolutions"));
    QCOMPARE(toggle_full_stop("yes"), QStringLiteral("yes."));
    QCOMPARE(toggle_full_stop("yes. "), QStringLiteral("yes "));
    QCOMPARE(toggle_full_stop("  "), QStringLiteral("  "));
    QCOMPARE(add_thanks("yes"), QStringLiteral("yes. Thank you for asking."));
    QCOMPARE(add_thanks("yes!"), QStringLiteral("yes! Thank you for asking."));
    QCOMPARE(add_thanks(add_thanks("yes")), QStringLiteral("yes. Thank you for asking."));
  }

  void every_edit_of_the_palette_says_what_it_does() {
    QSet<QString> ids;
    for (const SurfaceEdit& edit : surface_edits()) {
      QVERIFY(!ids.contains(edit.id));
      ids << edit.id;
      QVERIFY(!edit.title.isEmpty());
      QVERIFY2(edit.tooltip.contains("meaning") || edit.tooltip.contains("answer"),
               qPrintable(edit.tooltip));
      QCOMPARE(edit.apply(QString()), QString());
    }
    QVERIFY(ids.size() >= 9);
  }

  void words_that_changed() {
    QCOMPARE(joined(word_diff("the answer is yes", "the answer is certainly")),
             QStringLiteral("the answer is[- yes][+ certainly]"));
    QCOMPARE(joined(word_diff("a b c", "a c")), QStringLiteral("a[- b] c"));
    QCOMPARE(joined(word_diff("yes", "yes.")), QStringLiteral("yes[+.]"));
    QCOMPARE(joined(word_diff("a b", "a  b")), QStringLiteral("a[- ][+  ]b"));
    QCOMPARE(joined(word_diff("", "new")), QStringLiteral("[+new]"));
    QVERIFY(is_unchanged(word_diff("same old", "same old")));
    QVERIFY(!is_unchanged(word_diff("same old", "same old ")));
    QVERIFY(is_unchanged(word_diff("", "")));
  }

  void a_diff_makes_up_both_texts() {
    const QString words[] = {"a", " ", "bee", ",", "\n", "c", "  ", "yes", "."};
    uint seed = 1;
    const auto random = [&](uint n) { return (seed = seed * 1664525u + 1013904223u) / 65536u % n; };
    for (int trial = 0; trial < 300; ++trial) {
      QString before, after;
      for (uint i = random(12); i > 0; --i) before += words[random(9)];
      for (uint i = random(12); i > 0; --i) after += words[random(9)];
      QString old_text, new_text;
      for (const DiffPiece& piece : word_diff(before, after)) {
        if (piece.kind != DiffPiece::Kind::added) old_text += piece.text;
        if (piece.kind == DiffPiece::Kind::removed) {
          QCOMPARE(before.mid(piece.start, piece.text.size()), piece.text);
          continue;
        }
        QCOMPARE(after.mid(piece.start, piece.text.size()), piece.text);
        new_text += piece.text;
      }
      QCOMPARE(new_text, after);
      QCOMPARE(old_text.remove(' ').remove('\n'), before.remove(' ').remove('\n'));
    }
  }

  void a_long_diff_is_quick_and_escaped() {
    QString before, after;
    for (int i = 0; i < 5000; ++i) {
      before += QStringLiteral("w%1 ").arg(i);
      after += QStringLiteral("v%1 ").arg(i);
    }
    QElapsedTimer clock;
    clock.start();
    const auto pieces = word_diff(before, after);
    QVERIFY2(clock.elapsed() < 1000, qPrintable(QString::number(clock.elapsed())));
    QVERIFY(!is_unchanged(pieces));
    const QString html = diff_html(word_diff("a <b>", "a <i>"));
    QVERIFY(!html.contains("<b>") && !html.contains("<i>"));
    QVERIFY(html.contains("&lt;"));
    QVERIFY(diff_html(word_diff("old text", "new text")).contains("</s> <u"));
  }

  void margins_and_flips() {
    // Editing the chosen response: margin = edited - other.
    Outcome moved = outcome(2, -1, 0.5, Edited::chosen);
    QCOMPARE(moved.delta, -3.0);
    QCOMPARE(moved.margin_before, 1.5);
    QCOMPARE(moved.margin_after, -1.5);
    QCOMPARE(moved.verdict, Verdict::flips);
    // Editing the rejected one: margin = other - edited.
    moved = outcome(-1, 2, 0.5, Edited::rejected);
    QCOMPARE(moved.delta, 3.0);
    QCOMPARE(moved.margin_before, 1.5);
    QCOMPARE(moved.margin_after, -1.5);
    QCOMPARE(moved.verdict, Verdict::flips);
    QCOMPARE(preference_text(moved), QStringLiteral("chosen → rejected"));
    QCOMPARE(outcome(-1, 0.25, 0.5, Edited::rejected).verdict, Verdict::keeps);
    // Zero is a class of its own.
    QCOMPARE(outcome(1, 0.5, 0.5, Edited::chosen).verdict, Verdict::flips);
    QCOMPARE(outcome(0.5, 1, 0.5, Edited::chosen).verdict, Verdict::flips);
    QCOMPARE(outcome(0.5, 0.5, 0.5, Edited::chosen).verdict, Verdict::keeps);
    QCOMPARE(outcome(1, std::nan(""), 0.5, Edited::chosen).verdict, Verdict::none);
    api::Shift alone;
    alone.before = 1;
    alone.after = -1;
    QCOMPARE(outcome_of(alone, Edited::chosen).verdict, Verdict::none);
  }

  void units_are_positive() {
    QCOMPARE(unit_of(outcome(2, 1, 0.5, Edited::chosen)), 1.5);
    QCOMPARE(unit_of(outcome(2, 1, 3, Edited::chosen)), 1.0);
    QCOMPARE(unit_of(outcome(2, -3, 2, Edited::chosen)), 3.0);
    QCOMPARE(unit_of(outcome(0, 0, 0, Edited::chosen)), 1.0);
    QCOMPARE(unit_of(outcome(std::nan(""), 0, 0, Edited::chosen)), 1.0);
  }

  void columns_carry_the_change() {
    const auto columns = columns_of(implicit_shift());
    QCOMPARE(columns.size(), size_t(5));
    QVERIFY(!columns[0].edited() && columns[0].change == 0);
    QVERIFY(columns[1].edited() && columns[1].after == -1);
    QCOMPARE(columns[1].change, 0.02);    // minus its credit of -0.02
    QCOMPARE(columns[2].change, -0.03);   // its own credit
    QCOMPARE(columns[4].change, -0.015);  // -0.01 - 0.005
    QCOMPARE(largest_change(columns), 0.03);
    // Positions that do not exist are left out.
    api::Shift broken = implicit_shift();
    broken.alignment = {{9, -1}, {-1, -1}, {0, 44}};
    QCOMPARE(columns_of(broken).size(), size_t(1));
    QCOMPARE(columns_of(broken)[0].after, -1);
  }

  void shares_add_up_to_the_change() {
    const auto scale = implicit_scale({{"beta", 0.01}});
    QVERIFY(scale.has_value());
    const Sums sums = sums_of(implicit_shift(), scale);
    QCOMPARE(sums.edited, 0.02 - 0.03 + 0.005);
    QCOMPARE(sums.later, -0.015);
    QCOMPARE(sums.earlier, 0.0);
    QVERIFY(std::abs(sums.edited + sums.later + sums.offset - sums.total) < 1e-12);
    QVERIFY(sums.error < 1e-12);
    QVERIFY(sums.is_implicit && !sums.in_nats);
    QVERIFY(std::abs(sums.policy - 0.01 * (-9 + 6)) < 1e-12);
    QVERIFY(std::abs(sums.policy + sums.reference - sums.total) < 1e-12);
    const QString line = sum_line(sums, "IM");
    QVERIFY2(line.contains("policy −0.03") && line.contains("total Δ −0.02"), qPrintable(line));
    // Without beta: nats.
    const Sums nats = sums_of(implicit_shift(), std::nullopt);
    QVERIFY(nats.in_nats);
    QCOMPARE(nats.policy, -3.0);
    QVERIFY(sum_line(nats, "IM").contains("nat"));
    QVERIFY(!implicit_scale(api::json()).has_value());
    QVERIFY(!implicit_scale({{"beta", "much"}}).has_value());
  }

  void halves_of_the_variants_of_an_implicit_reward() {
    api::Shift shift = implicit_shift();
    for (api::ResponseCredit* response : {&shift.before_tokens, &shift.after_tokens}) {
      response->reward = 0;
      for (auto& one : response->tokens) {
        one.credit /= static_cast<double>(response->tokens.size());
        response->reward += one.credit;
      }
    }
    shift.before = shift.before_tokens.reward;
    shift.after = shift.after_tokens.reward;
    const Sums normalised =
        sums_of(shift, implicit_scale({{"beta", 0.01}, {"length_normalised", true}}));
    QVERIFY(std::abs(normalised.policy + normalised.reference - normalised.total) < 1e-12);
    QVERIFY(normalised.earlier != 0);  // a longer response divides every credit by more
    QVERIFY(sum_line(normalised, "IM").contains("earlier tokens"));
    const Sums alone =
        sums_of(implicit_shift(), implicit_scale({{"beta", 0.01}, {"without_reference", true}}));
    QCOMPARE(alone.reference, 0.0);
  }

  void an_error_is_reported() {
    api::Shift shift = implicit_shift();
    shift.after += 0.5;
    QVERIFY(std::abs(sums_of(shift, std::nullopt).error - 0.5) < 1e-12);
    shift = implicit_shift();
    shift.before_tokens.error = 0.25;
    QCOMPARE(sums_of(shift, std::nullopt).error, 0.25);
  }

  void an_explicit_sum_has_an_offset() {
    api::Shift shift = implicit_shift();
    shift.type = "EX";
    shift.after_tokens.offset = 0.125;
    shift.after += 0.125;
    const Sums sums = sums_of(shift, std::nullopt);
    QVERIFY(!sums.is_implicit);
    QCOMPARE(sums.offset, 0.125);
    QVERIFY(sums.error < 1e-12);
    QVERIFY(sum_line(sums, "EX").contains("offset +0.125"));
    QVERIFY(!sum_line(sums, "EX").contains("policy"));
  }

  void tooltips_tell_the_halves_apart() {
    const api::Shift shift = implicit_shift();
    const auto columns = columns_of(shift);
    const QString kept = column_tooltip(shift, columns[4]);
    QVERIFY2(kept.contains("log π -2, log π_ref -2.5") && kept.contains("log π -3, log π_ref -2"),
             qPrintable(kept));
    QVERIFY(column_tooltip(shift, columns[1]).contains("deleted"));
    QVERIFY(column_tooltip(shift, columns[2]).contains("inserted"));
    QCOMPARE(loupe::ui::token_text(token("\n", 0)), QString(QChar(0x23CE)));
    QCOMPARE(loupe::ui::token_text(token(" ", 0)), QString(QChar(0x2423)));
  }

  void default_scorers_are_runs_of_one_model() {
    const std::vector<Scorer> none;
    QCOMPARE(default_scorers({}, {}), none);
    QCOMPARE(default_scorers({run(1, "IM", "a", 1)}, {model(1, "EX", 9)}),
             (std::vector<Scorer>{{1, 0}}));
    QCOMPARE(default_scorers({run(1, "EX", "a", 1), run(2, "IM", "a", 2), run(3, "EX", "a", 3),
                              run(4, "EX", "b", 9)},
                             {}),
             (std::vector<Scorer>{{3, 0}, {2, 0}}));
    QCOMPARE(default_scorers({run(1, "EX", "a", 1), run(2, "IM", "a", 2),
                              run(3, "IM", "a", 3, "running"), run(4, "IM", "a", 4, "failed")},
                             {}),
             (std::vector<Scorer>{{1, 0}, {2, 0}}));
  }

  void without_runs_default_scorers_are_models() {
    std::vector<api::Model> models{model(1, "LM", 9), model(2, "EX", 1), model(3, "EX", 2),
                                   model(4, "IM", 3), model(5, "IM", 8)};
    models[4].status = "missing: model.safetensors";
    QCOMPARE(default_scorers({}, models), (std::vector<Scorer>{{0, 3}, {0, 4}}));
    QCOMPARE(default_scorers({}, {models[0]}), (std::vector<Scorer>{{0, 1}}));
  }

  void kept_scorers_exist_once_and_are_four() {
    std::vector<api::Run> runs;
    for (int id = 1; id <= 6; ++id) runs.push_back(run(id, "EX", "a", id));
    runs[1].epochs_done = 0;
    std::vector<api::Model> models{model(3, "EX", 1), model(4, "LM", 1)};
    models[1].removed = true;
    QCOMPARE(kept_scorers({{9, 0}, {3, 0}, {3, 0}, {0, 3}, {0, 4}, {0, 9}, {2, 0}, {1, 0}}, runs,
                          models),
             (std::vector<Scorer>{{3, 0}, {0, 3}, {1, 0}}));
    QCOMPARE(kept_scorers({{6, 0}, {5, 0}, {4, 0}, {3, 0}, {1, 0}}, runs, models),
             (std::vector<Scorer>{{6, 0}, {5, 0}, {4, 0}, {3, 0}}));
  }

  // An imported IM-RM's halves are in units of its reward, as a run's are.
  void the_scale_of_a_model() {
    api::Model made = model(1, "IM", 1);
    made.beta = 0.1;
    made.length_normalised = true;
    const auto scale = implicit_scale(made);
    QVERIFY(scale.has_value());
    QCOMPARE(scale->beta, 0.1);
    QVERIFY(scale->length_normalised && !scale->without_reference);
    QVERIFY(!implicit_scale(model(1, "EX", 1)).has_value());
  }

  void variants_keep_answers_of_their_example_only() {
    VariantModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    RunRow row;
    row.scorer = {7, 0};
    row.name = "im";
    row.type = "IM";
    row.answer = implicit_shift();
    row.answer->has_rejected = true;
    row.answer->rejected = row.answer->after + 0.001;
    row.asked = {"p", "A b c", "A x y c", "other"};
    model.set_example({"p", "A b c", {}, "other"}, Edited::chosen);
    model.set_runs({row});
    QCOMPARE(model.rowCount(), 1);
    QCOMPARE(model.index(0, VariantModel::text).data().toString(), QStringLiteral("A b c"));
    QCOMPARE(model.pin(&row, 1, "A x y c"), 1);
    QCOMPARE(model.pin(&row, 1, "A x y c"), 1);
    QCOMPARE(model.pin(&row, 1, "else"), 2);
    const auto cell = [&](int r) {
      return model.index(r, VariantModel::first_run).data().toString();
    };
    QVERIFY2(cell(1).contains("Δ −0.02") && cell(1).contains("flips"), qPrintable(cell(1)));
    QCOMPARE(cell(2), QStringLiteral("–"));
    QVERIFY(model.recall({7, 0}, row.asked).has_value());
    QVERIFY(!model.recall({8, 0}, row.asked).has_value());
    QVERIFY(model.csv().contains(ui::shift::Question(row.asked).after.toUtf8()));
    Variant taken = model.take(1);
    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(taken.text, QStringLiteral("A x y c"));
    QVERIFY(model.take(0).text.isEmpty());  // the original stays
    model.insert(1, std::move(taken));
    QVERIFY(cell(1).contains("flips"));
    // Another prompt: the numbers are of another example.
    model.set_example({"p2", "A b c", {}, "other"}, Edited::chosen);
    QCOMPARE(cell(1), QStringLiteral("–"));
    QVERIFY(!model.recall({7, 0}, row.asked).has_value());
    model.set_example({"p", "A b c", {}, "other"}, Edited::chosen);
    QVERIFY(cell(1).contains("flips"));
    // A run that trained on is another model.
    row.epochs_done = 5;
    model.set_runs({row});
    QCOMPARE(cell(1), QStringLiteral("–"));
  }

  void tables_have_full_precision() {
    RunRow row;
    row.name = "im, s0";
    row.type = "IM";
    row.answer = implicit_shift();
    row.asked = {"p", "A b c", "A x y c", {}};
    const QByteArray rewards = rewards_csv({row}, Edited::chosen);
    QCOMPARE(rewards.count('\n'), 2);
    QVERIFY(rewards.contains("\"im, s0\",IM,chosen,p,A b c,A x y c,,"));
    const QByteArray delta = QByteArray::number(row.answer->after - row.answer->before, 'g',
                                                QLocale::FloatingPointShortest);
    QVERIFY(rewards.contains(delta));
    QCOMPARE(columns_csv({row}).count('\n'), 6);
    const QStringList lines = QString::fromUtf8(columns_csv({row})).split('\n');
    for (int i = 1; i < 6; ++i) QCOMPARE(lines[i].count(','), lines[0].count(',') + 1);
    row.waiting = true;
    QCOMPARE(rewards_csv({row}, Edited::chosen).count('\n'), 1);
  }
};

QTEST_GUILESS_MAIN(TestShiftText)
#include "test_shift_text.moc"
