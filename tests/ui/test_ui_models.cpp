// SPDX-License-Identifier: GPL-3.0-or-later
// Every model of the window under Qt's own model tester, and what it says in its cells.
#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QtTest>
#include <cmath>

#include "ui/inspect/token_table_model.h"
#include "ui/runs/run_filter.h"
#include "ui/runs/run_table_model.h"

using namespace loupe;
using namespace loupe::ui;

namespace {

api::Run run(int64_t id, const std::string& name, const std::string& type, double loss,
             std::vector<std::pair<std::string, double>> accuracies) {
  api::Run made;
  made.id = id;
  made.name = name;
  made.type = type;
  made.status = "done";
  made.epochs = made.epochs_done = 4;
  made.loss = loss;
  made.seconds = 95;
  for (const auto& [set, accuracy] : accuracies) {
    api::EvalSummary eval;
    eval.set = set;
    eval.accuracy = accuracy;
    made.last_evals.push_back(eval);
  }
  return made;
}

std::vector<api::Run> some_runs() {
  return {run(1, "ex-s0", "EX", 0.25, {{"train", 1}, {"reworded test", 1}, {"test", 1}}),
          run(2, "im-s0", "IM", 0.125, {{"train", 1}, {"reworded test", 0.00833333}}),
          run(3, "im-s1", "IM", std::nan(""), {})};
}

api::Attribution attribution(const std::string& type, std::vector<int64_t> chosen,
                             std::vector<int64_t> rejected) {
  api::Attribution made;
  made.type = type;
  made.run_name = type + " run";
  const auto fill = [](api::ResponseCredit& response, const std::vector<int64_t>& ids) {
    for (const int64_t id : ids) {
      api::TokenCredit token;
      token.id = id;
      token.text = "t" + std::to_string(id);
      token.bytes = api::base64_encode(token.text);
      token.credit = 0.5 * static_cast<double>(id);
      response.tokens.push_back(token);
    }
  };
  fill(made.chosen, chosen);
  fill(made.rejected, rejected);
  return made;
}

QStringList headers(const QAbstractItemModel& model) {
  QStringList titles;
  for (int i = 0; i < model.columnCount(); ++i) {
    titles << model.headerData(i, Qt::Horizontal).toString();
  }
  return titles;
}

constexpr auto fatal = QAbstractItemModelTester::FailureReportingMode::QtTest;

}  // namespace

class TestUiModels : public QObject {
  Q_OBJECT
 private slots:
  void the_run_table_keeps_the_rules_of_models() {
    RunTableModel model;
    QAbstractItemModelTester tester(&model, fatal);
    RunFilter filter;
    filter.setSourceModel(&model);
    QAbstractItemModelTester filter_tester(&filter, fatal);
    model.set_runs(some_runs());
    model.set_runs(some_runs());
    filter.sort(RunTableModel::loss, Qt::DescendingOrder);
    filter.set_words(QStringLiteral("im"));
    model.set_runs({});
    model.set_runs(some_runs());
    QCOMPARE(model.rowCount(), 3);
    QVERIFY(!model.data(QModelIndex()).isValid());
  }

  void a_column_for_every_set_reworded_ones_last() {
    RunTableModel model;
    model.set_runs(some_runs());
    QCOMPARE(headers(model), (QStringList{"Run", "Type", "Model", "Data", "Seed", "Status", "Epoch",
                                          "Loss", "train", "test", "reworded test", "Time",
                                          "Created", "Device", "Learning rate", "Epochs", "Note"}));
    const auto cell = [&](int row, int column) {
      return model.index(row, column).data().toString();
    };
    QCOMPARE(cell(1, 10), QStringLiteral("0.0083"));
    QCOMPARE(cell(1, 9), QString());  // not evaluated there
    QCOMPARE(cell(0, RunTableModel::loss), QStringLiteral("0.2500"));
    QCOMPARE(cell(2, RunTableModel::loss), QStringLiteral("–"));
    QCOMPARE(cell(0, model.time_column()), QStringLiteral("1:35"));
  }

  void news_about_the_same_runs_keeps_the_selection() {
    RunTableModel model;
    model.set_runs(some_runs());
    QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    std::vector<api::Run> runs = some_runs();
    runs[0].loss = 0.1;
    model.set_runs(runs);
    QCOMPARE(reset.count(), 0);
    QCOMPARE(changed.count(), 1);
    runs.push_back(run(4, "new", "EX", 1, {}));
    model.set_runs(runs);
    QCOMPARE(reset.count(), 0);
    QCOMPARE(model.rowCount(), 4);
    runs.back().last_evals.push_back({});  // a set that has no column yet
    runs.back().last_evals.back().set = "new set";
    model.set_runs(runs);
    QCOMPARE(reset.count(), 1);
  }

  void sorting_is_by_value_and_filtering_by_words() {
    RunTableModel model;
    RunFilter filter;
    filter.setSourceModel(&model);
    std::vector<api::Run> runs = some_runs();
    runs[0].loss = 10;
    runs[1].loss = 9;
    model.set_runs(runs);
    filter.sort(RunTableModel::loss, Qt::DescendingOrder);
    QCOMPARE(filter.index(0, 0).data().toString(), QStringLiteral("ex-s0"));
    QCOMPARE(filter.index(2, 0).data().toString(), QStringLiteral("im-s1"));  // NaN last
    filter.set_words(QStringLiteral("  IM s1 "));
    QCOMPARE(filter.rowCount(), 1);
    filter.set_words(QStringLiteral("nothing like it"));
    QCOMPARE(filter.rowCount(), 0);
  }

  void csv_is_exact() {
    RunTableModel model;
    model.set_runs(some_runs());
    const QList<QByteArray> lines = model.csv({1}).split('\n');
    QCOMPARE(lines[0], QByteArray("Run,Type,Model,Data,Seed,Status,Epoch,Loss,train,test,reworded "
                                  "test,Time,Created,Device,Learning rate,Epochs,Note"));
    QCOMPARE(lines[1], QByteArray("im-s0,IM,,,0,done,4,0.125,1,,0.00833333,95,,,,4,"));
  }

  void the_token_table_keeps_the_rules_of_models() {
    TokenTableModel model;
    QAbstractItemModelTester tester(&model, fatal);
    model.set_attributions({attribution("EX", {1, 2}, {3})});
    model.set_attributions({attribution("EX", {1, 2}, {3}), attribution("IM", {1, 2, 4}, {})});
    model.set_attributions({});
    QCOMPARE(model.rowCount(), 0);
  }

  void models_that_cut_alike_share_the_token_column() {
    TokenTableModel model;
    model.set_attributions({attribution("EX", {1, 2}, {3}), attribution("IM", {1, 2}, {3})});
    QCOMPARE(headers(model), (QStringList{"Response", "#", "Token", "Id", "EX c_t", "IM log π",
                                          "log π_ref", "IM β × diff"}));
    QCOMPARE(model.rowCount(), 3);
    QCOMPARE(model.index(2, 0).data().toString(), QStringLiteral("rejected"));
    QCOMPARE(model.index(2, 1).data().toInt(), 1);
    QCOMPARE(model.index(2, 4).data().toString(), QStringLiteral("+1.500"));
  }

  void models_that_cut_differently_have_their_own() {
    TokenTableModel model;
    model.set_attributions({attribution("EX", {1, 2}, {3}), attribution("IM", {7, 8, 9}, {3})});
    QCOMPARE(headers(model).count(QStringLiteral("Token")), 2);
    QCOMPARE(model.rowCount(), 4);
    QVERIFY(!model.index(2, 2).data().isValid());  // the first model has no third token
    QCOMPARE(model.index(2, 5).data().toString(), QStringLiteral("t9"));
  }

  void three_models_with_a_language_model() {
    TokenTableModel model;
    QAbstractItemModelTester tester(&model, fatal);
    model.set_attributions({attribution("EX", {1, 2}, {3}), attribution("IM", {1, 2}, {3}),
                            attribution("LM", {1, 2}, {3})});
    QCOMPARE(headers(model).last(), QStringLiteral("LM log p"));
    QCOMPARE(headers(model).count(QStringLiteral("Token")), 1);
    QVERIFY(
        model.csv({1}).startsWith("Response,#,Token,Id,EX c_t,IM log π,log π_ref,IM β × diff,"
                                  "LM log p\nchosen,2,t2,2,1,"));
    // Two of a type are told apart.
    model.set_attributions({attribution("EX", {1}, {3}), attribution("EX", {1}, {3})});
    QVERIFY(headers(model).contains(QStringLiteral("EX c_t  EX run")));
  }

  void rows_and_tokens_find_each_other() {
    TokenTableModel model;
    model.set_attributions({attribution("EX", {1, 2}, {3, 4, 5})});
    for (int row = 0; row < model.rowCount(); ++row) {
      const auto place = model.place_of(row);
      QCOMPARE(model.row_of(place.chosen, place.token), row);
    }
    QCOMPARE(model.row_of(true, 2), -1);
    QCOMPARE(model.row_of(false, -1), -1);
    QCOMPARE(model.place_of(-1).token, -1);
  }
};

QTEST_MAIN(TestUiModels)
#include "test_ui_models.moc"
