// SPDX-License-Identifier: GPL-3.0-or-later
// What the Shift page scores, over the fake engine and driven by mouse and keys: which runs and
// models, which pair, the places that bring it here, and where it leads on.
#include <QAbstractItemModelTester>
#include <QAction>
#include <QComboBox>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QToolButton>
#include <QtTest>

#include "tests/ui/shift_bench.h"
#include "ui/shift/response_editor.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/theme.h"

using namespace loupe;
using namespace loupe::ui;
using shift::Edited;
using shift::Verdict;

class TestShiftModels : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() {
    theme::initialise();
    theme::apply(theme::Mode::light);
  }

  void without_runs_it_says_what_it_is_for() {
    Bench bench({"--empty"});
    QVERIFY(bench.settle());
    auto* empty = bench.page.findChild<EmptyState*>();
    QVERIFY(empty->isVisible());
    QCOMPARE(empty->title(), QStringLiteral("No finished run yet"));
    bench.shoot("empty");
    QSignalSpy opened(&bench.page, &Page::open_wanted);
    bench.click("shift-train");
    QCOMPARE(opened[0][0].value<Place>(), (Place{{"page", "train"}}));
  }

  void it_opens_with_the_newest_explicit_and_implicit_run() {
    Bench bench;
    QVERIFY(bench.settle());
    QCOMPARE(bench.page.rows().size(), size_t(2));
    QCOMPARE(bench.page.rows()[0].scorer, (Scorer{3, 0}));
    QCOMPARE(bench.page.rows()[1].scorer, (Scorer{2, 0}));
    QCOMPARE(bench.text(), QStringLiteral("In my view, the answer is yes"));
    QCOMPARE(bench.find<QPlainTextEdit>("shift-other")->toPlainText(),
             QStringLiteral("Considering the statement, I say no"));
    for (const size_t row : {size_t(0), size_t(1)}) {
      QCOMPARE(bench.outcome(row).delta, 0.0);
      QCOMPARE(bench.outcome(row).verdict, Verdict::keeps);
    }
    QVERIFY(!bench.find<QPushButton>("shift-pin")->isEnabled());
    QAbstractItemModelTester tester(bench.page.variants());
    bench.shoot("filled");
  }

  void one_to_four_models() {
    Bench bench;
    QVERIFY(bench.settle());
    bench.click("shift-add-run");
    QVERIFY(bench.settle());
    QCOMPARE(bench.page.rows().size(), size_t(3));
    QCOMPARE(bench.page.rows()[2].scorer, (Scorer{1, 0}));
    QVERIFY(bench.page.rows()[2].answer.has_value());
    QVERIFY(!bench.find<QWidget>("shift-run-3")->isVisible());
    // No more runs: the language model that they were made from.
    bench.click("shift-add-run");
    QVERIFY(bench.settle());
    QCOMPARE(bench.page.rows()[3].scorer, (Scorer{0, 1}));
    QCOMPARE(bench.page.rows()[3].type, QStringLiteral("LM"));
    QVERIFY(bench.page.rows()[3].answer.has_value());
    QVERIFY(!bench.find<QToolButton>("shift-add-run")->isEnabled());  // four are the most
    bench.click("shift-remove-run-3");
    QVERIFY(bench.settle());
    bench.click("shift-remove-run-0");
    QVERIFY(bench.settle());
    QCOMPARE(bench.page.rows().size(), size_t(2));
    QCOMPARE(bench.page.rows()[0].scorer, (Scorer{2, 0}));
    // Another one in the same place, by keys.
    auto* first = bench.find<QComboBox>("shift-run-0");
    first->setFocus();
    QTest::keyClick(first, Qt::Key_Home);
    QVERIFY(bench.settle());
    QCOMPARE(bench.page.rows()[0].scorer, (Scorer{3, 0}));
    bench.click("shift-remove-run-1");
    QCOMPARE(bench.page.rows().size(), size_t(1));
    QVERIFY(!bench.find<QWidget>("shift-remove-run-0")->isVisible());  // the last one stays
  }

  // Runs and models are numbered apart: run 3 and model 3 are two.
  void models_score_beside_runs() {
    Bench bench({"--models", "0"});
    QVERIFY(bench.settle());
    QCOMPARE(bench.page.rows().size(), size_t(2));
    bench.page.go({{"runs", {3}}, {"models", {3, 4}}, {"set", "test"}, {"index", 1}});
    QVERIFY(bench.settle());
    QCOMPARE(bench.page.rows().size(), size_t(3));
    QCOMPARE(bench.page.rows()[0].name, QStringLiteral("ex-persona-s1"));
    QCOMPARE(bench.page.rows()[1].name, QStringLiteral("ex-rm-ultrafeedback"));
    QCOMPARE(bench.page.rows()[2].name, QStringLiteral("dpo-policy"));
    for (const auto& row : bench.page.rows()) {
      QVERIFY2(row.answer.has_value(), qPrintable(row.error));
      QCOMPARE(row.answer->run_name, row.name.toStdString());
    }
    QVERIFY(!bench.page.rows()[1].scale.has_value());
    QCOMPARE(bench.page.rows()[2].scale->beta, 0.01);
    // A pinned edit has a column each.
    bench.type_last_word("certainly");
    bench.click("shift-pin");
    QVERIFY(bench.settle());
    for (int column = 2; column < 5; ++column) {
      QVERIFY2(bench.variant(1, column).contains("Δ"), qPrintable(bench.variant(1, column)));
    }
    bench.shoot("models");
    const Place place = bench.page.place();
    QCOMPARE(place.at("runs"), (api::json{3}));
    QCOMPARE(place.at("models"), (api::json{3, 4}));
    Bench again({"--models", "0"}, place);
    QVERIFY(again.settle());
    QCOMPARE(again.page.rows().size(), size_t(3));
    QCOMPARE(again.page.rows()[1].scorer, (Scorer{0, 3}));
    QVERIFY(again.text().endsWith("certainly"));
    // And on to Inspect, all of them.
    QSignalSpy opened(&again.page, &Page::open_wanted);
    again.find<QAction>("shift-action-inspect")->trigger();
    const auto wanted = opened[0][0].value<Place>();
    QCOMPARE(wanted.at("runs"), (api::json{3}));
    QCOMPARE(wanted.at("models"), (api::json{3, 4}));
  }

  // Nobody has trained here: the reward models that were imported, on a pair of the data.
  void without_runs_it_takes_the_models() {
    Bench bench({"--no-runs", "--models", "0"});
    QVERIFY(bench.settle());
    QCOMPARE(bench.page.rows().size(), size_t(2));
    QCOMPARE(bench.page.rows()[0].scorer, (Scorer{0, 3}));
    QCOMPARE(bench.page.rows()[1].scorer, (Scorer{0, 4}));
    QVERIFY(!bench.find<QToolButton>("shift-type")->isChecked());
    QVERIFY(bench.find<QComboBox>("shift-set")->currentText().startsWith("Data: "));
    QVERIFY(!bench.text().isEmpty());  // the first pair of the data
    bench.type_last_word("certainly");
    QVERIFY(bench.settle());
    for (const size_t row : {size_t(0), size_t(1)}) QVERIFY(bench.outcome(row).delta != 0);
    bench.shoot("models-alone");
    QCOMPARE(bench.messages.count(), 0);
  }

  void every_example_keeps_its_edit_and_its_variants() {
    Bench bench;
    QVERIFY(bench.settle());
    QSignalSpy moves(&bench.page, &Page::place_changed);
    bench.type_last_word("sure");
    bench.click("shift-pin");
    bench.click("shift-next");
    QVERIFY(bench.settle());
    QCOMPARE(bench.page.place()["index"].get<int>(), 1);
    QCOMPARE(bench.page.variants()->rowCount(), 1);
    QVERIFY(!bench.page.editor()->is_edited());
    QVERIFY(moves.size() >= 1);
    QTest::keyClick(bench.editor(), Qt::Key_Up, Qt::AltModifier);
    QVERIFY(bench.settle());
    QCOMPARE(bench.page.place()["index"].get<int>(), 0);
    QVERIFY(bench.text().endsWith("sure"));
    QCOMPARE(bench.page.variants()->rowCount(), 2);
    // Another set.
    auto* sets = bench.find<QComboBox>("shift-set");
    sets->setFocus();
    for (int i = 0; i < 3; ++i) QTest::keyClick(sets, Qt::Key_Down);
    QVERIFY(bench.settle());
    QCOMPARE(bench.text(), QStringLiteral("My response would be certainly"));
  }

  // As on Inspect: a data set's pair is scored as the data set has it, and comes back with a place.
  void a_pair_of_a_data_set() {
    Bench bench;
    QVERIFY(bench.settle());
    QTRY_VERIFY(!bench.mirror.datasets().empty());
    const qint64 dataset = bench.mirror.datasets().front().id;
    bench.page.go({{"dataset", dataset}, {"index", 2}});
    QVERIFY(bench.settle());
    QCOMPARE(bench.page.place().at("dataset").get<qint64>(), dataset);
    QCOMPARE(bench.page.place().at("index").get<int>(), 2);
    QVERIFY(!bench.page.place().contains("set"));
    QCOMPARE(bench.page.rows()[0].asked.pair, (api::json{{"dataset", dataset}, {"index", 2}}));
    QVERIFY(bench.page.rows()[0].answer.has_value());
    bench.type_last_word("sure");
    bench.click("shift-next");
    QVERIFY(bench.settle());
    QCOMPARE(bench.page.place().at("index").get<int>(), 3);
    QVERIFY(!bench.page.editor()->is_edited());
    bench.click("shift-previous");
    QVERIFY(bench.settle());
    QVERIFY(bench.text().endsWith("sure"));
    // Back to a set of a run.
    auto* sets = bench.find<QComboBox>("shift-set");
    sets->setFocus();
    QTest::keyClick(sets, Qt::Key_Home);
    QVERIFY(bench.settle());
    QVERIFY(bench.page.place().contains("set"));
  }

  void a_pair_can_be_typed() {
    Bench bench;
    QVERIFY(bench.settle());
    bench.click("shift-type");
    QVERIFY(bench.settle());
    auto* chosen = bench.find<QPlainTextEdit>("shift-chosen-edit");
    QCOMPARE(chosen->toPlainText(), QStringLiteral("In my view, the answer is yes"));
    chosen->setFocus();
    QTest::keyClick(chosen, Qt::Key_End, Qt::ControlModifier);
    QTest::keyClicks(chosen, " sure");
    QCOMPARE(bench.text(), QStringLiteral("In my view, the answer is yes sure"));  // it follows
    QVERIFY(bench.settle());
    QCOMPARE(bench.outcome(0).delta, 0.0);
    bench.type_last_word("no");
    QTest::keyClicks(chosen, "!");
    QCOMPARE(bench.text(), QStringLiteral("In my view, the answer is yes no"));  // an edit stays
    QVERIFY(bench.settle());
    QCOMPARE(bench.page.rows()[0].asked.before,
             QStringLiteral("In my view, the answer is yes sure!"));
    QVERIFY(bench.variant(0, 2).contains("margin"));  // the original's numbers come with any answer
    bench.shoot("typed");
    bench.click("shift-type");
    QVERIFY(bench.settle());
    QCOMPARE(bench.text(), QStringLiteral("In my view, the answer is yes"));
  }

  void a_pair_that_cannot_be_read_is_told() {
    Bench bench({"--fail", "pairs/list"});
    QVERIFY(bench.settle());
    QVERIFY(bench.find<QLabel>("shift-note")->isVisible());
    QVERIFY(bench.find<QLabel>("shift-note")->text().contains("checkpoint"));
    QCOMPARE(bench.messages.size(), 1);
  }

  void a_place_brings_everything_back() {
    Place place;
    {
      Bench bench;
      QVERIFY(bench.settle());
      bench.click("shift-next");
      QVERIFY(bench.settle());
      bench.click("shift-edit-rejected");
      bench.type_last_word("never");
      bench.click("shift-pin");
      bench.type_last_word("sure");
      bench.click("shift-remove-run-0");
      QVERIFY(bench.settle());
      place = bench.page.place();
    }
    Bench bench({}, place);  // sent there before the runs are listed
    QTRY_VERIFY_WITH_TIMEOUT(bench.settle() && !bench.text().isEmpty(), 5000);
    QCOMPARE(bench.page.place(), place);
    QCOMPARE(bench.page.edited(), Edited::rejected);
    QVERIFY(bench.text().endsWith("sure"));
    QVERIFY(bench.variant(1, 1).endsWith("never"));
    QVERIFY(bench.variant(1, 2).contains("Δ"));  // scored again
    QCOMPARE(bench.page.rows().size(), size_t(1));
    QTest::keyClick(bench.editor(), Qt::Key_Z, Qt::ControlModifier);
    QVERIFY(!bench.page.editor()->is_edited());
  }

  void other_pages_can_open_it() {
    Bench bench;
    QVERIFY(bench.settle());
    bench.page.go({{"runs", {2, 99}},
                   {"set", "test"},
                   {"index", 4},
                   {"pairs_run", 2},
                   {"after", "In my view, sure"}});
    QVERIFY(bench.settle());
    QCOMPARE(bench.page.rows().size(), size_t(1));  // 99 is gone
    QCOMPARE(bench.text(), QStringLiteral("In my view, sure"));
    QCOMPARE(bench.find<QSpinBox>("shift-index")->value(), 5);
    QCOMPARE(bench.page.rows()[0].asked.after, QStringLiteral("In my view, sure"));
    bench.page.go({{"prompt", "Yes?"}, {"chosen", "yes"}, {"rejected", "no"}});
    QVERIFY(bench.settle());
    QCOMPARE(bench.text(), QStringLiteral("yes"));
    QCOMPARE(bench.page.rows()[0].asked.prompt, QStringLiteral("Yes?"));
    QVERIFY(bench.find<QWidget>("shift-chosen-edit")->isVisible());
    // Nonsense is left out.
    bench.page.go({{"runs", "all"}, {"index", "first"}, {"variants", 3}});
    QVERIFY(bench.settle());
    bench.page.go({{"set", "no such set"}, {"index", 400}});
    QVERIFY(bench.settle());
  }

  void inspect_opens_with_the_edited_text() {
    Bench bench;
    QVERIFY(bench.settle());
    bench.click("shift-add-run");
    bench.type_last_word("sure");
    QSignalSpy opened(&bench.page, &Page::open_wanted);
    QTest::keyClick(bench.editor(), Qt::Key_I, Qt::ControlModifier);
    QCOMPARE(opened.size(), 1);
    const auto place = opened[0][0].value<Place>();
    QCOMPARE(place["page"].get<std::string>(), std::string("inspect"));
    QCOMPARE(place["chosen"].get<std::string>(), std::string("In my view, the answer is sure"));
    QCOMPARE(place["runs"].size(), size_t(3));
  }
};

QTEST_MAIN(TestShiftModels)
#include "test_shift_models.moc"
