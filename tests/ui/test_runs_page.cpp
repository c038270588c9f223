// SPDX-License-Identifier: GPL-3.0-or-later
// The Runs page over a fake engine, by mouse and keys.
#include <QClipboard>
#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSettings>
#include <QStandardPaths>
#include <QTabBar>
#include <QTabWidget>
#include <QTreeView>

#include "tests/ui/page_driver.h"
#include "ui/runs/recipe_model.h"
#include "ui/runs/reward_curves.h"
#include "ui/runs/run_details.h"
#include "ui/runs/run_table_model.h"
#include "ui/runs/runs_page.h"
#include "ui/widgets/line_chart.h"

using namespace loupe;
using namespace loupe::ui;

namespace {

class Runs : public PageWindow<RunsPage> {
 public:
  explicit Runs(const QStringList& options = {})
      : PageWindow(QStringList{QStringLiteral(LOUPE_FAKE_ENGINE)} + options +
                   QStringList{QStringLiteral("serve")}) {}
  QTableView* table() const { return find<QTableView>("runs-table"); }
  QString cell(int row, int column) const {
    return table()->model()->index(row, column).data().toString();
  }
  int column(const QString& title) const {
    const QAbstractItemModel* model = table()->model();
    for (int i = 0; i < model->columnCount(); ++i) {
      if (model->headerData(i, Qt::Horizontal).toString() == title) return i;
    }
    return -1;
  }
  // Types into the editor that is open in the table.
  void type_in_cell(const QString& text) const {
    auto* editor = table()->findChild<QLineEdit*>();
    if (editor == nullptr) throw std::runtime_error("no editor in the table");
    editor->selectAll();
    QTest::keyClicks(editor, text);
    QTest::keyClick(editor, Qt::Key_Return);
    QTest::qWait(20);  // the view takes the text from its event loop
  }
};

}  // namespace

class TestRunsPage : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() {
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName(QStringLiteral("RewardLoupe-test"));
    theme::initialise();
    theme::apply(theme::Mode::light);
  }
  void init() { QSettings().clear(); }
  void cleanup() { QSettings().clear(); }

  void what_is_shown_at_first() {
    Runs page;
    QVERIFY(page.settle());
    QCOMPARE(page.table()->model()->rowCount(), 3);
    QCOMPARE(page->selected(), (QSet<qint64>{2, 3}));
    QTRY_COMPARE(page.find<LineChart>("loss-chart")->series().size(), size_t(2));
    QCOMPARE(page.find<LineChart>("reward-chart-EX")->series().size(), size_t(2));
    const QModelIndex status = page.table()->model()->index(0, RunTableModel::status);
    QCOMPARE(status.data().toString(), QStringLiteral("done"));
    QVERIFY(!status.data(Qt::DecorationRole).value<QIcon>().isNull());
    page.shoot(QStringLiteral("runs"));
  }

  void a_run_is_renamed_in_its_cell() {
    Runs page;
    QVERIFY(page.settle());
    page.click_row(page.table(), 0);
    QTest::keyClick(page.table(), Qt::Key_F2);
    page.type_in_cell(QStringLiteral("first explicit"));
    QCOMPARE(page.cell(0, 0), QStringLiteral("first explicit"));
    QTRY_COMPARE(page.mirror().run(1)->name, std::string("first explicit"));
    // An empty name is refused, Escape leaves things as they are.
    QTest::keyClick(page.table(), Qt::Key_F2);
    page.type_in_cell(QStringLiteral(" "));
    QTest::keyClick(page.table(), Qt::Key_F2);
    QTest::keyClick(page.table()->findChild<QLineEdit*>(), Qt::Key_Escape);
    QTest::qWait(50);
    QCOMPARE(page.cell(0, 0), QStringLiteral("first explicit"));
  }

  void news_of_other_runs_does_not_disturb_typing() {
    Runs page({QStringLiteral("--live")});
    QVERIFY(page.settle());
    page.click_row(page.table(), 1);
    QTest::keyClick(page.table(), Qt::Key_F2);
    auto* editor = page.table()->findChild<QLineEdit*>();
    QVERIFY(editor != nullptr);
    editor->selectAll();
    QTest::keyClicks(editor, QStringLiteral("half a na"));
    const QString epoch = page.cell(1, RunTableModel::epoch);
    QTRY_VERIFY_WITH_TIMEOUT(page.cell(1, RunTableModel::epoch) != epoch, 8000);
    QCOMPARE(page.table()->findChild<QLineEdit*>(), editor);
    QCOMPARE(editor->text(), QStringLiteral("half a na"));
  }

  void notes_in_the_cell_and_below() {
    Runs page;
    QVERIFY(page.settle());
    page.click_row(page.table(), 1);
    QTest::keyClick(page.table(), Qt::Key_F2, Qt::ShiftModifier);
    page.type_in_cell(QStringLiteral("flips on reworded"));
    QTRY_COMPARE(page.mirror().run(2)->note, std::string("flips on reworded"));
    page->details()->set_tab(QStringLiteral("note"));
    auto* note = page.find<QPlainTextEdit>("run-note");
    QTRY_COMPARE(note->toPlainText(), QStringLiteral("flips on reworded"));
    note->setFocus();
    note->moveCursor(QTextCursor::End);
    QTest::keyClick(note, Qt::Key_Return);
    QTest::keyClicks(note, QStringLiteral("seed 0 only"));
    QTRY_COMPARE(page.mirror().run(2)->note, std::string("flips on reworded\nseed 0 only"));
    QCOMPARE(page.cell(1, page.column(QStringLiteral("Note"))),
             QStringLiteral("flips on reworded …"));
    // Going to another run stores what was typed last, there and then.
    QTest::keyClicks(note, QStringLiteral("!"));
    page.click_row(page.table(), 0);
    QTRY_COMPARE(page.mirror().run(2)->note, std::string("flips on reworded\nseed 0 only!"));
    QCOMPARE(note->toPlainText(), QString());
    page.click_row(page.table(), 1);
    page.shoot(QStringLiteral("runs-note"));
  }

  void deleted_runs_come_back() {
    Runs page;
    QVERIFY(page.settle());
    page.click_row(page.table(), 0);
    page.click_row(page.table(), 1, Qt::ControlModifier);
    QTest::keyClick(page.table(), Qt::Key_Delete);
    QCOMPARE(page.table()->model()->rowCount(), 1);
    QCOMPARE(page.find<QLabel>("undo-text")->text(), QStringLiteral("Deleted 2 runs."));
    QCOMPARE(page->selected(), QSet<qint64>{3});
    QTRY_COMPARE(page.mirror().runs().size(), size_t(1));
    page.shoot(QStringLiteral("runs-deleted"));
    page.click("undo-button");
    QTRY_COMPARE(page.mirror().runs().size(), size_t(3));
    QTRY_COMPARE(page->selected(), (QSet<qint64>{1, 2}));
    QVERIFY(!page.find<QWidget>("undo-bar")->isVisible());
    // Several deletions are undone one after the other, with the keys.
    page.click_row(page.table(), 0);
    for (int i = 0; i < 3; ++i) QTest::keyClick(page.table(), Qt::Key_Delete);
    QTRY_COMPARE(page.mirror().runs().size(), size_t(0));
    QVERIFY(page.find<QWidget>("undo-bar")->isVisible());
    for (size_t there = 1; there <= 3; ++there) {
      QTest::keyClick(page.operator->(), Qt::Key_Z, Qt::ControlModifier);
      QTRY_COMPARE(page.mirror().runs().size(), there);
    }
    QCOMPARE(page.table()->model()->rowCount(), 3);
  }

  void deletions_of_another_workspace_are_not_undone() {
    Runs page;
    QVERIFY(page.settle());
    page.click_row(page.table(), 0);
    QTest::keyClick(page.table(), Qt::Key_Delete);
    QTRY_COMPARE(page.mirror().runs().size(), size_t(2));
    page.mirror().forget();
    page.mirror().refresh();
    QVERIFY(page.settle());
    QVERIFY(!page.find<QWidget>("undo-bar")->isVisible());
    QVERIFY(!page.action(QStringLiteral("Undo the deletion"))->isEnabled());
  }

  void a_refused_deletion_is_taken_back() {
    Runs page({QStringLiteral("--fail"), QString::fromLatin1(api::method::runs_delete)});
    QVERIFY(page.settle());
    page.click_row(page.table(), 0);
    QTest::keyClick(page.table(), Qt::Key_Delete);
    QTRY_COMPARE(page.table()->model()->rowCount(), 3);
  }

  void a_run_in_training_is_stopped_not_deleted() {
    Runs page({QStringLiteral("--live")});
    QVERIFY(page.settle());
    page.click_row(page.table(), 1);
    QVERIFY(!page.action(QStringLiteral("Delete"))->isEnabled());
    QVERIFY(page.action(QStringLiteral("Stop"))->isEnabled());
    const auto open = [&] {
      const QPoint place = page.table()->visualRect(page.table()->model()->index(1, 0)).center();
      emit page.table()->customContextMenuRequested(place);
    };
    QVERIFY(page.pick(open, QStringLiteral("Stop")));
    QTRY_VERIFY(!is_active(page.mirror().run(2)->status));
  }

  void a_run_opens_in_the_other_pages() {
    Runs page;
    QVERIFY(page.settle());
    page.click_row(page.table(), 0);
    QTest::keyClick(page.table(), Qt::Key_Return);
    QCOMPARE(page.opened, (Place{{"page", "inspect"}, {"runs", {1}}}));
    page.click_row(page.table(), 1, Qt::ControlModifier);
    page.action(QStringLiteral("Open in Shift"))->trigger();
    QCOMPARE(page.opened, (Place{{"page", "shift"}, {"runs", {1, 2}}}));
    page.action(QStringLiteral("Train with this recipe"))->trigger();
    QCOMPARE(page.opened, (Place{{"page", "train"}, {"recipe_of", 2}}));
  }

  void quick_filters_and_words() {
    Runs page;
    QVERIFY(page.settle());
    auto* type = page.find<QComboBox>("runs-filter-type");
    QCOMPARE(type->count(), 3);
    type->setFocus();
    QTest::keyClick(type, Qt::Key_End);
    QCOMPARE(type->currentText(), QStringLiteral("IM"));
    QCOMPARE(page.table()->model()->rowCount(), 1);
    QCOMPARE(page->selected(), (QSet<qint64>{2, 3}));  // hidden, not forgotten
    QTest::keyClick(page.operator->(), Qt::Key_F, Qt::ControlModifier);
    auto* words = page.find<QLineEdit>("runs-filter");
    QVERIFY(words->hasFocus());
    QTest::keyClicks(words, QStringLiteral("explicit"));
    QCOMPARE(page.table()->model()->rowCount(), 0);
    QVERIFY(page.find<QLabel>("runs-no-match")->isVisible());
    page.shoot(QStringLiteral("runs-no-match"));
    words->clear();
    QTest::keyClick(type, Qt::Key_Home);
    QCOMPARE(page.table()->model()->rowCount(), 3);
    QCOMPARE(page.table()->selectionModel()->selectedRows().size(), 2);
  }

  void columns_follow_the_window_until_somebody_drags_one() {
    Runs page;
    QVERIFY(page.settle());
    auto* header = page.table()->horizontalHeader();
    const auto filled = [&] {
      const int room = page.table()->viewport()->width() - header->length();
      return room >= 0 && room < 16;
    };
    QTRY_VERIFY(filled());
    const int before = header->length();
    page.window().resize(page.window().width() + 300, 612);
    QTRY_VERIFY(header->length() > before && filled());
    // The right edge of the first column, 40 pixels to the right.
    const QPoint edge(header->sectionViewportPosition(0) + header->sectionSize(0) - 1, 8);
    const int wide = header->sectionSize(0) + 40;
    QTest::mousePress(header->viewport(), Qt::LeftButton, {}, edge);
    QTest::mouseMove(header->viewport(), edge + QPoint(20, 0));
    QTest::mouseMove(header->viewport(), edge + QPoint(40, 0));
    QTest::mouseRelease(header->viewport(), Qt::LeftButton, {}, edge + QPoint(40, 0));
    QCOMPARE(header->sectionSize(0), wide);
    page.window().resize(page.window().width() - 100, 612);
    QTest::qWait(50);
    QCOMPARE(header->sectionSize(0), wide);
  }

  void columns_are_chosen_and_remembered() {
    {
      Runs page;
      QVERIFY(page.settle());
      const int created = page.column(QStringLiteral("Created"));
      QVERIFY(page.table()->isColumnHidden(created));
      QVERIFY(page.pick([&] { page.click("runs-columns"); }, QStringLiteral("Created")));
      QVERIFY(!page.table()->isColumnHidden(created));
      const auto on_head = [&] {
        emit page.table()->horizontalHeader()->customContextMenuRequested({20, 5});
      };
      QVERIFY(page.pick(on_head, QStringLiteral("Seed")));
      QVERIFY(page.table()->isColumnHidden(RunTableModel::seed));
      QVERIFY(!page.pick(on_head, QStringLiteral("Run")));  // the name stays
    }
    Runs again;
    QVERIFY(again.settle());
    QVERIFY(again.table()->isColumnHidden(RunTableModel::seed));
    QVERIFY(!again.table()->isColumnHidden(again.column(QStringLiteral("Created"))));
  }

  void selection_by_keys_and_copy() {
    Runs page;
    QVERIFY(page.settle());
    page.click_row(page.table(), 0);
    QTest::keyClick(page.table(), Qt::Key_Down, Qt::ShiftModifier);
    QCOMPARE(page->selected(), (QSet<qint64>{1, 2}));
    QVERIFY(page.moves > 0);
    QTest::keyClick(page.table(), Qt::Key_C, Qt::ControlModifier);
    const QStringList lines = QApplication::clipboard()->text().split('\n', Qt::SkipEmptyParts);
    QCOMPARE(lines.size(), 3);
    QVERIFY(lines[0].startsWith(QStringLiteral("Run,Type,Model,")));
    QVERIFY(lines[2].startsWith(QStringLiteral("im-persona-s0,IM,")));
    QVERIFY(lines[2].contains(QStringLiteral("0.1937")));
    const Place place = page->place();
    page.click_row(page.table(), 2);
    page->go(place);
    QCOMPARE(page->selected(), (QSet<qint64>{1, 2}));
    page->go({{"runs", {77}}});  // gone: nothing breaks
    QVERIFY(page.settle());
  }

  void recipe_evaluations_and_log() {
    Runs page({QStringLiteral("--many"), QStringLiteral("6")});
    QVERIFY(page.settle());
    page->select({1000, 1001, 2});
    auto* tabs = page.find<QTabWidget>("run-details");
    tabs->tabBar()->setFocus();
    QTest::keyClick(tabs->tabBar(), Qt::Key_Right);
    QCOMPARE(page->details()->tab(), QStringLiteral("rewards"));
    page.shoot(QStringLiteral("runs-rewards"));
    QTest::keyClick(tabs->tabBar(), Qt::Key_Right);
    QCOMPARE(page->details()->tab(), QStringLiteral("recipe"));
    auto* recipe = page.find<QTreeView>("run-recipe");
    const RecipeModel* model = page->details()->recipe();
    QVERIFY(recipe->isExpanded(model->index(model->differing_group(), 0)));
    QVERIFY(!recipe->isExpanded(model->index(model->alike_group(), 0)));
    page.shoot(QStringLiteral("runs-recipe"));
    page->details()->set_tab(QStringLiteral("evaluations"));
    auto* evaluations = page.find<QTableView>("run-evaluations");
    QCOMPARE(evaluations->model()->rowCount(), 12);  // three runs on four sets
    evaluations->setFocus();
    QTest::keyClick(evaluations, Qt::Key_C, Qt::ControlModifier);
    QVERIFY(QApplication::clipboard()->text().startsWith(QStringLiteral("run,type,set,")));
    page.shoot(QStringLiteral("runs-evaluations"));
    // The log is that of the current run; why a run failed is said above.
    page->select({1000});
    page->details()->set_tab(QStringLiteral("log"));
    auto* log = page.find<QPlainTextEdit>("run-log");
    QTRY_VERIFY(log->toPlainText().startsWith(QStringLiteral("job 2000:")));
    auto* trouble = page.find<QLabel>("run-trouble");
    QVERIFY(trouble->isVisible());
    QVERIFY(trouble->text().contains(QStringLiteral("no memory left")));
    QVERIFY(trouble->text().contains(QStringLiteral("smaller batch")));
    page.shoot(QStringLiteral("runs-failed"));
    page->select({1});
    QTRY_VERIFY(page.find<QLabel>("run-log-state")->text().contains(QStringLiteral("no job")));
    QVERIFY(!trouble->isVisible());
  }

  void an_unreadable_log_says_why() {
    Runs page({QStringLiteral("--many"), QStringLiteral("1"), QStringLiteral("--fail"),
               QString::fromLatin1(api::method::jobs_log)});
    QVERIFY(page.settle());
    page->select({1000});
    page->details()->set_tab(QStringLiteral("log"));
    QTRY_VERIFY(page.find<QLabel>("run-log-state")->text().contains(QStringLiteral("missing")));
  }

  void charts_are_saved_in_every_format() {
    Runs page;
    QVERIFY(page.settle());
    page->flush();
    QTemporaryDir folder;
    const std::pair<QString, QByteArray> formats[] = {{QStringLiteral("png"), "\x89PNG"},
                                                      {QStringLiteral("pdf"), "%PDF"},
                                                      {QStringLiteral("svg"), "<?xml"},
                                                      {QStringLiteral("csv"), "series,epoch,"}};
    for (LineChart* chart :
         {page.find<LineChart>("accuracy-chart"), page.find<LineChart>("reward-chart-IM")}) {
      for (const auto& [ending, start] : formats) {
        const QString path = folder.filePath(chart->objectName() + QLatin1Char('.') + ending);
        QVERIFY2(chart->save(path), qPrintable(path));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray bytes = file.readAll();
        QVERIFY2(bytes.startsWith(start), qPrintable(path));
        QVERIFY2(bytes.size() > 1000, qPrintable(path));
      }
    }
    QVERIFY(!page.find<LineChart>("loss-chart")->save(QStringLiteral("/nowhere/at/all.svg")));
  }

  void five_hundred_runs_stay_quick() {
    Runs page({QStringLiteral("--many"), QStringLiteral("500")});
    QVERIFY(page.settle());
    QCOMPARE(page.table()->model()->rowCount(), 503);
    QApplication::processEvents();
    // The news of a second, as the page takes it.
    QElapsedTimer clock;
    clock.start();
    for (int i = 0; i < 10; ++i) emit page.mirror().runs_changed({});
    const double news = static_cast<double>(clock.nsecsElapsed()) / 1e7;
    clock.restart();
    QTest::keyClicks(page.find<QLineEdit>("runs-filter"), QStringLiteral("im"));
    const double filtering = static_cast<double>(clock.nsecsElapsed()) / 2e6;
    page.find<QLineEdit>("runs-filter")->clear();
    clock.restart();
    page.table()->sortByColumn(RunTableModel::loss, Qt::DescendingOrder);
    const double sorting = static_cast<double>(clock.nsecsElapsed()) / 1e6;
    clock.restart();
    page.table()->viewport()->grab();
    const double painting = static_cast<double>(clock.nsecsElapsed()) / 1e6;
    clock.restart();
    page.table()->selectAll();
    const double selecting = static_cast<double>(clock.nsecsElapsed()) / 1e6;
    qInfo(
        "503 runs, ms: news %.1f, a letter of the filter %.1f, sorting %.1f, painting %.1f, "
        "selecting all %.1f",
        news, filtering, sorting, painting, selecting);
    QVERIFY(news < 50);
    QVERIFY(filtering < 50);
    QVERIFY(sorting < 50);
    QVERIFY(painting < 50);
    QVERIFY(selecting < 50);
    // Of so many, the curves of the first are drawn, and that is said.
    QVERIFY(page.find<QLabel>("run-trouble")->text().contains(QStringLiteral("503")));
    QVERIFY(page.find<LineChart>("loss-chart")->series().size() <= 12);
    page.shoot(QStringLiteral("runs-many"));
  }

  void empty_waiting_and_live() {
    {
      Runs page({QStringLiteral("--empty")});
      QVERIFY(page.settle());
      page.shoot(QStringLiteral("runs-empty"));
      page.click("runs-empty-train");
      QCOMPARE(page.opened, (Place{{"page", "train"}}));
    }
    {
      Runs page({QStringLiteral("--silent")});
      page.shoot(QStringLiteral("runs-waiting"));
    }
    Runs page({QStringLiteral("--live")});
    QVERIFY(page.settle());
    page.shoot(QStringLiteral("runs-live"));
  }
};

QTEST_MAIN(TestRunsPage)
#include "test_runs_page.moc"
