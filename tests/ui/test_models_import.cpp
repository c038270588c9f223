// SPDX-License-Identifier: GPL-3.0-or-later
// Importing a model and adding special tokens to one, by mouse and keys over a fake engine.
#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QStandardPaths>

#include "tests/ui/models_driver.h"

using namespace loupe;
using namespace loupe::ui;

class TestModelsImport : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() {
    QStandardPaths::setTestModeEnabled(true);
    theme::initialise();
    theme::apply(theme::Mode::light);
  }

  void a_folder_is_looked_at_named_and_imported() {
    Models page;
    QVERIFY(page.settle());
    page.click("models-import");
    QVERIFY(page.pick_path(QStringLiteral("/fake/models/SmolLM2-360M")));
    auto* card = page.find<QWidget>("import-card");
    QVERIFY(card->isVisible());
    const QString found = page.find<QLabel>("import-found")->text();
    QVERIFY2(found.contains(QStringLiteral("language model")), qPrintable(found));
    QVERIFY2(found.contains(QStringLiteral("134.5 M parameters")), qPrintable(found));
    page.shoot(QStringLiteral("models-import"));
    auto* name = page.find<QLineEdit>("import-name");
    QCOMPARE(name->text(), QStringLiteral("SmolLM2-360M"));
    name->selectAll();
    QTest::keyClicks(name, QStringLiteral("smol"));
    page.click("import-start");
    QVERIFY(page.find<QWidget>("import-progress")->isVisible());
    QTRY_COMPARE(page.find<QLabel>("import-progress-phase")->text(),
                 QStringLiteral("reading SmolLM2-360M"));
    QTRY_VERIFY(!card->isVisible());
    QTRY_COMPARE(page.rows(), 9);
    QCOMPARE(page.cell(8, 0), QStringLiteral("smol"));
    QTRY_COMPARE(page.table()->currentIndex().row(), 8);  // chosen
  }

  void the_first_model_of_a_workspace() {
    Models page({"--empty"});
    QVERIFY(page.settle());
    page.click("models-empty-import");
    QVERIFY(page.pick_path(QStringLiteral("/fake/gemma.gguf")));
    page.shoot(QStringLiteral("models-import-first"));
    page.click("import-start");
    QTRY_COMPARE(page.rows(), 1);
    QTRY_VERIFY(page.table()->isVisible());
  }

  void pickles_are_refused_with_a_way_out() {
    Models page;
    QVERIFY(page.settle());
    QVERIFY(page.look_at(QStringLiteral("/fake/models/pickle")));
    QVERIFY(page.find<QLabel>("import-failure-what")->text().contains(QStringLiteral("pickle")));
    QVERIFY(page.find<QLabel>("import-failure-where")->text().contains(QStringLiteral(".bin")));
    QVERIFY(page.find<QLabel>("import-failure-hint")->text().contains("safe_serialization"));
    QVERIFY(!page.find<QPushButton>("import-start")->isEnabled());
    page.shoot(QStringLiteral("models-import-pickle"));
    // Another path, typed.
    auto* path = page.find<QLineEdit>("import-path");
    path->setFocus();
    path->selectAll();
    QTest::keyClicks(path, QStringLiteral("/fake/models/ex-rm-2"));
    QVERIFY(!page.find<QWidget>("import-failure")->isVisible());
    QVERIFY(!page.find<QPushButton>("import-start")->isEnabled());
    QTest::keyClick(path, Qt::Key_Return);
    QVERIFY(page.settle());
    QVERIFY(page.find<QLabel>("import-found")->text().contains("explicit reward model"));
    QVERIFY(!page.find<QCheckBox>("import-is-policy")->isVisible());
    QVERIFY(page.find<QPushButton>("import-start")->isEnabled());
    QTest::keyClick(page.find<QPushButton>("import-start"), Qt::Key_Escape);
    QVERIFY(!page.find<QWidget>("import-card")->isVisible());
  }

  void a_torn_file_fails_and_the_card_stays() {
    Models page;
    QVERIFY(page.settle());
    QVERIFY(page.look_at(QStringLiteral("/fake/models/torn")));
    page.click("import-start");
    QTRY_VERIFY(page.find<QWidget>("import-failure")->isVisible());
    QVERIFY(page.find<QLabel>("import-failure-what")->text().contains("lm_head.weight"));
    QVERIFY(page.find<QPushButton>("import-start")->isEnabled());
    QCOMPARE(page.rows(), 8);
  }

  void cancel_ends_an_import() {
    Models page;
    QVERIFY(page.settle());
    QVERIFY(page.look_at(QStringLiteral("/fake/models/slow")));
    page.click("import-start");
    QTRY_VERIFY(page.find<QProgressBar>("import-progress-bar")->value() > 0);
    QVERIFY(!page.find<QWidget>("import-path")->isEnabled());
    page.shoot(QStringLiteral("models-importing"));
    // What is dropped meanwhile has to wait, and that is said.
    page->go({{"import", "/fake/models/another"}});
    QCOMPARE(page.messages.size(), 1);
    page.click("import-progress-cancel");
    QVERIFY(!page.find<QWidget>("import-progress")->isVisible());
    QVERIFY(page.find<QPushButton>("import-start")->isVisible());
    QVERIFY(page.find<QWidget>("import-path")->isEnabled());
  }

  void the_policy_of_an_implicit_reward_model() {
    Models page;
    QVERIFY(page.settle());
    QVERIFY(page.look_at(QStringLiteral("/fake/models/dpo-run-7")));
    QTest::mouseClick(page.find<QCheckBox>("import-is-policy"), Qt::LeftButton, {}, {10, 10});
    auto* reference = page.find<QComboBox>("import-reference");
    QVERIFY(reference->isVisible());
    QVERIFY(!page.find<QPushButton>("import-start")->isEnabled());
    reference->setCurrentIndex(reference->findText(QStringLiteral("SmolLM2-135M-Instruct")));
    QCOMPARE(page.find<QDoubleSpinBox>("import-beta")->value(), 0.01);
    page.shoot(QStringLiteral("models-import-policy"));
    page.click("import-start");
    QTRY_COMPARE(page.rows(), 9);
    QCOMPARE(page.cell(8, ModelTableModel::kind), QStringLiteral("IM"));
    QCOMPARE(page.mirror().models().back().base, int64_t(1));
  }

  void an_adapter_has_its_base_chosen() {
    Models page;
    QVERIFY(page.settle());
    QVERIFY(page.look_at(QStringLiteral("/fake/models/adapter-7")));
    auto* base = page.find<QComboBox>("import-base");
    QCOMPARE(base->currentText(), QStringLiteral("SmolLM2-135M-Instruct"));
    QVERIFY(page.find<QPushButton>("import-start")->isEnabled());
    // Of another, the base is imported first, and then it goes on with the adapter.
    QVERIFY(page.look_at(QStringLiteral("/fake/models/orphan-adapter")));
    QCOMPARE(base->currentIndex(), -1);
    QVERIFY(!page.find<QPushButton>("import-start")->isEnabled());
    page.shoot(QStringLiteral("models-import-adapter"));
    page.click("import-base-first");
    QVERIFY(page.pick_path(QStringLiteral("/fake/models/Qwen")));
    page.click("import-start");
    QTRY_COMPARE(page.find<QLineEdit>("import-path")->text(),
                 QStringLiteral("/fake/models/orphan-adapter"));
    QVERIFY(page.settle());
    QTRY_COMPARE(base->currentText(), QStringLiteral("Qwen"));
    page.click("import-start");
    QTRY_COMPARE(page.rows(), 10);
    QCOMPARE(page.mirror().models().back().base, page.mirror().models()[8].id);
  }

  void an_adapter_may_be_a_policy() {
    Models page;
    QVERIFY(page.settle());
    QVERIFY(page.look_at(QStringLiteral("/fake/models/adapter-7")));
    auto* policy = page.find<QCheckBox>("import-is-policy");
    auto* beta = page.find<QDoubleSpinBox>("import-beta");
    QVERIFY(policy->isVisible() && !beta->isVisible());
    QTest::mouseClick(policy, Qt::LeftButton, {}, {10, 10});
    QVERIFY(beta->isVisible());
    // Its reference is its base: there is none to choose.
    QVERIFY(!page.find<QComboBox>("import-reference")->isVisible());
    beta->setValue(0.1);
    QTest::mouseClick(page.find<QCheckBox>("import-merge"), Qt::LeftButton, {}, {10, 10});
    page.shoot(QStringLiteral("models-import-adapter-policy"));
    page.click("import-start");
    QTRY_COMPARE(page.rows(), 9);
    QCOMPARE(page.mirror().models().back().beta, 0.1);
    QCOMPARE(page.mirror().models().back().note, std::string("merged"));
    // Of a plain model there is nothing to merge.
    QVERIFY(page.look_at(QStringLiteral("/fake/models/dpo-run-7")));
    QVERIFY(!page.find<QCheckBox>("import-merge")->isVisible());
  }

  void special_tokens_make_a_copy() {
    Models page;
    QVERIFY(page.settle());
    page.click("models-add-tokens-button");
    auto* tokens = page.find<QPlainTextEdit>("tokens-list");
    QVERIFY(tokens->hasFocus());
    auto* add = page.find<QPushButton>("tokens-add");
    QVERIFY(!add->isEnabled());
    QTest::keyClicks(tokens, QStringLiteral("<sep>"));
    QTest::keyClick(tokens, Qt::Key_Return);
    QTest::keyClicks(tokens, QStringLiteral("<|im_end|>"));
    QCOMPARE(add->text(), QStringLiteral("Add 2 tokens"));
    page.shoot(QStringLiteral("models-tokens"));
    page.click("tokens-add");
    QTRY_VERIFY(page.find<QWidget>("tokens-failure")->isVisible());
    tokens->setPlainText(QStringLiteral("<sep>\n<edge_sep>\n\n<sep>"));
    QCOMPARE(add->text(), QStringLiteral("Add 2 tokens"));
    page.click("tokens-add");
    QTRY_COMPARE(page.rows(), 9);
    QTRY_COMPARE(page.cell(page.table()->currentIndex().row(), 0),
                 QStringLiteral("SmolLM2-135M-Instruct-tokens"));
    QVERIFY(!page.find<QWidget>("tokens-card")->isVisible());
  }
};

QTEST_MAIN(TestModelsImport)
#include "test_models_import.moc"
