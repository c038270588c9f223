// SPDX-License-Identifier: GPL-3.0-or-later
// The Shift page over the fake engine, driven by mouse and keys: a response is edited and scored,
// its variants are kept, what fails is told, and all of it is drawn.
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QElapsedTimer>
#include <QHelpEvent>
#include <QImage>
#include <QLabel>
#include <QPainter>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSet>
#include <QTableView>
#include <QToolButton>
#include <QToolTip>
#include <QtTest>
#include <cmath>

#include "tests/ui/shift_bench.h"
#include "ui/shift/aligned_tokens.h"
#include "ui/shift/dumbbell_chart.h"
#include "ui/shift/moved_view.h"
#include "ui/shift/picture.h"
#include "ui/shift/response_editor.h"
#include "ui/widgets/theme.h"

using namespace loupe;
using namespace loupe::ui;
using shift::Edited;
using shift::Verdict;

class TestShiftPage : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() {
    theme::initialise();
    theme::apply(theme::Mode::light);
  }

  void typing_rescores_and_the_implicit_model_flips() {
    Bench bench;
    QVERIFY(bench.settle());
    bench.type_last_word("certainly");
    QCOMPARE(bench.text(), QStringLiteral("In my view, the answer is certainly"));
    QVERIFY(bench.client.pending() == 0);  // it waits until the typing pauses
    QVERIFY(!bench.page.settled());
    QVERIFY(bench.settle());
    QCOMPARE(bench.outcome(0).verdict, Verdict::keeps);
    QVERIFY(bench.outcome(1).delta < 0);
    QCOMPARE(bench.outcome(1).verdict, Verdict::flips);
    QVERIFY2(bench.page.chart()->text_of(1).contains("flips"),
             qPrintable(bench.page.chart()->text_of(1)));
    // The words are marked in the editor and in the line below it.
    const auto marks = bench.editor()->extraSelections();
    QCOMPARE(marks.size(), 1);
    QCOMPARE(marks[0].cursor.selectedText(), QStringLiteral(" certainly"));
    const QString changes = bench.find<QLabel>("shift-changes")->text();
    QVERIFY(changes.contains("<s ") && changes.contains("<u "));
    bench.click("shift-pin");
    bench.type_last_word("sure");
    bench.click("shift-pin");
    bench.type_last_word("absolutely");
    QVERIFY(bench.settle());
    // A variant pinned before its numbers were there gets them when the engine is free.
    QVERIFY2(bench.variant(2, 3).contains("Δ"), qPrintable(bench.variant(2, 3)));
    bench.shoot("flip");
    QVERIFY(bench.messages.isEmpty());
  }

  void what_moved_adds_up_under_one_scale() {
    Bench bench;
    QVERIFY(bench.settle());
    bench.type_last_word("certainly");
    QVERIFY(bench.settle());
    for (int row = 0; row < 2; ++row) {
      const auto& shown = bench.page.rows()[static_cast<size_t>(row)];
      const auto sums = shift::sums_of(*shown.answer, shown.scale);
      QVERIFY(std::abs(sums.edited + sums.earlier + sums.later + sums.offset - sums.total) < 1e-9);
      QVERIFY(bench.page.moved()->sum_text(row).contains("total Δ"));
      QCOMPARE(bench.page.moved()->tokens(row)->column_count(),
               static_cast<int>(shift::columns_of(*shown.answer).size()));
    }
    QVERIFY(!bench.page.moved()->sum_text(0).contains("policy"));
    QVERIFY(bench.page.moved()->sum_text(1).contains("policy"));
    // In reward units a change of the implicit model is faint beside the explicit one's.
    auto* tokens = bench.page.moved()->tokens(1);
    int edited = -1;
    const auto columns = shift::columns_of(*bench.page.rows()[1].answer);
    for (size_t i = 0; i < columns.size(); ++i) {
      if (columns[i].edited() && edited < 0) edited = static_cast<int>(i);
    }
    QVERIFY(edited >= 0);
    const QColor relative = tokens->colour_of(edited);
    bench.find<QComboBox>("shift-scale")->setFocus();
    QTest::keyClick(bench.find<QComboBox>("shift-scale"), Qt::Key_Down);
    QVERIFY(tokens->colour_of(edited) != relative);
    QVERIFY(tokens->colour_of(edited).lightness() > relative.lightness());
    // Hovering tells both sides and, for an implicit model, both halves.
    const QPoint spot = tokens->box_of(edited, true).center().toPoint();
    QTest::mouseMove(tokens, spot);
    QHelpEvent help(QEvent::ToolTip, spot, tokens->mapToGlobal(spot));
    QApplication::sendEvent(tokens, &help);
    QTRY_VERIFY(QToolTip::text().contains("log π_ref"));
    QVERIFY(QToolTip::text().contains("deleted"));
    // The same by keys.
    tokens->setFocus(Qt::TabFocusReason);
    QTest::keyClick(tokens, Qt::Key_End);
    QVERIFY(tokens->accessibleDescription().contains("the same token"));
  }

  void rows_come_one_by_one_and_old_numbers_are_faint() {
    Bench bench({"--shift-pause", "150"});
    QTRY_VERIFY_WITH_TIMEOUT(!bench.page.rows().empty() && bench.page.rows()[0].waiting, 5000);
    // The first time there is nothing to dim; the phase is told.
    QTRY_VERIFY(bench.page.chart()->text_of(0).contains("loading the model"));
    QVERIFY(bench.settle());
    const QString before = bench.page.chart()->text_of(1);
    bench.type_last_word("sure");
    QVERIFY(bench.page.chart()->is_dimmed(0) && bench.page.chart()->is_dimmed(1));
    QVERIFY(bench.page.chart()->text_of(1) == before + " …");
    QTRY_VERIFY(!bench.page.chart()->is_dimmed(0));
    QVERIFY(bench.page.chart()->is_dimmed(1));  // its row has not come
    QVERIFY(!bench.page.settled());
    bench.shoot("waiting");
    QVERIFY(bench.settle());
    QVERIFY(!bench.page.chart()->is_dimmed(1));
    QVERIFY(bench.page.chart()->text_of(1) != before);
  }

  void a_newer_text_takes_the_older_ones_place_silently() {
    Bench bench({"--shift-pause", "120"});
    QVERIFY(bench.settle());
    bench.type_last_word("no");
    QTRY_VERIFY(bench.client.pending() == 1);
    bench.type_last_word("never");
    QVERIFY(bench.settle());
    for (const auto& row : bench.page.rows()) {
      QCOMPARE(row.asked.after, QStringLiteral("In my view, the answer is never"));
      QVERIFY(row.error.isEmpty() && !row.waiting);
    }
    QVERIFY(bench.messages.isEmpty());
    // Back to a text that was answered before it was replaced: still only the newest counts.
    QTest::keyClick(bench.editor(), Qt::Key_Backspace);
    bench.page.flush();
    QTest::keyClicks(bench.editor(), "r");
    QVERIFY(bench.settle());
    QCOMPARE(bench.page.rows()[1].asked.after, QStringLiteral("In my view, the answer is never"));
  }

  void one_run_that_fails_stops_no_other() {
    Bench bench({"--shift-fail", "2"});
    QVERIFY(bench.settle());
    QVERIFY(bench.page.rows()[0].answer.has_value());
    QVERIFY(!bench.page.rows()[1].answer.has_value());
    QVERIFY(bench.page.chart()->text_of(1).contains("the checkpoint of this run is missing"));
    QCOMPARE(bench.page.rows()[1].hint, QStringLiteral("Train the run again."));
    bench.type_last_word("sure");
    QVERIFY(bench.settle());
    QVERIFY(bench.outcome(0).delta != 0 || bench.page.rows()[0].asked.after.endsWith("sure"));
    QVERIFY(!bench.page.rows()[1].error.isEmpty());
    QVERIFY(bench.messages.isEmpty());
    bench.shoot("error");
  }

  void a_request_that_fails_is_told_inline_and_above() {
    Bench bench({"--fail", "shift"});
    QVERIFY(bench.settle());
    for (int row = 0; row < 2; ++row) {
      QVERIFY(bench.page.chart()->text_of(row).contains("checkpoint"));
    }
    QCOMPARE(bench.messages.size(), 1);
  }

  void undo_redo_and_restore() {
    Bench bench;
    QVERIFY(bench.settle());
    const QString original = bench.text();
    bench.type_last_word("sure");
    const QString edited = bench.text();
    QTest::keyClick(bench.editor(), Qt::Key_R, Qt::ControlModifier);
    QCOMPARE(bench.text(), original);
    QVERIFY(!bench.find<QToolButton>("shift-restore")->isEnabled());
    QTest::keyClick(bench.editor(), Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(bench.text(), edited);
    QTest::keyClick(bench.editor(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(bench.text(), original);
    QTest::keyClick(bench.editor(), Qt::Key_Z, Qt::ControlModifier);
    bench.click("shift-restore");
    QCOMPARE(bench.text(), original);
    QVERIFY(bench.settle());
    QCOMPARE(bench.outcome(1).delta, 0.0);
  }

  void variants_are_pinned_returned_to_deleted_and_brought_back() {
    Bench bench;
    QVERIFY(bench.settle());
    const QString original = bench.text();
    bench.type_last_word("certainly");
    QVERIFY(bench.settle());
    const double delta = bench.outcome(1).delta;
    QTest::keyClick(bench.editor(), Qt::Key_Return, Qt::ControlModifier);
    QCOMPARE(bench.page.variants()->rowCount(), 2);
    QCOMPARE(bench.variant(1, 0), QStringLiteral("#1"));
    QVERIFY2(bench.variant(1, 3).contains("flips"), qPrintable(bench.variant(1, 3)));
    bench.type_last_word("sure");
    bench.click("shift-pin");  // before the numbers are there: they follow
    QVERIFY(bench.settle());
    QVERIFY(bench.variant(2, 3).contains("keeps"));

    bench.click_variant(0);
    QCOMPARE(bench.text(), original);
    bench.click_variant(1);
    QVERIFY(bench.text().endsWith("certainly"));
    bench.page.flush();
    QVERIFY(bench.page.settled());  // known: nothing is asked
    QCOMPARE(bench.outcome(1).delta, delta);
    QTest::keyClick(bench.editor(), Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(bench.text(), original);
    // By keys.
    auto* table = bench.find<QTableView>("shift-variants");
    table->setFocus();
    table->selectRow(2);
    QTest::keyClick(table, Qt::Key_Return);
    QVERIFY(bench.text().endsWith("sure"));

    // The original cannot be deleted.
    bench.click_variant(0);
    QTest::keyClick(table, Qt::Key_Delete);
    QCOMPARE(bench.page.variants()->rowCount(), 3);
    bench.click_variant(1);
    QTest::keyClick(table, Qt::Key_Delete);
    QCOMPARE(bench.page.variants()->rowCount(), 2);
    QVERIFY(bench.variant(1, 1).endsWith("sure"));
    QVERIFY(bench.find<QLabel>("shift-deleted")->text().contains("certainly"));
    bench.click("shift-undo-delete");
    QCOMPARE(bench.page.variants()->rowCount(), 3);
    QVERIFY(bench.variant(1, 1).endsWith("certainly"));
    QVERIFY(bench.variant(1, 3).contains("flips"));
    QVERIFY(!bench.find<QPushButton>("shift-undo-delete")->isVisible());

    bench.click("shift-copy-variants");
    const QStringList lines = QApplication::clipboard()->text().split('\n');
    QCOMPARE(lines.size(), 5);
    QVERIFY(lines[1].startsWith("original,"));
    QVERIFY(lines[2].contains("flips"));
  }

  void a_variant_known_before_is_not_pinned_twice() {
    Bench bench;
    QVERIFY(bench.settle());
    bench.type_last_word("sure");
    bench.click("shift-pin");
    bench.click("shift-pin");
    QCOMPARE(bench.page.variants()->rowCount(), 2);
  }

  void the_margin_stays_chosen_minus_rejected_when_the_rejected_is_edited() {
    Bench bench;
    QVERIFY(bench.settle());
    const double margin = bench.outcome(1).margin_before;
    QVERIFY(margin > 0);
    bench.click("shift-edit-rejected");
    QVERIFY(bench.settle());
    QCOMPARE(bench.text(), QStringLiteral("Considering the statement, I say no"));
    QVERIFY(std::abs(bench.outcome(1).margin_before - margin) < 1e-12);
    bench.type_last_word("sure");
    QVERIFY(bench.settle());
    const auto moved = bench.outcome(1);
    QVERIFY(moved.delta > 0);
    QVERIFY(std::abs(moved.margin_after - (moved.other - moved.after)) < 1e-12);
    QVERIFY(std::abs(moved.margin_before - moved.margin_after - moved.delta) < 1e-12);
    bench.shoot("rejected");
    // Each side keeps its own edit.
    bench.click("shift-edit-chosen");
    QVERIFY(bench.settle());
    QCOMPARE(bench.text(), QStringLiteral("In my view, the answer is yes"));
    bench.click("shift-edit-rejected");
    QVERIFY(bench.text().endsWith("sure"));
  }

  void the_palette_edits_the_selection_or_everything() {
    Bench bench;
    QVERIFY(bench.settle());
    bench.click("shift-palette-filler");
    QCOMPARE(bench.text(), QStringLiteral("Well, in my view, the answer is yes"));
    bench.click("shift-palette-full-stop");
    QVERIFY(bench.text().endsWith("yes."));
    QTest::keyClick(bench.editor(), Qt::Key_Z, Qt::ControlModifier);
    QTest::keyClick(bench.editor(), Qt::Key_Z, Qt::ControlModifier);
    QVERIFY(!bench.page.editor()->is_edited());
    QTest::keyClick(bench.editor(), Qt::Key_End, Qt::ControlModifier);
    QTest::keyClick(bench.editor(), Qt::Key_Left, Qt::ControlModifier | Qt::ShiftModifier);
    bench.page.findChild<QAction*>("shift-palette-upper-case")->trigger();
    QCOMPARE(bench.text(), QStringLiteral("In my view, the answer is YES"));
    QVERIFY(bench.settle());
  }

  void a_restarted_engine_is_asked_again() {
    Bench bench;
    QVERIFY(bench.settle());
    bench.client.start();
    bench.type_last_word("sure");
    QTRY_VERIFY(bench.client.state() == EngineClient::State::ready);
    QVERIFY(bench.settle());
    QVERIFY(bench.page.rows()[1].answer.has_value());
    QVERIFY(bench.page.rows()[1].asked.after.endsWith("sure"));
  }

  void long_answers_are_shown_within_a_frame_or_two() {
    std::vector<shift::RunRow> rows(4);
    for (size_t i = 0; i < rows.size(); ++i) {
      rows[i].scorer = {static_cast<qint64>(i + 1), 0};
      rows[i].type = "IM";
      rows[i].answer.emplace();
      rows[i].answer->type = "IM";
      for (int k = 0; k < 512; ++k) {
        api::TokenCredit token;
        token.text = " word" + std::to_string(k);
        token.bytes = api::base64_encode(token.text);
        token.credit = 0.001 * k;
        rows[i].answer->before_tokens.tokens.push_back(token);
        token.credit *= 2;
        rows[i].answer->after_tokens.tokens.push_back(token);
        rows[i].answer->alignment.emplace_back(k == 2 ? -1 : k, k);
      }
    }
    shift::MovedView view;
    view.resize(700, 300);
    view.show();
    view.set_rows(rows, Edited::chosen);  // makes the widgets
    QElapsedTimer clock;
    clock.start();
    for (shift::RunRow& row : rows) row.serial += 1;
    view.set_rows(rows, Edited::chosen);
    qInfo("four answers of 512 tokens: %lld ms", clock.restart());
    view.set_rows(rows, Edited::chosen);
    const qint64 again = clock.elapsed();
    QVERIFY2(again < 50, qPrintable(QString::number(again)));
  }

  void pictures_are_written() {
    Bench bench;
    QVERIFY(bench.settle());
    bench.type_last_word("no");
    QVERIFY(bench.settle());
    const auto draw = [&](QPainter* painter) {
      bench.page.chart()->draw(painter, bench.page.chart()->picture_size());
    };
    const QByteArray png =
        shift::picture_bytes("a.png", "t", bench.page.chart()->picture_size(), Qt::white, draw);
    const QImage image = QImage::fromData(png, "PNG");
    QCOMPARE(image.size(), 2 * bench.page.chart()->picture_size());
    QSet<QRgb> colours;
    for (int y = 0; y < image.height(); y += 2) {
      for (int x = 0; x < image.width(); x += 2) colours << image.pixel(x, y);
    }
    QVERIFY(colours.size() > 20);
    const QByteArray svg =
        shift::picture_bytes("a.svg", "t", bench.page.moved()->picture_size(), Qt::white,
                             [&](QPainter* painter) { bench.page.moved()->draw_picture(painter); });
    QVERIFY(svg.contains("<svg") && svg.contains("In"));
  }

  void long_texts_and_small_windows_lose_nothing() {
    Bench bench({"--long"});
    QVERIFY(bench.settle());
    bench.type_last_word("certainly");
    QVERIFY(bench.settle());
    // What stands in front of the edit is one column.
    const auto* tokens = bench.page.moved()->tokens(0);
    const auto all = shift::columns_of(*bench.page.rows()[0].answer);
    QVERIFY(tokens->folded() > 20);
    QCOMPARE(tokens->column_count(), static_cast<int>(all.size()) - tokens->folded() + 1);
    QVERIFY(tokens->tooltip_of(0).contains("unchanged"));
    bench.shoot("long");
    bench.page.resize(640, 300);
    QTest::qWait(30);
    bench.shoot("small");
  }
};

QTEST_MAIN(TestShiftPage)
#include "test_shift_page.moc"
