// SPDX-License-Identifier: GPL-3.0-or-later
// The table of the Models page and what is done with a model, by mouse and keys over a fake engine.
#include <QClipboard>
#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QStandardPaths>
#include <QToolButton>

#include "tests/ui/models_driver.h"
#include "ui/models/model_details.h"

using namespace loupe;
using namespace loupe::ui;

class TestModelsPage : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() {
    QStandardPaths::setTestModeEnabled(true);
    theme::initialise();
    theme::apply(theme::Mode::light);
  }

  void what_is_shown_at_first() {
    Models page;
    QVERIFY(page.settle());
    QCOMPARE(page.rows(), 8);
    QCOMPARE(page->selected(), qint64(1));
    QCOMPARE(page.cell(0, ModelTableModel::kind), QStringLiteral("LM"));
    QCOMPARE(page.cell(0, ModelTableModel::parameters), QStringLiteral("134.5 M"));
    QCOMPARE(page.cell(0, ModelTableModel::size), QStringLiteral("93.1 MB"));
    QCOMPARE(page.cell(5, ModelTableModel::status),
             QStringLiteral("missing: model-00002-of-00003.safetensors"));
    QTRY_VERIFY(page->findChild<QPushButton*>("model-run-2") != nullptr);
    page.shoot(QStringLiteral("models"));
    page.click("model-run-2");
    QCOMPARE(page.opened, (Place{{"page", "runs"}, {"runs", {2}}}));
  }

  void a_model_is_renamed_and_annotated_in_its_cells() {
    Models page;
    QVERIFY(page.settle());
    page.choose(QStringLiteral("dpo-policy"));
    QTest::keyClick(page.table(), Qt::Key_F2);
    page.type_in_cell(QStringLiteral("policy of step 400"));
    QTRY_COMPARE(page.mirror().model(4)->name, std::string("policy of step 400"));
    QTest::keyClick(page.table(), Qt::Key_F2);
    page.type_in_cell(QStringLiteral("  "));  // a model without a name could not be chosen
    QCOMPARE(page.cell(3, 0), QStringLiteral("policy of step 400"));
    QTest::keyClick(page.table(), Qt::Key_F2, Qt::ShiftModifier);
    page.type_in_cell(QStringLiteral("beta 0.1 in training"));
    QTRY_COMPARE(page.mirror().model(4)->note, std::string("beta 0.1 in training"));
    QVERIFY(page.messages.isEmpty());
  }

  void removing_says_who_uses_it_and_is_undone() {
    Models page;
    QVERIFY(page.settle());
    page.choose(QStringLiteral("SmolLM2-135M-Instruct"));
    QTest::keyClick(page.table(), Qt::Key_Delete);
    QCOMPARE(page.rows(), 7);
    QCOMPARE(page->selected(), qint64(2));  // the next one
    const QString said = page.find<QLabel>("undo-text")->text();
    QVERIFY2(said.contains(QStringLiteral("3 runs use it: ex-persona-s0, im-persona-s0")),
             qPrintable(said));
    page.shoot(QStringLiteral("models-removed"));
    QTRY_VERIFY(page.mirror().model(1) == nullptr);
    QTest::keyClick(page.table(), Qt::Key_Delete);
    QCOMPARE(page.rows(), 6);
    // One removal after the other, by keys and by the button.
    QTest::keyClick(page.page(), Qt::Key_Z, Qt::ControlModifier);
    QTRY_COMPARE(page.rows(), 7);
    QTRY_COMPARE(page->selected(), qint64(2));
    QTest::keyClick(page.page(), Qt::Key_Z, Qt::ControlModifier);
    QTRY_COMPARE(page.rows(), 8);
    QTRY_COMPARE(page->selected(), qint64(1));
    QVERIFY(!page.find<QWidget>("undo-bar")->isVisible());
  }

  void what_the_engine_refuses_to_remove_comes_back() {
    Models page({"--models", "0", "--fail", "models/remove"});
    QVERIFY(page.settle());
    page.choose(QStringLiteral("dpo-policy"));
    QTest::keyClick(page.table(), Qt::Key_Delete);
    QCOMPARE(page.rows(), 7);
    QTRY_COMPARE(page.rows(), 8);
  }

  void filter_by_words_and_kind() {
    Models page;
    QVERIFY(page.settle());
    page.table()->setFocus();
    QTest::keyClick(page.page(), Qt::Key_F, Qt::ControlModifier);
    auto* words = page.find<QLineEdit>("models-filter");
    QVERIFY(words->hasFocus());
    QTest::keyClicks(words, QStringLiteral("folder missing"));
    QCOMPARE(page.rows(), 1);
    QCOMPARE(page.find<QLabel>("models-count")->text(), QStringLiteral("1 of 8 models"));
    QCOMPARE(page->selected(), qint64(1));  // hidden, not forgotten
    QTest::keyClicks(words, QStringLiteral(" nonsense"));
    QVERIFY(page.find<QLabel>("models-no-match")->isVisible());
    page.shoot(QStringLiteral("models-no-match"));
    words->clear();
    auto* kinds = page.find<QComboBox>("models-filter-kind");
    kinds->setFocus();
    QTest::keyClick(kinds, Qt::Key_Down);
    QCOMPARE(page.rows(), 1);
    QCOMPARE(page.cell(0, ModelTableModel::kind), QStringLiteral("EX"));
    QTest::keyClick(kinds, Qt::Key_Home);
    QCOMPARE(page.rows(), 8);
    QCOMPARE(page.table()->selectionModel()->selectedRows().size(), 1);
  }

  void sorted_by_value_and_exported() {
    Models page;
    QVERIFY(page.settle());
    page.table()->sortByColumn(ModelTableModel::size, Qt::DescendingOrder);
    QCOMPARE(page.cell(0, ModelTableModel::size), QStringLiteral("15.2 GB"));
    QCOMPARE(page.cell(7, ModelTableModel::size), QStringLiteral("3.7 MB"));
    page.choose(QStringLiteral("lora-r16"));
    QTest::keyClick(page.table(), Qt::Key_C, Qt::ControlModifier);
    const QStringList lines = QApplication::clipboard()->text().split('\n', Qt::SkipEmptyParts);
    QCOMPARE(lines.size(), 2);
    QVERIFY(lines[0].startsWith(QStringLiteral("Model,Kind,Architecture,")));
    QVERIFY2(lines[1].contains(QStringLiteral("921600")), qPrintable(lines[1]));
  }

  void other_pages_are_opened_with_it() {
    Models page;
    QVERIFY(page.settle());
    page.choose(QStringLiteral("gemma-3-270m-it"));
    page.click("models-train-button");
    QCOMPARE(page.opened, (Place{{"page", "train"}, {"model", 2}}));
    QTest::keyClick(page.table(), Qt::Key_Return);
    QCOMPARE(page.opened, (Place{{"page", "inspect"}, {"models", {2}}}));
    QVERIFY(page.pick(
        [&] {
          emit page.table()->customContextMenuRequested({20, 30});
        },
        QStringLiteral("Train with it")));
    QCOMPARE(page.opened, (Place{{"page", "train"}, {"model", 2}}));
    // A reward model is not trained from.
    page.choose(QStringLiteral("ex-rm-ultrafeedback"));
    QVERIFY(!page.action(QStringLiteral("Train with it"))->isEnabled());
    QVERIFY(page.action(QStringLiteral("Add special tokens…"))->isEnabled());
  }

  void a_place_is_come_back_to() {
    Models page;
    QVERIFY(page.settle());
    page.choose(QStringLiteral("lora-r16"));
    QVERIFY(page.tab(QStringLiteral("Tokenizer")));
    const Place place = page->place();
    QCOMPARE(place, (Place{{"model", 5}, {"tab", "tokenizer"}}));
    page.choose(QStringLiteral("gemma-3-270m-it"));
    QVERIFY(page.tab(QStringLiteral("Memory")));
    QVERIFY(page.moves >= 2);
    page->go(place);
    QCOMPARE(page->selected(), qint64(5));
    QCOMPARE(page->details()->tab(), QStringLiteral("tokenizer"));
    page->go({{"model", 777}});  // gone: nothing breaks
    QVERIFY(page.settle());
    QCOMPARE(page->selected(), qint64(5));
  }

  void missing_files_are_said_and_located() {
    Models page;
    QVERIFY(page.settle());
    page.choose(QStringLiteral("moved-away"));
    QVERIFY(page.settle());
    auto* trouble = page.find<QWidget>("model-trouble");
    QVERIFY(trouble->isVisible());
    QVERIFY(page.find<QLabel>("model-trouble-what")->text().contains(QStringLiteral("of-00003")));
    QVERIFY(!page.action(QStringLiteral("Train with it"))->isEnabled());
    page.shoot(QStringLiteral("models-missing"));
    page.click("model-trouble-again");
    QVERIFY(page.pick_path(QStringLiteral("/fake/models/other")));
    QVERIFY(
        page.find<QLabel>("model-trouble-what")->text().contains(QStringLiteral("not the files")));
    page.click("model-trouble-again");
    QVERIFY(page.pick_path(QStringLiteral("/fake/models/moved-here")));
    QTRY_VERIFY(!trouble->isVisible());
    QTRY_COMPARE(page.cell(5, ModelTableModel::status), QStringLiteral("ok"));
    QVERIFY(page.action(QStringLiteral("Train with it"))->isEnabled());
  }

  void the_columns_fill_the_table() {
    Models page;
    QVERIFY(page.settle());
    auto* table = page.find<QTableView>("models-table");
    auto* header = table->horizontalHeader();
    for (const int width : {1300, 1500, 1204}) {
      page->window()->resize(width, 612);
      QTRY_COMPARE(header->length(), table->viewport()->width());
    }
    // What somebody chose stays.
    header->resizeSection(ModelTableModel::name, 333);
    page->window()->resize(1400, 612);
    QTest::qWait(20);
    QCOMPARE(header->sectionSize(ModelTableModel::name), 333);
  }

  void a_hundred_models_and_long_names() {
    Models page({"--models", "100"});
    QVERIFY(page.settle());
    QCOMPARE(page.rows(), 108);
    page.choose(QStringLiteral(
        "a-model-whose-name-says-everything-that-was-ever-done-to-it-sft-v3-dpo-beta0.1-lr5e-7"));
    QVERIFY(page.settle());
    page.shoot(QStringLiteral("models-many"));
    QElapsedTimer clock;
    clock.start();
    for (int i = 0; i < 10; ++i) emit page.mirror().models_changed({});
    QVERIFY2(clock.elapsed() < 500, qPrintable(QString::number(clock.elapsed())));
  }

  void empty_waiting_and_without_an_engine() {
    {
      Models page({"--empty"});
      QVERIFY(page.settle());
      QVERIFY(page.find<QPushButton>("models-empty-import")->isVisible());
      page.shoot(QStringLiteral("models-empty"));
      page.click("models-empty-fetch");
      QTRY_VERIFY(page.find<QWidget>("models-empty-progress")->isVisible());
      page.shoot(QStringLiteral("models-fetching"));
      QTRY_COMPARE_WITH_TIMEOUT(page.rows(), 1, 8000);
      QTRY_VERIFY(page.table()->isVisible());
    }
    {
      Models page({"--silent"});
      page.shoot(QStringLiteral("models-waiting"));
    }
    Models page({"--die-on", "models/list"});
    QTRY_COMPARE(page.client().state(), EngineClient::State::dead);
    page.shoot(QStringLiteral("models-dead"));
    QVERIFY(!page.find<QPushButton>("models-empty-fetch")->isVisible());
  }

  void another_workspace_forgets_this_one() {
    Models page;
    QVERIFY(page.settle());
    page.choose(QStringLiteral("dpo-policy"));
    QTest::keyClick(page.table(), Qt::Key_Delete);
    page.mirror().forget();
    QCOMPARE(page.rows(), 0);
    QVERIFY(!page.find<QWidget>("undo-bar")->isVisible());
    QVERIFY(!page.action(QStringLiteral("Undo the removal"))->isEnabled());
  }
};

QTEST_MAIN(TestModelsPage)
#include "test_models_page.moc"
