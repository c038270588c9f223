// SPDX-License-Identifier: GPL-3.0-or-later
// The window over the real engine, on a workspace with one explicit and one implicit run.
#include <QLabel>
#include <QSpinBox>
#include <QStandardPaths>
#include <QTableView>
#include <QToolButton>
#include <QtTest>
#include <memory>

#include "tests/engine/engine_driver.h"
#include "ui/inspect/attribution_view.h"
#include "ui/inspect/credit_text.h"
#include "ui/inspect/inspect_page.h"
#include "ui/inspect/response_view.h"
#include "ui/main_window.h"
#include "ui/runs/run_table_model.h"
#include "ui/runs/runs_page.h"
#include "ui/widgets/engine_badge.h"
#include "ui/widgets/format.h"
#include "ui/widgets/line_chart.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/token_heatmap.h"

using namespace loupe;
using namespace loupe::ui;
using test::Said;

class TestRealEngine : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() {
    QStandardPaths::setTestModeEnabled(true);
    theme::initialise();
    place_ = std::make_unique<test::Place>();
    QCOMPARE(place_->import_tiny().code, 0);
    const QString data = place_->write_pairs("train.jsonl", 16);
    const QString held_out = place_->write_pairs("test.jsonl", 6, 70);
    for (const QString type : {"ex", "im"}) {
      const Said said = place_->run({"train", "--type", type, "--model", "tiny", "--data", data,
                                     "--eval", "held_out=" + held_out, "--epochs", "2", "--lr",
                                     "1e-3", "--name", "tiny-" + type, "--threads", "1"});
      QVERIFY2(said.code == 0, said.described());
      accuracy_.push_back(said.last()["run"]["last_evals"][0]["accuracy"].get<double>());
    }
    qputenv("OMP_NUM_THREADS", "1");
    window_ = std::make_unique<MainWindow>(
        QStringList{QStringLiteral(LOUPE_ENGINE), "--workspace", place_->workspace(), "serve"},
        place_->workspace());
    window_->show();
    QVERIFY(QTest::qWaitForWindowExposed(window_.get()));
    window_->start();
    QTRY_COMPARE_WITH_TIMEOUT(window_->badge()->state(), EngineBadge::State::ready, 20000);
    QVERIFY(settle());
  }
  void cleanupTestCase() { window_.reset(); }

  void the_runs_table_shows_both() {
    auto* table = window_->findChild<QTableView*>("runs-table");
    QVERIFY(table != nullptr);
    const auto* model = table->model();
    QCOMPARE(model->rowCount(), 2);
    QCOMPARE(model->headerData(RunTableModel::first_set, Qt::Horizontal).toString(),
             QStringLiteral("held_out"));
    std::set<QString> types;
    for (int row = 0; row < 2; ++row) {
      const auto text = [&](int column) { return model->index(row, column).data().toString(); };
      const QString type = text(RunTableModel::type);
      types.insert(type);
      QCOMPARE(text(RunTableModel::name), "tiny-" + type.toLower());
      QCOMPARE(text(RunTableModel::model), QStringLiteral("tiny"));
      QCOMPARE(text(RunTableModel::first_set), share(accuracy_[type == "EX" ? 0 : 1]));
    }
    QCOMPARE(types, (std::set<QString>{"EX", "IM"}));
    auto* loss = window_->findChild<LineChart*>("loss-chart");
    QTRY_COMPARE(loss->series().size(), size_t(2));
    for (const auto& series : loss->series()) QCOMPARE(series.x.size(), 4);
  }

  void inspect_shows_credits_that_sum_to_the_rewards() {
    window_->show_page(MainWindow::inspect_page);
    QVERIFY(settle());
    for (int pair = 0; pair < 3; ++pair) {
      if (pair > 0) {
        QTest::mouseClick(window_->findChild<QToolButton*>("inspect-next"), Qt::LeftButton);
        QVERIFY(settle());
      }
      AttributionView* view = window_->inspect()->view();
      for (int side = 0; side < 2; ++side) {
        const api::Attribution* shown = view->attribution(side);
        QVERIFY(shown != nullptr);
        QCOMPARE(shown->type, std::string(side == 0 ? "EX" : "IM"));
        const auto asked = place_
                               ->run({"attribute", "--run", QString::fromStdString(shown->run_name),
                                      "--set", "held_out", "--index", QString::number(pair)})
                               .first();
        for (const bool chosen : {true, false}) {
          const api::ResponseCredit& response = chosen ? shown->chosen : shown->rejected;
          QVERIFY(response.reward != 0);
          QVERIFY(completeness_error(response) < 1e-5);
          const double reward = asked[chosen ? "chosen" : "rejected"]["reward"];
          QVERIFY(std::abs(response.reward - reward) < 1e-5);
          const ResponseView* drawn = view->response(side, chosen);
          const auto& tokens = drawn->heatmap()->tokens();
          QCOMPARE(tokens.size(), response.tokens.size());
          double sum = response.offset;
          for (const auto& token : tokens) sum += token.value;
          QVERIFY(std::abs(sum - response.reward) < 1e-5);
          QVERIFY(drawn->sum_text().contains("= reward " + short_number(response.reward)));
        }
      }
    }
  }

 private:
  bool settle() const {
    return QTest::qWaitFor([this] { return window_->settled(); }, 20000);
  }

  std::unique_ptr<test::Place> place_;
  std::unique_ptr<MainWindow> window_;
  std::vector<double> accuracy_;
};

QTEST_MAIN(TestRealEngine)
#include "test_real_engine.moc"
