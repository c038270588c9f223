// SPDX-License-Identifier: GPL-3.0-or-later
// What is done on the Models page is in the workspace afterwards: the real engine on a tiny model.
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QStandardPaths>
#include <QTabBar>
#include <QTabWidget>
#include <memory>

#include "tests/engine/engine_driver.h"
#include "tests/ui/page_driver.h"
#include "ui/models/model_details.h"
#include "ui/models/model_table_model.h"
#include "ui/models/models_page.h"
#include "ui/models/token_chips.h"

using namespace loupe;
using namespace loupe::ui;

class TestModelsEngine : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() {
    QStandardPaths::setTestModeEnabled(true);
    theme::initialise();
    theme::apply(theme::Mode::light);
    place_ = std::make_unique<test::Place>();
    QCOMPARE(place_->import_tiny().code, 0);
    qputenv("OMP_NUM_THREADS", "1");
    page_ = std::make_unique<PageWindow<ModelsPage>>(
        QStringList{QStringLiteral(LOUPE_ENGINE), "--workspace", place_->workspace(), "serve"});
    QVERIFY(page_->settle(20000));
    QCOMPARE(page_->mirror().models().size(), size_t(1));
  }
  void cleanupTestCase() { page_.reset(); }

  void every_tab_has_its_answer() {
    QCOMPARE(cell(0, ModelTableModel::name), QStringLiteral("tiny"));
    QCOMPARE(cell(0, ModelTableModel::kind), QStringLiteral("LM"));
    QVERIFY(!cell(0, ModelTableModel::size).isEmpty());
    const std::pair<const char*, const char*> tabs[] = {
        {"overview", "overview-pane-failure"}, {"config", "config-pane-failure"},
        {"template", "template-failure"},      {"tokenizer", "tokenizer-failure"},
        {"tensors", "tensors-failure"},        {"memory", "memory-failure"}};
    for (const auto& [tab, failure] : tabs) {
      details()->set_tab(QString::fromLatin1(tab));
      QTest::qWait(1);
      QVERIFY(page_->settle(20000));
      QVERIFY2(!page_->find<QWidget>(failure)->isVisible(), failure);
      page_->shoot(QStringLiteral("models-real-") + QString::fromLatin1(tab));
    }
    QVERIFY(page_->find<QPlainTextEdit>("config-text")->toPlainText().contains("hidden_size"));
    QVERIFY(page_->find<QTableView>("tensors-table")->model()->rowCount() > 5);
    QVERIFY(page_->find<QTableView>("memory-table")->model()->rowCount() >= 3);
    // What is typed comes back whole.
    details()->set_tab(QStringLiteral("tokenizer"));
    auto* text = page_->find<QPlainTextEdit>("tokenizer-text");
    text->setPlainText(QStringLiteral("yes, naïve"));
    QTRY_VERIFY(page_->find<QLabel>("tokenizer-count")->text().contains("11 bytes"));
    QString whole;
    for (const TokenGroup& group : page_->find<TokenChips>("token-chips")->groups()) {
      whole += group.text;
    }
    QCOMPARE(whole.replace(QChar(0x2423), QLatin1Char(' ')), QStringLiteral("yes, naïve"));
  }

  void a_copy_is_imported_renamed_removed_and_back() {
    const QString copy = place_->copy_model(QStringLiteral("copy"));
    page_->operator->()->go({{"import", copy.toStdString()}});
    QVERIFY(page_->settle(20000));
    QVERIFY(page_->find<QLabel>("import-found")->text().contains("language model"));
    auto* name = page_->find<QLineEdit>("import-name");
    name->setText(QStringLiteral("second"));
    page_->click("import-start");
    QTRY_COMPARE_WITH_TIMEOUT(listed(), (QStringList{"tiny", "second"}), 20000);
    QTRY_COMPARE(table()->model()->rowCount(), 2);
    QTRY_COMPARE(cell(table()->currentIndex().row(), 0), QStringLiteral("second"));
    // A refresh may close the editor again before it is written into.
    QLineEdit* editor = nullptr;
    table()->setFocus();
    QTRY_VERIFY((QTest::keyClick(table(), Qt::Key_F2),
                 editor = table()->findChild<QLineEdit*>(), editor != nullptr));
    editor->selectAll();
    QTest::keyClicks(editor, QStringLiteral("zweites"));
    QTest::keyClick(editor, Qt::Key_Return);
    QTRY_COMPARE(listed(), (QStringList{"tiny", "zweites"}));
    QTest::keyClick(table(), Qt::Key_Delete);
    QTRY_COMPARE(listed(), QStringList{"tiny"});
    QTest::keyClick(page_->operator->(), Qt::Key_Z, Qt::ControlModifier);
    QTRY_COMPARE(listed(), (QStringList{"tiny", "zweites"}));
    QTRY_COMPARE(table()->model()->rowCount(), 2);
    QVERIFY2(page_->messages.isEmpty(), qPrintable(page_->messages.join('\n')));
  }

  void files_that_moved_are_located() {
    const QString from = place_->path(QStringLiteral("copy")), to = place_->path("moved");
    QVERIFY(QDir().rename(from, to));
    page_->mirror().refresh();
    QTRY_VERIFY_WITH_TIMEOUT(page_->find<QWidget>("model-trouble")->isVisible(), 10000);
    page_->shoot(QStringLiteral("models-real-missing"));
    QVERIFY(QDir().rename(to, from));
    page_->mirror().refresh();
    QTRY_VERIFY_WITH_TIMEOUT(!page_->find<QWidget>("model-trouble")->isVisible(), 10000);
  }

  void what_is_no_model_is_refused() {
    place_->write(QStringLiteral("words.txt"), "hello");
    page_->operator->()->go({{"import", place_->path("words.txt").toStdString()}});
    QVERIFY(page_->settle(20000));
    QVERIFY(page_->find<QWidget>("import-failure")->isVisible());
    QVERIFY(!page_->find<QPushButton>("import-start")->isEnabled());
    page_->shoot(QStringLiteral("models-real-refused"));
    page_->click("import-close");
  }

 private:
  QTableView* table() const { return page_->find<QTableView>("models-table"); }
  ModelDetails* details() const { return page_->operator->()->details(); }
  QString cell(int row, int column) const {
    return table()->model()->index(row, column).data().toString();
  }
  // As another process sees them.
  QStringList listed() const {
    QStringList names;
    const test::Said said = place_->run({"model", "list"});
    for (const auto& row : said.first()) {
      if (!row.value("removed", false)) names << QString::fromStdString(row.value("name", ""));
    }
    return names;
  }

  std::unique_ptr<test::Place> place_;
  std::unique_ptr<PageWindow<ModelsPage>> page_;
};

QTEST_MAIN(TestModelsEngine)
#include "test_models_engine.moc"
