// SPDX-License-Identifier: GPL-3.0-or-later
// The models of the details under the table of runs, and the table's own news and edits.
#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QtTest>
#include <cmath>

#include "ui/runs/eval_table_model.h"
#include "ui/runs/recipe_model.h"
#include "ui/runs/run_filter.h"
#include "ui/runs/run_table_model.h"

using namespace loupe;
using namespace loupe::ui;

namespace {

constexpr auto fatal = QAbstractItemModelTester::FailureReportingMode::QtTest;

api::Run run(int64_t id, const std::string& type, double lr, double accuracy = 1) {
  api::Run made;
  made.id = id;
  made.name = "run-" + std::to_string(id);
  made.type = type;
  made.status = "done";
  made.model = "tiny";
  made.dataset = "persona";
  made.epochs = made.epochs_done = 4;
  made.loss = 0.25;
  made.recipe = {{"lr", lr}, {"beta", 0.01}, {"optimiser", {{"name", "adamw"}, {"eps", 1e-8}}}};
  api::EvalSummary eval;
  eval.set = "test";
  eval.n = 40;
  eval.ties = 2;
  eval.accuracy = accuracy;
  eval.low = accuracy - 0.125;
  eval.high = accuracy;
  eval.margin_mean = 0.5;
  made.last_evals = {eval};
  return made;
}

}  // namespace

class TestRunsModels : public QObject {
  Q_OBJECT
 private slots:
  void what_differs_comes_first() {
    RecipeModel model;
    QAbstractItemModelTester tester(&model, fatal);
    model.set_runs({run(1, "EX", 1e-5), run(2, "IM", 1e-5), run(3, "IM", 3e-5)});
    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(model.differing_group(), 0);
    const QModelIndex differing = model.index(0, 0), alike = model.index(1, 0);
    QStringList keys;
    for (int row = 0; row < model.rowCount(differing); ++row) {
      keys << model.index(row, 0, differing).data(Qt::ToolTipRole).toString();
    }
    QCOMPARE(keys, (QStringList{"type", "lr"}));
    QCOMPARE(model.index(1, 3, differing).data().toString(), QStringLiteral("3e-05"));
    QVERIFY(model.rowCount(alike) >= 5);
    QVERIFY(model.csv().startsWith("setting,run-1,run-2,run-3\ntype,EX,IM,IM\nlr,"));
    QVERIFY(model.csv().contains("optimiser.name,adamw,adamw,adamw"));
    model.set_runs({run(1, "EX", 1e-5)});
    QCOMPARE(model.differing_group(), -1);
    QCOMPARE(model.alike_group(), 0);
    model.set_runs({});
    QCOMPARE(model.rowCount(), 0);
  }

  void the_last_evaluation_with_interval_and_ties() {
    EvalTableModel model;
    QAbstractItemModelTester tester(&model, fatal);
    model.set_runs({run(1, "EX", 1e-5, 0.875), run(2, "IM", 1e-5, 0.5)});
    QCOMPARE(model.rowCount(), 2);
    const auto cell = [&](int row, int column) {
      return model.index(row, column).data().toString();
    };
    QCOMPARE(cell(0, EvalTableModel::accuracy), QStringLiteral("0.8750"));
    QCOMPARE(cell(0, EvalTableModel::interval), QStringLiteral("0.7500 to 0.8750"));
    QCOMPARE(cell(0, EvalTableModel::margin), QStringLiteral("+0.5000"));
    QCOMPARE(cell(0, EvalTableModel::ties), QStringLiteral("2"));
    QCOMPARE(cell(0, EvalTableModel::pairs), QStringLiteral("40"));
    // Other numbers in the same places keep the rows.
    QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    model.set_runs({run(1, "EX", 1e-5, 0.75), run(2, "IM", 1e-5, 0.5)});
    QCOMPARE(reset.count(), 0);
    QCOMPARE(cell(0, EvalTableModel::accuracy), QStringLiteral("0.7500"));
    QVERIFY(model.csv().contains("run-2,IM,test,0,0,0.5,0.375,0.5,0.5,"));
  }

  void runs_come_and_go_without_a_new_table() {
    RunTableModel model;
    QAbstractItemModelTester tester(&model, fatal);
    RunFilter filter;
    filter.setSourceModel(&model);
    QAbstractItemModelTester filter_tester(&filter, fatal);
    model.set_runs({run(1, "EX", 1), run(2, "IM", 1), run(3, "EX", 1)});
    QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    QPersistentModelIndex third = model.index(2, 0);
    model.set_runs({run(9, "EX", 1), run(8, "EX", 1), run(1, "EX", 1), run(3, "EX", 1)});
    QCOMPARE(reset.count(), 0);
    QCOMPARE(third.row(), 3);
    QCOMPARE(third.data(RunTableModel::id_role).toInt(), 3);
    QCOMPARE(model.run(0).id, 9);
    QPersistentModelIndex sorted = filter.mapFromSource(third);
    model.set_runs({run(3, "EX", 1), run(7, "IM", 1), run(1, "EX", 1)});  // another order
    QCOMPARE(reset.count(), 0);
    QCOMPARE(model.run(0).id, 3);
    QCOMPARE(model.run(1).id, 7);
    QCOMPARE(third.row(), 0);
    QCOMPARE(sorted.data(RunTableModel::id_role).toInt(), 3);
    model.set_runs({run(3, "EX", 1), run(1, "EX", 1)});
    filter.set_value(RunTableModel::type, QStringLiteral("IM"));
    QCOMPARE(filter.rowCount(), 0);
    filter.set_value(RunTableModel::type, {});
    QCOMPARE(filter.rowCount(), 2);
  }

  void only_cells_that_changed_are_told() {
    RunTableModel model;
    std::vector<api::Run> runs{run(1, "EX", 1), run(2, "IM", 1)};
    runs[0].loss = std::nan("");
    model.set_runs(runs);
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    model.set_runs(runs);
    QCOMPARE(changed.count(), 0);
    runs[1].epochs_done = 2.5;
    model.set_runs(runs);
    QCOMPARE(changed.count(), 1);
    QCOMPARE(changed[0][0].toModelIndex(), model.index(1, RunTableModel::epoch));
  }

  void five_hundred_runs_are_updated_quickly() {
    RunTableModel model;
    RunFilter filter;
    filter.setSourceModel(&model);
    filter.sort(RunTableModel::loss);
    std::vector<api::Run> runs;
    for (int i = 0; i < 500; ++i) runs.push_back(run(i + 1, i % 2 == 0 ? "EX" : "IM", 1e-5));
    QElapsedTimer clock;
    clock.start();
    model.set_runs(runs);
    const double first = static_cast<double>(clock.nsecsElapsed()) / 1e6;
    // The worst news: every run has another loss, and the table is sorted by it.
    for (size_t i = 0; i < runs.size(); ++i) runs[i].loss = static_cast<double>(i * 7919 % 500);
    clock.restart();
    model.set_runs(runs);
    const double news = static_cast<double>(clock.nsecsElapsed()) / 1e6;
    runs.push_back(run(999, "EX", 1e-5));
    clock.restart();
    model.set_runs(runs);
    const double another = static_cast<double>(clock.nsecsElapsed()) / 1e6;
    qInfo("500 runs, ms: first %.1f, all of them changed %.1f, one more %.1f", first, news,
          another);
    QVERIFY(first < 50);
    QVERIFY(news < 50);
    QVERIFY(another < 50);
    QCOMPARE(filter.rowCount(), 501);
    QCOMPARE(filter.index(0, RunTableModel::loss).data().toString(), QStringLiteral("0"));
  }

  void names_and_notes_are_edited() {
    RunTableModel model;
    model.set_runs({run(1, "EX", 1e-5)});
    QSignalSpy renamed(&model, &RunTableModel::renamed);
    QSignalSpy noted(&model, &RunTableModel::note_written);
    const QModelIndex name = model.index(0, RunTableModel::name);
    const QModelIndex note = model.index(0, model.column_of(RunTableModel::note));
    QVERIFY(!(model.flags(model.index(0, RunTableModel::loss)) & Qt::ItemIsEditable));
    QVERIFY(model.setData(name, QStringLiteral(" new name ")));
    QCOMPARE(renamed.count(), 1);
    QCOMPARE(renamed[0][1].toString(), QStringLiteral("new name"));
    QVERIFY(!model.setData(name, QStringLiteral("new name")));
    QVERIFY(!model.setData(name, QStringLiteral("  ")));
    QVERIFY(model.setData(note, QStringLiteral("one\ntwo")));
    QCOMPARE(noted.count(), 1);
    QCOMPARE(note.data().toString(), QStringLiteral("one …"));
    QCOMPARE(note.data(Qt::EditRole).toString(), QStringLiteral("one\ntwo"));
    QVERIFY(model.setData(note, QString()));
    QCOMPARE(noted.count(), 2);
  }

  void every_column_has_a_name_of_its_own() {
    RunTableModel model;
    model.set_runs({run(1, "EX", 1e-5)});
    QSet<QString> keys;
    for (int column = 0; column < model.columnCount(); ++column) keys.insert(model.key(column));
    QCOMPARE(keys.size(), model.columnCount());
    QVERIFY(keys.contains(QStringLiteral("set:test")));
    QCOMPARE(model.index(0, model.column_of(RunTableModel::learning_rate)).data().toString(),
             QStringLiteral("1e-05"));
  }
};

QTEST_MAIN(TestRunsModels)
#include "test_runs_models.moc"
