// SPDX-License-Identifier: GPL-3.0-or-later
// The tabs of the Models page, by mouse and keys over a fake engine.
#include <QClipboard>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QStandardPaths>

#include "tests/ui/models_driver.h"
#include "ui/models/model_details.h"
#include "ui/models/token_chips.h"

using namespace loupe;
using namespace loupe::ui;

class TestModelsDetails : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() {
    QStandardPaths::setTestModeEnabled(true);
    theme::initialise();
    theme::apply(theme::Mode::light);
  }

  void the_configuration_is_copied() {
    Models page;
    QVERIFY(page.settle());
    QVERIFY(page.tab(QStringLiteral("Config")));
    page.shoot(QStringLiteral("models-config"));
    page.click("config-copy");
    const auto copied = api::json::parse(QApplication::clipboard()->text().toStdString());
    QCOMPARE(copied.at("num_hidden_layers").get<int>(), 30);
  }

  void the_template_renders_what_is_typed() {
    Models page;
    QVERIFY(page.settle());
    QVERIFY(page.tab(QStringLiteral("Template")));
    page.shoot(QStringLiteral("models-template"));
    QVERIFY(page.find<QPlainTextEdit>("template-text")->toPlainText().contains("add_generation"));
    QVERIFY(!page.find<QWidget>("template-problem")->isVisible());
    auto* response = page.find<QPlainTextEdit>("template-response");
    auto* rendered = page.find<QPlainTextEdit>("template-rendered");
    response->selectAll();
    QTest::keyClicks(response, QStringLiteral("Paris, bien s"));
    response->insertPlainText(QStringLiteral("ûr"));
    QTRY_VERIFY(rendered->toPlainText().endsWith(QStringLiteral("Paris, bien sûr<|im_end|>\n")));
    // The response's own words are marked, by characters and not by bytes.
    const auto marks = rendered->extraSelections();
    QCOMPARE(marks.size(), 2);
    QCOMPARE(marks[1].cursor.selectedText(), QStringLiteral("Paris, bien sûr"));
    QVERIFY(page.find<QLabel>("template-counts")->text().contains(QStringLiteral("y: ")));
    // Several turns, typed as JSON.
    auto* prompt = page.find<QPlainTextEdit>("template-prompt");
    prompt->setPlainText(QStringLiteral(R"([{"role": "user", "content": "one"},
                                            {"role": "assistant", "content": "two"}])"));
    QTRY_VERIFY(rendered->toPlainText().contains(QStringLiteral("<|im_start|>assistant\ntwo")));
  }

  void a_refused_template_says_so() {
    Models page;
    QVERIFY(page.settle());
    page.choose(QStringLiteral("gemma-3-270m-it"));
    QVERIFY(page.tab(QStringLiteral("Template")));
    QVERIFY(page.find<QWidget>("template-problem")->isVisible());
    const QString said = page.find<QLabel>("template-problem-text")->text();
    QVERIFY(said.contains(QStringLiteral("the plain template is used")));
    QVERIFY(said.contains(QStringLiteral("raise_exception")));
    page.shoot(QStringLiteral("models-template-problem"));
  }

  void tokens_as_typed_chips_and_table_point_at_each_other() {
    Models page;
    QVERIFY(page.settle());
    QVERIFY(page.tab(QStringLiteral("Tokenizer")));
    auto* chips = page.find<TokenChips>("token-chips");
    auto* table = page.find<QTableView>("tokenizer-table");
    // The face is four tokens that share a character, and one chip.
    QCOMPARE(table->model()->rowCount(), 12);
    QCOMPARE(chips->groups().size(), size_t(9));
    QCOMPARE(chips->groups().back().count, 4);
    page.shoot(QStringLiteral("models-tokenizer"));
    QTest::mouseClick(chips, Qt::LeftButton, {}, chips->box_of(8).center().toPoint());
    QCOMPARE(table->currentIndex().row(), 8);
    table->setFocus();
    QTest::keyClick(table, Qt::Key_Down);
    QCOMPARE(chips->current(), 8);  // the second part of the same character
    table->selectRow(2);
    QCOMPARE(chips->current(), 2);
    chips->setFocus();
    QTest::keyClick(chips, Qt::Key_Left);
    QCOMPARE(table->currentIndex().row(), 1);
    // Typing: the last text wins.
    auto* text = page.find<QPlainTextEdit>("tokenizer-text");
    text->selectAll();
    QTest::keyClicks(text, QStringLiteral("yes<|im_end|>"));
    QTRY_COMPARE(chips->groups().size(), size_t(2));
    QVERIFY(chips->groups()[1].special);
    QCOMPARE(page.find<QLabel>("tokenizer-count")->text(),
             QStringLiteral("2 tokens   ·   13 characters   ·   13 bytes"));
    text->clear();
    QTRY_COMPARE(table->model()->rowCount(), 0);
  }

  void long_text_wraps_and_scrolls() {
    Models page;
    QVERIFY(page.settle());
    QVERIFY(page.tab(QStringLiteral("Tokenizer")));
    QString words;
    for (int i = 0; i < 2000; ++i) words += QStringLiteral("word%1 ").arg(i % 7);
    auto* chips = page.find<TokenChips>("token-chips");
    page.find<QPlainTextEdit>("tokenizer-text")->setPlainText(words);
    QTRY_COMPARE(chips->groups().size(), size_t(2001));
    QTRY_VERIFY(chips->height() > 2000);
    QElapsedTimer clock;
    clock.start();
    chips->grab();
    QVERIFY2(clock.elapsed() < 400, qPrintable(QString::number(clock.elapsed())));
    page.shoot(QStringLiteral("models-tokenizer-long"));
  }

  void tensors_are_read_as_one_scrolls() {
    Models page;
    QVERIFY(page.settle());
    QVERIFY(page.tab(QStringLiteral("Tensors")));
    auto* table = page.find<QTableView>("tensors-table");
    auto* count = page.find<QLabel>("tensors-count");
    QCOMPARE(count->text(), QStringLiteral("272 tensors"));
    QCOMPARE(table->model()->rowCount(), 200);
    page.shoot(QStringLiteral("models-tensors"));
    table->scrollToBottom();
    QTRY_COMPARE(table->model()->rowCount(), 272);
    auto* filter = page.find<QLineEdit>("tensors-filter");
    QTest::keyClicks(filter, QStringLiteral("layers.7."));
    QTRY_COMPARE(table->model()->rowCount(), 9);
    QTRY_COMPARE(count->text(), QStringLiteral("9 tensors"));
    QTest::keyClicks(filter, QStringLiteral("nothing"));
    QTRY_COMPARE(count->text(), QStringLiteral("No tensor's name contains this."));
  }

  void memory_follows_length_and_batch() {
    Models page;
    QVERIFY(page.settle());
    QVERIFY(page.tab(QStringLiteral("Memory")));
    auto* table = page.find<QTableView>("memory-table");
    QCOMPARE(table->model()->rowCount(), 5);
    QCOMPARE(table->model()->index(0, 1).data().toString(), QStringLiteral("fits"));
    page.shoot(QStringLiteral("models-memory"));
    auto* batch = page.find<QSpinBox>("memory-batch");
    batch->setFocus();
    batch->selectAll();
    QTest::keyClicks(batch, QStringLiteral("64"));
    QTRY_COMPARE(table->model()->index(2, 1).data().toString(), QStringLiteral("does not fit"));
    auto* length = page.find<QSpinBox>("memory-length");
    length->setValue(9000);
    QTRY_VERIFY(page.find<QLabel>("memory-too-long")->isVisible());
    page.shoot(QStringLiteral("models-memory-full"));
    table->setFocus();
    QTest::keyClick(table, Qt::Key_C, Qt::ControlModifier);
    QVERIFY(QApplication::clipboard()->text().startsWith(QStringLiteral("use,weights,")));
  }

  void the_error_of_each_tab_is_its_own() {
    Models page({"--fail", "models/show", "--fail", "models/tokenize", "--fail", "models/tensors",
                 "--fail", "models/memory"});
    QVERIFY(page.settle());
    QVERIFY(page.find<QLabel>("overview-pane-failure-what")->isVisible());
    page.shoot(QStringLiteral("models-error"));
    for (const auto& [tab, name] : {std::pair{"Config", "config-pane-failure-what"},
                                    std::pair{"Template", "template-pane-failure-what"},
                                    std::pair{"Tokenizer", "tokenizer-failure-what"},
                                    std::pair{"Tensors", "tensors-failure-what"},
                                    std::pair{"Memory", "memory-failure-what"}}) {
      QVERIFY(page.tab(QString::fromLatin1(tab)));
      QVERIFY2(page.find<QLabel>(name)->isVisible(), name);
      QVERIFY(page.find<QLabel>(name)->text().contains(QStringLiteral("missing")));
    }
    page.shoot(QStringLiteral("models-error-memory"));
    QVERIFY(page.messages.isEmpty());  // said where it happened, and nowhere else
  }

  void another_model_is_asked_for_anew() {
    Models page({"--models", "0", "--slow", "models/show", "60"});
    QVERIFY(page.settle());
    for (const char* name : {"dpo-policy", "lora-r16", "ex-rm-ultrafeedback"}) {
      page.choose(QString::fromLatin1(name));
    }
    QVERIFY(page.settle());
    const auto labels = page->findChild<QWidget*>("model-overview")->findChildren<QLabel*>();
    QVERIFY(std::any_of(labels.begin(), labels.end(), [](const QLabel* label) {
      return label->text() == QLatin1String("explicit reward model");
    }));
  }
};

QTEST_MAIN(TestModelsDetails)
#include "test_models_details.moc"
