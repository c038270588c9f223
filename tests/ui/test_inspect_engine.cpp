// SPDX-License-Identifier: GPL-3.0-or-later
// The Inspect page over the real engine: an explicit and an implicit run and the language model
// they came from, side by side. The tokens drawn add up to the rewards shown.
#include <QPlainTextEdit>
#include <QStandardPaths>
#include <cmath>
#include <memory>

#include "tests/engine/engine_driver.h"
#include "tests/ui/page_driver.h"
#include "ui/inspect/attribution_view.h"
#include "ui/inspect/credit_text.h"
#include "ui/inspect/inspect_page.h"
#include "ui/widgets/pair_picker.h"
#include "ui/inspect/response_view.h"
#include "ui/widgets/format.h"
#include "ui/widgets/token_heatmap.h"

using namespace loupe;
using namespace loupe::ui;

class TestInspectEngine : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() {
    QStandardPaths::setTestModeEnabled(true);
    theme::initialise();
    theme::apply(theme::Mode::light);
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
    page_ = std::make_unique<PageWindow<InspectPage>>(
        QStringList{QStringLiteral(LOUPE_ENGINE), "--workspace", place_->workspace(), "serve"});
    QVERIFY(page_->settle(20000));
    page_->click("inspect-add");
    QVERIFY(page_->settle(20000));
  }
  void cleanupTestCase() { page_.reset(); }

  void the_sums_of_three_columns_are_the_rewards() {
    AttributionView* view = page()->view();
    QCOMPARE(view->sides(), 3);
    for (int pair = 0; pair < 2; ++pair) {
      if (pair > 0) page_->click("inspect-next");
      QVERIFY(page_->settle(20000));
      for (int side = 0; side < 3; ++side) check(side);
    }
    page_->shoot(QStringLiteral("inspect-real"));
  }

  void a_pair_of_a_data_set_and_typed_text() {
    const auto& datasets = page_->mirror().datasets();
    QVERIFY(!datasets.empty());
    Place place = page()->place();
    for (const char* key : {"set", "pairs_run"}) place.erase(key);
    place["dataset"] = datasets.front().id;
    place["index"] = 1;
    page()->go(place);
    QVERIFY(page_->settle(20000));
    for (int side = 0; side < 3; ++side) check(side);
    page()->go({{"prompt", "would you?"}, {"chosen", "surely so"}, {"rejected", "never"}});
    QVERIFY(page_->settle(20000));
    for (int side = 0; side < 3; ++side) check(side);
    QVERIFY(page_->messages.isEmpty());
  }

 private:
  InspectPage* page() const { return page_->operator->(); }
  void check(int side) const {
    static const std::string types[] = {"EX", "IM", "LM"};
    const api::Attribution* shown = page()->view()->attribution(side);
    QVERIFY2(shown != nullptr, qPrintable(page_->messages.join(' ')));
    QCOMPARE(shown->type, types[side]);
    for (const bool chosen : {true, false}) {
      const api::ResponseCredit& response = chosen ? shown->chosen : shown->rejected;
      const ResponseView* drawn = page()->view()->response(side, chosen);
      double sum = response.offset;
      for (const auto& token : drawn->heatmap()->tokens()) sum += token.value;
      QVERIFY(!response.tokens.empty());
      QVERIFY(response.reward != 0);
      QVERIFY(std::abs(sum - response.reward) < 1e-5 * (1 + std::abs(response.reward)));
      QVERIFY(drawn->sum_text().contains(reward_name(QString::fromStdString(shown->type)) +
                                         QLatin1Char(' ') + short_number(response.reward)));
    }
  }

  std::unique_ptr<test::Place> place_;
  std::unique_ptr<PageWindow<InspectPage>> page_;
};

QTEST_MAIN(TestInspectEngine)
#include "test_inspect_engine.moc"
