// SPDX-License-Identifier: GPL-3.0-or-later
// The Shift page over the real engine, on a tiny model trained as an explicit and an implicit
// reward model: what is shown is what the command line says.
#include <QComboBox>
#include <QPlainTextEdit>
#include <QRadioButton>
#include <QToolButton>
#include <QtTest>
#include <memory>

#include "tests/engine/engine_driver.h"
#include "ui/shift/dumbbell_chart.h"
#include "ui/shift/moved_view.h"
#include "ui/shift/response_editor.h"
#include "ui/shift/shift_page.h"
#include "ui/widgets/format.h"
#include "ui/widgets/theme.h"

using namespace loupe;
using namespace loupe::ui;
using shift::Edited;
using shift::Verdict;
using test::Said;

namespace {

bool close(double a, double b) {
  return std::abs(a - b) <= 1e-5 * (1 + std::abs(b));
}

}  // namespace

class TestShiftEngine : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() {
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
    }
    qputenv("OMP_NUM_THREADS", "1");
    client_ = std::make_unique<EngineClient>(
        QStringList{QStringLiteral(LOUPE_ENGINE), "--workspace", place_->workspace(), "serve"});
    mirror_ = std::make_unique<WorkspaceMirror>(client_.get());
    page_ = std::make_unique<ShiftPage>(client_.get(), mirror_.get());
    page_->resize(1190, 620);
    page_->show();
    QVERIFY(QTest::qWaitForWindowExposed(page_.get()));
    client_->start();
    QTRY_VERIFY_WITH_TIMEOUT(!page_->rows().empty(), 20000);
    QVERIFY(settle());
  }
  void cleanupTestCase() {
    page_.reset();
    mirror_.reset();
    client_.reset();
  }

  void it_opens_on_both_runs() {
    QCOMPARE(page_->rows().size(), size_t(2));
    QCOMPARE(page_->rows()[0].type, QStringLiteral("EX"));
    QCOMPARE(page_->rows()[1].type, QStringLiteral("IM"));
    for (const auto& row : page_->rows()) {
      QVERIFY2(row.answer.has_value(), qPrintable(row.error));
      QVERIFY(row.scale.has_value());
      QVERIFY(row.answer->before != 0);
      QVERIFY(close(row.answer->before, row.answer->after));
    }
  }

  void typing_shows_what_the_command_line_says() {
    page_->go({{"set", "held_out"}, {"index", 1}});
    QVERIFY(settle());
    auto* editor = page_->findChild<QPlainTextEdit*>("shift-editor");
    editor->setFocus();
    QTest::keyClick(editor, Qt::Key_End, Qt::ControlModifier);
    int partials = 0;
    const auto counting =
        connect(client_.get(), &EngineClient::notified, this,
                [&](const QString& method) { partials += method == "$/partial"; });
    QTest::keyClicks(editor, " kindly");
    QVERIFY(settle());
    disconnect(counting);
    QVERIFY(partials >= 2);  // a row each
    compare_with_command_line();
    for (const auto& row : page_->rows()) QVERIFY(row.answer->before != row.answer->after);
    // The token changes add up, and for an implicit model the two halves do.
    for (const auto& row : page_->rows()) {
      const shift::Sums sums = shift::sums_of(*row.answer, row.scale);
      QVERIFY(sums.edited != 0 && sums.later != 0);
      QVERIFY2(sums.error < 1e-5, qPrintable(QString::number(sums.error)));
      QVERIFY(std::abs(sums.earlier) < 1e-5);
      if (sums.is_implicit) QVERIFY(close(sums.policy + sums.reference, sums.total));
    }
  }

  void flips_are_right_for_either_side() {
    for (const bool chosen : {true, false}) {
      page_->go({{"set", "held_out"}, {"index", 2}, {"edit", chosen ? "chosen" : "rejected"}});
      QVERIFY(settle());
      // What the other response says, and more of what the models learnt to rate low or high.
      const QString more =
          chosen ? QStringLiteral(" never people") : QStringLiteral(" sure truthful");
      QString text = page_->rows()[0].asked.other;
      bool flipped = false;
      for (int trial = 0; trial < 4 && !flipped; ++trial) {
        text += more;
        page_->editor()->put(text);
        page_->flush();
        QVERIFY(settle());
        for (const auto& row : page_->rows()) {
          const auto outcome = shift::outcome_of(*row.answer, page_->edited());
          flipped = flipped || outcome.verdict == Verdict::flips;
        }
      }
      QVERIFY(flipped);
      compare_with_command_line();
    }
  }

  void a_newer_text_wins() {
    page_->go({{"set", "held_out"}, {"index", 3}, {"edit", "chosen"}});
    QVERIFY(settle());
    QSignalSpy messages(page_.get(), &Page::message);
    for (int i = 0; i < 6; ++i) {
      page_->editor()->put(QStringLiteral("my answer %1").arg(i));
      page_->flush();
    }
    QVERIFY(settle());
    QVERIFY(messages.isEmpty());
    for (const auto& row : page_->rows()) {
      QCOMPARE(row.asked.after, QStringLiteral("my answer 5"));
      QVERIFY2(row.answer.has_value() && !row.waiting, qPrintable(row.error));
    }
  }

  // What was trained, exported and brought back as models scores as the runs do, to the last share.
  void brought_models_score_as_their_runs() {
    std::vector<qint64> models;
    for (const QString type : {"ex", "im"}) {
      const QString folder = place_->path("exported-" + type);
      const Said exported = place_->run({"export", "--run", "tiny-" + type, folder});
      QVERIFY2(exported.code == 0, exported.described());
      const Said imported = place_->run({"model", "import", folder, "--name", "brought-" + type});
      QVERIFY2(imported.code == 0, imported.described());
    }
    const auto model_named = [this](const std::string& name) {
      for (const api::Model& model : mirror_->models()) {
        if (model.name == name) return model.id;
      }
      return int64_t(0);
    };
    QTRY_VERIFY_WITH_TIMEOUT(model_named("brought-ex") != 0 && model_named("brought-im") != 0,
                             20000);
    Place place{{"set", "held_out"}, {"index", 4}, {"edit", "chosen"}};
    place["runs"] = mirror_runs();
    place["models"] = {model_named("brought-ex"), model_named("brought-im")};
    page_->go(place);
    QVERIFY(settle());
    page_->editor()->put(page_->editor()->text() + QStringLiteral(" kindly"));
    page_->flush();
    QVERIFY(settle());
    const auto& rows = page_->rows();
    QCOMPARE(rows.size(), size_t(4));
    for (size_t i = 0; i < 2; ++i) {
      const auto& run = rows[i];
      const auto& model = rows[i + 2];
      QVERIFY2(run.answer && model.answer, qPrintable(run.error + model.error));
      QCOMPARE(model.type, run.type);
      QVERIFY(model.scorer.model != 0);
      QVERIFY(run.answer->before != run.answer->after);
      QVERIFY(close(model.answer->before, run.answer->before));
      QVERIFY(close(model.answer->after, run.answer->after));
      const shift::Sums a = shift::sums_of(*run.answer, run.scale);
      const shift::Sums b = shift::sums_of(*model.answer, model.scale);
      QVERIFY(close(a.edited, b.edited) && close(a.later, b.later));
      QVERIFY(close(a.policy, b.policy) && close(a.reference, b.reference));
      QVERIFY(!b.in_nats);
    }
    page_->go({{"runs", mirror_runs()}});
    QVERIFY(settle());
  }

  void an_empty_text_is_an_answer_or_an_error_inline() {
    auto* editor = page_->findChild<QPlainTextEdit*>("shift-editor");
    editor->setFocus();
    QTest::keyClick(editor, Qt::Key_A, Qt::ControlModifier);
    QTest::keyClick(editor, Qt::Key_Delete);
    QVERIFY(settle());
    for (const auto& row : page_->rows()) QVERIFY(row.answer.has_value() || !row.error.isEmpty());
  }

 private:
  std::vector<qint64> mirror_runs() const {
    std::vector<qint64> ids;
    for (const char* type : {"EX", "IM"}) {
      for (const api::Run& run : mirror_->runs()) {
        if (run.type == type) ids.push_back(run.id);
      }
    }
    return ids;
  }

  bool settle() const {
    return QTest::qWaitFor([this] { return page_->settled(); }, 20000);
  }

  void compare_with_command_line() {
    const bool chosen = page_->edited() == Edited::chosen;
    const shift::Question asked = page_->rows()[0].asked;
    const Said said = place_->run({"shift", "--run", "tiny-ex", "--run", "tiny-im", "--prompt",
                                   asked.prompt, "--response", asked.before, "--edited",
                                   asked.after, "--rejected", asked.other});
    QVERIFY2(said.code == 0, said.described());
    const auto list = said.first();
    QVERIFY(list.is_array() && list.size() == 2);
    for (size_t i = 0; i < 2; ++i) {
      const shift::Outcome shown = shift::outcome_of(*page_->rows()[i].answer, page_->edited());
      const double before = list[i]["before"], after = list[i]["after"];
      const double other = list[i]["rejected"];
      QVERIFY(close(shown.before, before) && close(shown.after, after));
      QVERIFY(close(shown.other, other));
      const double margin_before = chosen ? before - other : other - before;
      const double margin_after = chosen ? after - other : other - after;
      QVERIFY(close(shown.margin_before, margin_before) && close(shown.margin_after, margin_after));
      const bool flips = (margin_before > 0) != (margin_after > 0);
      QCOMPARE(shown.verdict, flips ? Verdict::flips : Verdict::keeps);
      QCOMPARE(list[i]["flipped"].get<bool>(), flips);
      const QString text = page_->chart()->text_of(static_cast<int>(i));
      QVERIFY2(text.contains(signed_number(shown.after)) &&
                   text.contains(signed_number(shown.margin_after)) &&
                   text.contains(flips ? "flips" : "keeps"),
               qPrintable(text));
      // To the precision shown, the command line's numbers.
      QVERIFY2(std::abs(shown.delta - (after - before)) <= 1e-3 * std::abs(after - before) + 1e-8,
               qPrintable(text));
    }
  }

  std::unique_ptr<test::Place> place_;
  std::unique_ptr<EngineClient> client_;
  std::unique_ptr<WorkspaceMirror> mirror_;
  std::unique_ptr<ShiftPage> page_;
};

QTEST_MAIN(TestShiftEngine)
#include "test_shift_engine.moc"
