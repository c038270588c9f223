// SPDX-License-Identifier: GPL-3.0-or-later
// What is done on the Runs page is in the workspace afterwards: the real engine, asked apart.
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSettings>
#include <QStandardPaths>
#include <memory>
#include <string>

#include "tests/engine/engine_driver.h"
#include "tests/ui/page_driver.h"
#include "ui/runs/run_details.h"
#include "ui/runs/run_table_model.h"
#include "ui/runs/runs_page.h"

using namespace loupe;
using namespace loupe::ui;

class TestRunsEngine : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() {
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName(QStringLiteral("RewardLoupe-test"));
    theme::initialise();
    theme::apply(theme::Mode::light);
    QSettings().clear();
    place_ = std::make_unique<test::Place>();
    QCOMPARE(place_->import_tiny().code, 0);
    const QString data = place_->write_pairs("train.jsonl", 16);
    const QString held_out = place_->write_pairs("test.jsonl", 6, 70);
    for (const QString type : {"ex", "im"}) {
      const test::Said said = place_->run({"train", "--type", type, "--model", "tiny", "--data",
                                           data, "--eval", "held_out=" + held_out, "--epochs", "1",
                                           "--lr", "1e-3", "--name", type, "--threads", "1"});
      QVERIFY2(said.code == 0, said.described());
    }
    qputenv("OMP_NUM_THREADS", "1");
    page_ = std::make_unique<PageWindow<RunsPage>>(
        QStringList{QStringLiteral(LOUPE_ENGINE), "--workspace", place_->workspace(), "serve"});
    QVERIFY(page_->settle(20000));
    QCOMPARE(page_->mirror().runs().size(), size_t(2));
  }
  void cleanupTestCase() { page_.reset(); }

  void a_new_name_and_a_note_are_stored() {
    auto* table = page_->find<QTableView>("runs-table");
    page_->click_row(table, row_of("ex"));
    QTest::keyClick(table, Qt::Key_F2);
    auto* editor = table->findChild<QLineEdit*>();
    QVERIFY(editor != nullptr);
    editor->selectAll();
    QTest::keyClicks(editor, QStringLiteral("first"));
    QTest::keyClick(editor, Qt::Key_Return);
    QTest::qWait(20);  // the view takes the text from its event loop
    page_->operator->()->details()->set_tab(QStringLiteral("note"));
    auto* note = page_->find<QPlainTextEdit>("run-note");
    note->setFocus();
    QTest::keyClicks(note, QStringLiteral("two lines"));
    QTest::keyClick(note, Qt::Key_Return);
    QTest::keyClicks(note, QStringLiteral("of words"));
    QTRY_COMPARE(note_of("first"), std::string("two lines\nof words"));
    QVERIFY(listed("ex").is_null());
  }

  void deleted_is_gone_and_undone_is_back() {
    auto* table = page_->find<QTableView>("runs-table");
    const test::json before = listed("im");
    QVERIFY(!before.is_null());
    page_->click_row(table, row_of("im"));
    QTest::keyClick(table, Qt::Key_Delete);
    QTRY_VERIFY(listed("im").is_null());
    QCOMPARE(table->model()->rowCount(), 1);
    QTest::keyClick(page_->operator->(), Qt::Key_Z, Qt::ControlModifier);
    QTRY_VERIFY(!listed("im").is_null());
    QCOMPARE(listed("im"), before);  // whole, as it was
    QTRY_COMPARE(table->model()->rowCount(), 2);
    QVERIFY(page_->messages.isEmpty());
  }

  void the_log_of_a_run_is_read() {
    page_->operator->()->details()->set_tab(QStringLiteral("log"));
    // The undo before moved the rows once more.
    QTRY_VERIFY((page_->click_row(page_->find<QTableView>("runs-table"), row_of("im")),
                 page_->settle(),
                 !page_->find<QWidget>("run-log-state")->property("text").toString().startsWith(
                     QStringLiteral("Select"))));
    const QString text = page_->find<QPlainTextEdit>("run-log")->toPlainText();
    const QString state = page_->find<QWidget>("run-log-state")->property("text").toString();
    QVERIFY2(state.startsWith(QStringLiteral("im")) || state.contains(QStringLiteral("of im")),
             qPrintable(state));
    QVERIFY2(!text.isEmpty() || state.contains(QStringLiteral("nothing")) ||
                 state.contains(QStringLiteral("no job")),
             qPrintable(state));
    page_->shoot(QStringLiteral("runs-real"));
  }

 private:
  int row_of(const QString& name) const {
    const QAbstractItemModel* model = page_->find<QTableView>("runs-table")->model();
    for (int row = 0; row < model->rowCount(); ++row) {
      if (model->index(row, 0).data().toString() == name) return row;
    }
    return -1;
  }
  std::string note_of(const std::string& name) const {
    const test::json run = listed(name);
    return run.is_null() ? "(no such run)" : run.value("note", "");
  }
  // As another process sees it; null where there is none of that name.
  test::json listed(const std::string& name) const {
    const test::Said said = place_->run({"runs", "list"});
    for (const auto& row : said.first()) {
      if (row.value("name", "") == name) return row;
    }
    return {};
  }

  std::unique_ptr<test::Place> place_;
  std::unique_ptr<PageWindow<RunsPage>> page_;
};

QTEST_MAIN(TestRunsEngine)
#include "test_runs_engine.moc"
