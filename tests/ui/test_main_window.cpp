// SPDX-License-Identifier: GPL-3.0-or-later
// The pages in their window, driven by mouse and keys against a fake engine.
#include <QApplication>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSpinBox>
#include <QStandardPaths>
#include <QTableView>
#include <QToolButton>
#include <QtTest>
#include <cmath>

#include "tests/ui/window_driver.h"
#include "ui/inspect/attribution_view.h"
#include "ui/inspect/credit_text.h"
#include "ui/inspect/inspect_page.h"
#include "ui/inspect/response_view.h"
#include "ui/runs/runs_page.h"
#include "ui/widgets/diverging_scale.h"
#include "ui/widgets/engine_badge.h"
#include "ui/widgets/line_chart.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/token_heatmap.h"

using namespace loupe;
using namespace loupe::ui;

namespace {

double colour_distance(const QColor& a, const QColor& b) {
  return std::abs(a.redF() - b.redF()) + std::abs(a.greenF() - b.greenF()) +
         std::abs(a.blueF() - b.blueF());
}

}  // namespace

class TestMainWindow : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() {
    QStandardPaths::setTestModeEnabled(true);
    theme::initialise();
  }

  void lists_runs_and_draws_the_newest_of_each_type() {
    Window window({"--banner", "--split"});
    QVERIFY(window.settle());
    QCOMPARE(window->badge()->state(), EngineBadge::State::ready);
    QCOMPARE(window.find<QToolButton>("workspace-name")->accessibleName(),
             QStringLiteral("Workspace place.rlws"));
    auto* table = window.find<QTableView>("runs-table");
    QCOMPARE(table->model()->rowCount(), 3);
    QCOMPARE(window->runs()->selected(), (QSet<qint64>{2, 3}));
    auto* loss = window.find<LineChart>("loss-chart");
    auto* accuracy = window.find<LineChart>("accuracy-chart");
    QTRY_COMPARE(loss->series().size(), size_t(2));
    QCOMPARE(loss->series()[0].x.size(), 40);
    QCOMPARE(accuracy->series().size(), size_t(8));  // two runs on four sets
    for (const auto& series : accuracy->series()) {
      QCOMPARE(series.line == Qt::DashLine, series.name.contains(QStringLiteral("reworded")));
      QCOMPARE(series.colour, series.name.startsWith(QStringLiteral("im"))
                                  ? theme::implicit_model()
                                  : theme::explicit_model());
    }
  }

  void selecting_and_filtering_runs() {
    Window window;
    QVERIFY(window.settle());
    auto* table = window.find<QTableView>("runs-table");
    auto* loss = window.find<LineChart>("loss-chart");
    const auto click = [&](int row, Qt::KeyboardModifiers keys) {
      QTest::mouseClick(table->viewport(), Qt::LeftButton, keys,
                        table->visualRect(table->model()->index(row, 0)).center());
    };
    click(0, Qt::NoModifier);
    QTRY_COMPARE(loss->series().size(), size_t(1));
    QCOMPARE(loss->series()[0].name, QStringLiteral("ex-persona-s0"));
    click(1, Qt::ControlModifier);
    QTRY_COMPARE(loss->series().size(), size_t(2));
    QTest::keyClicks(window.find<QLineEdit>("runs-filter"), QStringLiteral("im"));
    QCOMPARE(table->model()->rowCount(), 1);
    QCOMPARE(window->runs()->selected(), (QSet<qint64>{1, 2}));  // hidden, not forgotten
    window.find<QLineEdit>("runs-filter")->clear();
    QCOMPARE(table->selectionModel()->selectedRows().size(), 2);
  }

  void curves_grow_while_a_job_runs_and_stop_stops_it() {
    Window window({"--live"});
    QVERIFY(window.settle());
    auto* loss = window.find<LineChart>("loss-chart");
    QTRY_COMPARE(loss->series().size(), size_t(2));
    const auto points = [&] { return loss->series()[0].x.size(); };
    const auto before = points();
    QVERIFY(before < 40);
    QTRY_VERIFY_WITH_TIMEOUT(points() > before, 5000);
    const QVector<double>& x = loss->series()[0].x;
    QVERIFY(std::adjacent_find(x.begin(), x.end(), std::greater_equal<>()) == x.end());
    auto* stop = window.find<QPushButton>("stop-job-9");
    QVERIFY(stop->isVisible());
    QTest::mouseClick(stop, Qt::LeftButton);
    QTRY_COMPARE(window.find<QLabel>("jobs-count")->text(), QStringLiteral("Jobs"));
  }

  void one_pair_under_two_models_with_one_scale() {
    Window window;
    QVERIFY(window.settle());
    QTest::keyClick(window.get(), Qt::Key_4, Qt::ControlModifier);
    QVERIFY(window.settle());
    AttributionView* view = window->inspect()->view();
    QCOMPARE(view->attribution(0)->type, std::string("EX"));
    QCOMPARE(view->attribution(1)->type, std::string("IM"));
    for (int side = 0; side < 2; ++side) {
      const api::Attribution& shown = *view->attribution(side);
      QVERIFY(completeness_error(shown.chosen) < 1e-6);
      QVERIFY(completeness_error(shown.rejected) < 1e-6);
      QVERIFY(view->response(side, true)->sum_text().contains(QStringLiteral("= reward")));
      // Each model's largest credit has the strongest colour, on one map.
      double strongest = 10;
      for (const bool chosen : {true, false}) {
        TokenHeatmap* heatmap = view->response(side, chosen)->heatmap();
        QCOMPARE(heatmap->limit(), largest_credit(shown));
        for (int i = 0; i < static_cast<int>(heatmap->tokens().size()); ++i) {
          for (const double end : {-1.0, 1.0}) {
            strongest =
                std::min(strongest, colour_distance(heatmap->colour_of(i), diverging_colour(end)));
          }
        }
      }
      QVERIFY(strongest < 1e-3);
    }
    // In reward units both have the same limit.
    auto* scale = window.find<QComboBox>("inspect-scale");
    scale->setCurrentIndex(1);
    QCOMPARE(view->response(0, true)->heatmap()->limit(),
             view->response(1, false)->heatmap()->limit());
    QVERIFY(window.find<QPlainTextEdit>("inspect-prompt")
                ->toPlainText()
                .contains(QStringLiteral("Statement number 1")));
  }

  void going_through_pairs_and_sets() {
    Window window;
    QVERIFY(window.settle());
    window->show_page(MainWindow::inspect_page);
    QVERIFY(window.settle());
    auto* prompt = window.find<QPlainTextEdit>("inspect-prompt");
    QTest::mouseClick(window.find<QToolButton>("inspect-next"), Qt::LeftButton);
    QVERIFY(window.settle());
    QVERIFY(prompt->toPlainText().contains(QStringLiteral("Statement number 2")));
    auto* index = window.find<QSpinBox>("inspect-index");
    QCOMPARE(index->maximum(), 12);
    index->setFocus();
    index->selectAll();
    QTest::keyClicks(index, QStringLiteral("12"));
    QTest::keyClick(index, Qt::Key_Return);
    QVERIFY(window.settle());
    QVERIFY(prompt->toPlainText().contains(QStringLiteral("Statement number 12")));
    QVERIFY(!window.find<QToolButton>("inspect-next")->isEnabled());
    auto* sets = window.find<QComboBox>("inspect-set");
    sets->setFocus();
    for (int i = 0; i < 3; ++i) QTest::keyClick(sets, Qt::Key_Down);
    QVERIFY(window.settle());
    QCOMPARE(sets->currentText(), QStringLiteral("reworded_test"));
    const auto& tokens = window->inspect()->view()->attribution(1)->chosen.tokens;
    QCOMPARE(tokens.front().text, std::string("My"));
  }

  void quick_steps_show_the_last_pair_only() {
    Window window({"--slow", "attribute", "30"});
    QVERIFY(window.settle());
    window->show_page(MainWindow::inspect_page);
    QVERIFY(window.settle());
    for (int i = 0; i < 6; ++i) {
      QTest::mouseClick(window.find<QToolButton>("inspect-next"), Qt::LeftButton);
    }
    QVERIFY(window.settle());
    for (int side = 0; side < 2; ++side) {
      const std::string& prompt = window->inspect()->view()->attribution(side)->prompt;
      QVERIFY(prompt.find("Statement number 7") != std::string::npos);
    }
  }

  void typing_a_pair() {
    Window window;
    QVERIFY(window.settle());
    window->show_page(MainWindow::inspect_page);
    QVERIFY(window.settle());
    QTest::mouseClick(window.find<QToolButton>("inspect-type"), Qt::LeftButton);
    auto* chosen = window.find<QPlainTextEdit>("inspect-chosen-edit");
    QVERIFY(chosen->isVisible());
    QCOMPARE(chosen->toPlainText(), QStringLiteral("In my view, the answer is yes"));
    chosen->setFocus();
    chosen->selectAll();
    QTest::keyClicks(chosen, QStringLiteral("Absolutely"));
    QTest::keyClick(chosen, Qt::Key_Return, Qt::ControlModifier);
    QVERIFY(window.settle());
    const auto& tokens = window->inspect()->view()->attribution(0)->chosen.tokens;
    QCOMPARE(tokens.front().text, std::string("Absolutely"));
    QTest::mouseClick(window.find<QToolButton>("inspect-type"), Qt::LeftButton);
    QVERIFY(window.settle());
    QCOMPARE(window->inspect()->view()->attribution(0)->chosen.tokens.front().text,
             std::string("In"));
  }

  void tokens_and_table_rows_point_at_each_other() {
    Window window;
    QVERIFY(window.settle());
    window->show_page(MainWindow::inspect_page);
    QVERIFY(window.settle());
    QApplication::processEvents();
    TokenHeatmap* heatmap = window->inspect()->view()->response(1, true)->heatmap();
    QTest::mouseMove(heatmap, heatmap->box_of(3).center().toPoint());
    auto* table = window.find<QTableView>("inspect-tokens");
    QTRY_COMPARE(table->currentIndex().row(), 3);
  }

  void enter_on_a_run_opens_it_in_inspect() {
    Window window;
    QVERIFY(window.settle());
    auto* table = window.find<QTableView>("runs-table");
    table->setCurrentIndex(table->model()->index(0, 0));
    QTest::keyClick(table, Qt::Key_Return);
    QCOMPARE(window->page(), MainWindow::inspect_page);
    QVERIFY(window.settle());
    QCOMPARE(window->inspect()->view()->attribution(0)->run_name, std::string("ex-persona-s0"));
    QCOMPARE(window->inspect()->view()->attribution(1)->run_name, std::string("im-persona-s0"));
  }

  void what_the_models_think_of_a_pair_can_be_exported() {
    Window window;
    QVERIFY(window.settle());
    window->show_page(MainWindow::inspect_page);
    QVERIFY(window.settle());
    QApplication::processEvents();
    AttributionView* view = window->inspect()->view();
    const QSize size = view->picture_size();
    QVERIFY(size.width() > 600 && size.height() > 150);
    QImage image(size, QImage::Format_RGB32);
    image.fill(Qt::white);
    QPainter painter(&image);
    view->draw_picture(&painter);
    painter.end();
    // The strongest colours of the map are in the picture.
    int strong = 0;
    for (int y = 0; y < size.height(); ++y) {
      for (int x = 0; x < size.width(); ++x) {
        strong += colour_distance(image.pixelColor(x, y), diverging_colour(1)) < 0.02 ? 1 : 0;
      }
    }
    QVERIFY(strong > 200);
  }
};

QTEST_MAIN(TestMainWindow)
#include "test_main_window.moc"
