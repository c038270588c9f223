// SPDX-License-Identifier: GPL-3.0-or-later
// The Train page driven by mouse and keys against a fake engine.
#include <QAction>
#include <QCheckBox>
#include <QClipboard>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QStandardPaths>
#include <QToolButton>

#include "tests/ui/train_driver.h"
#include "ui/train/estimate_box.h"
#include "ui/train/live_curves.h"
#include "ui/widgets/line_chart.h"

using namespace loupe;
using namespace loupe::ui;

namespace {

QStringList fake(const QStringList& options = {}) {
  return QStringList{QStringLiteral(LOUPE_FAKE_ENGINE)} + options + QStringList{"serve"};
}

}  // namespace

class TestTrainPage : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() {
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName("RewardLoupe");
    QCoreApplication::setApplicationName("test_train_page");
    theme::initialise();
  }
  void init() { QSettings().clear(); }

  void before_the_engine_is_ready_the_form_can_be_filled() {
    TrainWindow window(fake({"--slow", "initialize", "1500"}));
    auto* start = window.find<QPushButton>("train-start");
    QVERIFY(!start->isEnabled());
    QVERIFY(start->toolTip().contains("is starting"));
    QVERIFY(window.find<QWidget>("train-epochs")->isEnabled());
    window.type("train-lr", "2e-5");
    window.shoot("train-loading");
    QVERIFY(window.settle());
    QTRY_VERIFY(start->isEnabled());
    QCOMPARE(window->place()["recipe"]["lr"].get<double>(), 2e-5);
    QCOMPARE(window->place()["model"].get<std::string>(), "SmolLM2-135M-Instruct");
  }

  void the_project_brings_its_recipe_model_and_sets() {
    TrainWindow window(fake());
    QVERIFY(window.settle());
    QTRY_COMPARE(window.find<QComboBox>("train-preset")->currentText(),
                 QStringLiteral("as the project says"));
    QCOMPARE(window.find<QLineEdit>("train-lr")->text(), QStringLiteral("3e-5"));
    QCOMPARE(window.find<QComboBox>("train-compute_dtype")->currentText(), QStringLiteral("bf16"));
    for (const char* set : {"train", "test", "reworded_train", "reworded_test"}) {
      QVERIFY(window.find<QCheckBox>(QStringLiteral("train-set-") + set)->isChecked());
    }
    QVERIFY(!window->place().contains("sets"));
    window.check("train-set-train");
    QCOMPARE(window->place()["sets"], (Place{"test", "reworded_train", "reworded_test"}));
    QCOMPARE(window.find<QLineEdit>("train-name")->placeholderText(),
             QStringLiteral("ex-persona-s0, im-persona-s0"));
  }

  void what_it_takes_follows_the_form() {
    TrainWindow window(fake());
    QVERIFY(window.settle());
    const auto text = [&](const char* name) { return window.find<QLabel>(name)->text(); };
    QTRY_COMPARE(text("train-estimate-time"), QStringLiteral("about 4:29"));  // EX and IM
    QCOMPARE(text("train-estimate-memory-text"), QStringLiteral("3.7 GB of 8.0 GB on cpu"));
    QCOMPARE(text("train-estimate-pairs"), QStringLiteral("80 to train on, 280 to evaluate"));
    window.click("train-estimate-copy");
    QCOMPARE(QApplication::clipboard()->text().count('\n'), 1);
    QVERIFY(QApplication::clipboard()->text().contains("train --type im"));
    window.click("train-type-ex");
    QTRY_COMPARE(text("train-estimate-time"), QStringLiteral("about 1:58"));
    window.type("train-seeds", "0, 1, 2");
    QTRY_COMPARE(text("train-estimate-time"), QStringLiteral("about 5:54"));
    QCOMPARE(window.find<QPushButton>("train-start")->text(), QStringLiteral("Start 3 runs"));
    window.open_group(2);
    window.type("train-max_prompt_tokens", "64");
    QTRY_COMPARE(text("train-estimate-left-out"), QStringLiteral("3 too long, left out"));
    // More than there is: refused with the numbers.
    window.type("train-batch_size", "64");
    auto* start = window.find<QPushButton>("train-start");
    QTRY_VERIFY(!start->isEnabled());
    QVERIFY(start->toolTip().contains("9.3 GB"));
    QVERIFY(start->toolTip().contains("8.0 GB"));
    window.shoot("train-too-large");
    window.type("train-batch_size", "8");
    QTRY_VERIFY(start->isEnabled());
  }

  void values_that_differ_from_the_preset_are_marked() {
    TrainWindow window(fake());
    QVERIFY(window.settle());
    auto* changed = window.find<QLabel>("train-changed");
    QTRY_COMPARE(window.find<QComboBox>("train-preset")->currentText(),
                 QStringLiteral("as the project says"));
    QVERIFY(!changed->isVisible());
    window.type("train-epochs", "6");
    QVERIFY(changed->isVisible());
    window.click("train-reset");
    QVERIFY(!changed->isVisible());
    QCOMPARE(window.find<QSpinBox>("train-epochs")->value(), 4);
    window.choose("train-preset", 1);
    QCOMPARE(window.find<QSpinBox>("train-epochs")->value(), 50);
    QCOMPARE(window.find<QSpinBox>("train-gradient_accumulation")->value(), 4);
    QCOMPARE(window.find<QLineEdit>("train-lr")->text(), QStringLiteral("1e-6"));
    QVERIFY(!changed->isVisible());
    // A project says its seeds, too, when asked.
    window.choose("train-preset", 4);
    QCOMPARE(window.find<QLineEdit>("train-seeds")->text(), QStringLiteral("0, 1, 2"));
  }

  void low_rank_fields_wake_with_their_choice() {
    TrainWindow window(fake());
    QVERIFY(window.settle());
    window.open_group(0);
    const char* fields[] = {"train-lora_rank", "train-lora_alpha", "train-lora_targets"};
    for (const char* field : fields) QVERIFY(!window.find<QWidget>(field)->isEnabled());
    window.choose("train-tuning", 1);
    QCOMPARE(window.find<QComboBox>("train-tuning")->currentText(), QStringLiteral("lora"));
    for (const char* field : fields) QVERIFY(window.find<QWidget>(field)->isEnabled());
    window.type("train-lora_rank", "4");
    QTest::qWait(50);
    window.shoot("train-lora");
    QVERIFY(window.settle());
    QTRY_VERIFY(window.find<QPushButton>("train-start")->isEnabled());
    // What is set back sleeps again; the values stay.
    window.click("train-reset");
    for (const char* field : fields) QVERIFY(!window.find<QWidget>(field)->isEnabled());
  }

  void a_preset_of_ones_own() {
    {
      TrainWindow window(fake());
      QVERIFY(window.settle());
      window.type("train-epochs", "7");
      window.click("train-preset-save");
      window.type("train-preset-name", "laptop");
      QTest::keyClick(window.find<QWidget>("train-preset-name"), Qt::Key_Return);
      QVERIFY(window.find<QWidget>("train-preset-name")->isVisible());  // the program's own name
      window.type("train-preset-name", "seven");
      for (const int group : {0, 1, 2}) window.open_group(group);
      QTest::qWait(50);
      window.shoot("train-groups");
      window.click("train-preset-name-ok");
      QVERIFY(!window.find<QWidget>("train-preset-name")->isVisible());
      QCOMPARE(window.find<QComboBox>("train-preset")->currentText(), QStringLiteral("seven"));
      QVERIFY(!window.find<QLabel>("train-changed")->isVisible());
    }
    TrainWindow window(fake());
    QVERIFY(window.settle());
    auto* presets = window.find<QComboBox>("train-preset");
    window.choose("train-preset", presets->findText("seven"));
    QCOMPARE(window.find<QSpinBox>("train-epochs")->value(), 7);
    window.click("train-preset-delete");
    QCOMPARE(presets->findText("seven"), -1);
    QCOMPARE(window.find<QSpinBox>("train-epochs")->value(), 7);  // the values stay
    QVERIFY(window.find<QLabel>("train-changed")->isVisible());
  }

  void what_cannot_be_read_or_is_refused_is_said_at_the_field() {
    TrainWindow window(fake());
    QVERIFY(window.settle());
    auto* error = window.find<QLabel>("train-error-lr");
    auto* start = window.find<QPushButton>("train-start");
    QTRY_VERIFY(start->isEnabled());
    window.type("train-lr", "fast");
    QVERIFY(error->isVisible());
    QVERIFY(!start->isEnabled());
    window.type("train-lr", "0");
    QTRY_VERIFY(error->text().contains("positive"));
    QVERIFY(!window.find<QLabel>("train-error-beta")->isVisible());
    window.shoot("train-error");
    QTest::keyClick(window.find<QWidget>("train-lr"), Qt::Key_Return, Qt::ControlModifier);
    QTRY_VERIFY(!window.find<QLabel>("train-start-error")->text().isEmpty());
    QVERIFY(window.messages.last().contains("lr must be"));
    QVERIFY(window->live()->runs().isEmpty());
    window.type("train-lr", "1e-5");
    QVERIFY(!error->isVisible());
    window.type("train-seeds", "one");
    QVERIFY(window.find<QLabel>("train-error-seed")->isVisible());
    QVERIFY(!start->isEnabled());
  }

  void both_types_and_all_seeds_start_with_one_recipe() {
    TrainWindow window(fake());
    QVERIFY(window.settle());
    window.type("train-seeds", "0 1");
    window.type("train-epochs", "5");
    window.type("train-name", "mine");
    auto* start = window.find<QPushButton>("train-start");
    QTRY_VERIFY(start->isEnabled());
    QCOMPARE(start->text(), QStringLiteral("Start 4 runs"));
    window.shoot("train-filled");
    QTest::keyClick(window.find<QWidget>("train-name"), Qt::Key_Return, Qt::ControlModifier);
    QTRY_COMPARE(window->live()->runs().size(), 4);
    std::vector<Place> asked;
    window.client().request("test/asked_to_train", {}, this, [&](const api::json& answer) {
      asked = answer["rows"].get<std::vector<Place>>();
    });
    QTRY_COMPARE(asked.size(), size_t(4));
    const std::pair<const char*, int> order[] = {{"EX", 0}, {"IM", 0}, {"EX", 1}, {"IM", 1}};
    for (size_t i = 0; i < 4; ++i) {
      Place recipe = asked[i]["recipe"];
      QCOMPARE(recipe["type"].get<std::string>(), order[i].first);
      QCOMPARE(recipe["seed"].get<int>(), order[i].second);
      QCOMPARE(recipe["epochs"].get<int>(), 5);
      recipe.erase("type");
      recipe.erase("seed");
      Place first = asked[0]["recipe"];
      first.erase("type");
      first.erase("seed");
      QCOMPARE(recipe, first);
      QVERIFY(asked[i].contains("project"));
    }
    QCOMPARE(asked[3]["name"].get<std::string>(), "mine-im-s1");
  }

  void curves_come_live_and_a_run_is_stopped_and_resumed() {
    TrainWindow window(fake());
    QVERIFY(window.settle());
    QTRY_VERIFY(window.find<QPushButton>("train-start")->isEnabled());
    window.click("train-start");
    QTRY_COMPARE(window->live()->runs(), (QList<qint64>{10, 11}));
    auto* loss = window.find<LineChart>("train-loss-chart");
    auto* accuracy = window.find<LineChart>("train-accuracy-chart");
    QTRY_VERIFY(loss->series().size() == 2 && loss->series()[1].x.size() > 1);
    const auto before = loss->series()[0].x.size();
    // The engine says that something changed, and the curves grow.
    for (int i = 0; i < 14; ++i) {
      window.mirror().refresh();
      QVERIFY(window.settle());
      QTest::qWait(20);
    }
    QTRY_VERIFY(loss->series()[0].x.size() > before);
    QTRY_VERIFY(accuracy->series().size() == 8);
    for (const auto& series : accuracy->series()) {
      QCOMPARE(series.line == Qt::DashLine, series.name.contains("reworded"));
      QCOMPARE(series.colour,
               series.name.startsWith("im") ? theme::implicit_model() : theme::explicit_model());
    }
    const auto& rewards = window.find<LineChart>("train-im-rewards-chart")->series();
    QCOMPARE(rewards.size(), size_t(2));
    QVERIFY(rewards[0].name.contains("chosen") && rewards[0].line == Qt::SolidLine);
    QVERIFY(rewards[1].name.contains("rejected") && rewards[1].line == Qt::DashLine);
    QVERIFY(rewards[0].y.last() > 0 && rewards[1].y.last() < 0);
    window.shoot("train-running");

    QVERIFY(!window.find<QWidget>("resume-run-11")->isVisible());
    window.click("stop-run-11");
    QTRY_VERIFY(window.find<QWidget>("resume-run-11")->isVisible());
    QVERIFY(window.find<QLabel>("live-state-11")->text().startsWith("stopped"));
    window.click("resume-run-11");
    QTRY_VERIFY(window.find<QWidget>("stop-run-11")->isEnabled());
    window.click("inspect-run-10");
    QCOMPARE(window.opened["page"].get<std::string>(), "inspect");
    QCOMPARE(window.opened["runs"], Place::array({10}));
    window.click("open-runs-10");
    QCOMPARE(window.opened["page"].get<std::string>(), "runs");
    const auto csv = [&] { return window->live()->curves()->csv(); };
    QTRY_VERIFY(csv().contains("\nim-rewards,"));  // a resumed run's points are asked for anew
    QVERIFY(csv().startsWith("chart,series,epoch,value\naccuracy,"));
    for (int i = 0; i < 40; ++i) window.mirror().refresh(), QTest::qWait(5);
    QTRY_VERIFY(window.find<QWidget>("train-clear")->isEnabled());
    QTRY_VERIFY_WITH_TIMEOUT(window.find<QLabel>("live-state-10")->text().startsWith("done"), 9000);
    window.click("train-clear");
    QVERIFY(!window->live()->runs().contains(10));
  }

  void a_place_brings_everything_back() {
    Place place;
    {
      TrainWindow window(fake());
      QVERIFY(window.settle());
      window.choose("train-preset", 2);
      window.click("train-type-im");
      window.type("train-beta", "0.05");
      window.check("train-set-test");
      place = window->place();
    }
    TrainWindow window(fake({"--slow", "initialize", "300"}));
    window->go(place);  // before anything is known
    QVERIFY(window.settle());
    QTRY_COMPARE(window->place(), place);
    QCOMPARE(window.find<QLineEdit>("train-beta")->text(), QStringLiteral("0.05"));
    QVERIFY(!window.find<QCheckBox>("train-set-test")->isChecked());
    QVERIFY(window.find<QToolButton>("train-type-im")->isChecked());
    QVERIFY(window.find<QLabel>("train-changed")->isVisible());
  }

  void a_place_of_the_command_palette() {
    TrainWindow window(fake());
    QVERIFY(window.settle());
    QTRY_COMPARE(window.find<QComboBox>("train-data")->currentIndex(), 0);
    window->go({{"dataset", 2}});
    QVERIFY(window.find<QComboBox>("train-data")->currentText().startsWith("french"));
    QCOMPARE(window.find<QComboBox>("train-preset")->currentText(), QStringLiteral("laptop"));
    window->go({{"model", 1}, {"project", "/fake/projects/persona/persona.rlproj"}});
    QCOMPARE(window.find<QComboBox>("train-model")->currentText(),
             QStringLiteral("SmolLM2-135M-Instruct"));
    QCOMPARE(window.find<QComboBox>("train-preset")->currentText(),
             QStringLiteral("as the project says"));
  }

  void the_recipe_of_a_run() {
    TrainWindow window(fake());
    QVERIFY(window.settle());
    window.type("train-lr", "7e-6");
    window.click("train-type-im");
    QTRY_VERIFY(window.find<QPushButton>("train-start")->isEnabled());
    window.click("train-start");
    QTRY_VERIFY(window.mirror().run(10) != nullptr);
    window.click("train-reset");
    window.click("train-type-both");
    window->go({{"recipe_of", 10}});
    QCOMPARE(window.find<QLineEdit>("train-lr")->text(), QStringLiteral("7e-6"));
    QVERIFY(window.find<QToolButton>("train-type-im")->isChecked());
  }

  void known_pairs_as_data_and_as_a_set() {
    TrainWindow window(fake());
    QVERIFY(window.settle());
    auto* data = window.find<QComboBox>("train-data");
    QTRY_VERIFY(data->findText("french", Qt::MatchStartsWith) >= 0);
    QVERIFY(window.add_set("french.jsonl (200 pairs)"));
    QTRY_VERIFY(window->findChild<QCheckBox*>("train-set-french") != nullptr);
    QCOMPARE(window->place()["eval_datasets"], Place::array({2}));
    window.choose("train-data", data->findText("french", Qt::MatchStartsWith));
    QCOMPARE(window->place()["dataset"].get<int>(), 2);
    QVERIFY(!window->place().contains("project"));
    QVERIFY(window->findChild<QCheckBox*>("train-set-test") == nullptr ||
            !window.find<QCheckBox>("train-set-test")->isVisible());
    // There is no project to say anything.
    QCOMPARE(window.find<QComboBox>("train-preset")->findText("as the project says"), -1);
  }

  void without_a_model_it_offers_the_next_step() {
    TrainWindow window(fake({"--empty"}));
    QVERIFY(window.settle());
    QTRY_VERIFY(window.find<QWidget>("train-empty-fetch")->isVisible());
    QVERIFY(window.find<QWidget>("train-empty-import")->isEnabled());
    window.shoot("train-empty");
    window.click("train-empty-fetch");
    QTRY_VERIFY(window.find<QWidget>("train-empty-progress")->isVisible());
    QTRY_VERIFY_WITH_TIMEOUT(window.find<QWidget>("train-model")->isVisible(), 5000);
    QTRY_VERIFY(window.find<QPushButton>("train-start")->isEnabled());
  }

  void a_fetch_that_fails_says_why() {
    TrainWindow window(fake({"--empty", "--fail", "models/fetch_demo"}));
    QVERIFY(window.settle());
    QTRY_VERIFY(window.find<QWidget>("train-empty-fetch")->isVisible());
    window.click("train-empty-fetch");
    QTRY_VERIFY(window.find<QLabel>("train-empty-failure-hint")->isVisible());
    QVERIFY(window.find<QLabel>("train-empty-failure-hint")->text().contains("Train the run again"));
    QVERIFY(window.find<QWidget>("train-empty-fetch")->isEnabled());
  }

  void everything_is_reached_with_the_tab_key() {
    TrainWindow window(fake());
    QVERIFY(window.settle());
    QSet<QString> reached;
    window.find<QWidget>("train-model")->setFocus();
    for (int i = 0; i < 60; ++i) {
      if (QWidget* focus = QApplication::focusWidget()) reached.insert(focus->objectName());
      QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
    }
    for (const char* name :
         {"train-model", "train-import", "train-data", "train-type-ex", "train-preset",
          "train-preset-save", "train-set-test", "train-add-set", "train-epochs", "train-lr",
          "train-beta", "train-batch_size", "train-gradient_accumulation", "train-seeds",
          "train-estimate-copy", "train-name", "train-start"}) {
      QVERIFY2(reached.contains(name), name);
    }
    // Among the types the arrows go.
    auto* type = window.find<QToolButton>("train-type-ex");
    type->setFocus();
    QTest::keyClick(type, Qt::Key_Space);
    QVERIFY(type->isChecked());
    QTest::keyClick(type, Qt::Key_Right);
    QCOMPARE(window->place()["types"], Place::array({"IM"}));
    for (const QWidget* widget : window->findChildren<QWidget*>()) {
      const bool input = qobject_cast<const QLineEdit*>(widget) != nullptr ||
                         qobject_cast<const QComboBox*>(widget) != nullptr;
      if (input && !widget->objectName().startsWith("qt_")) {
        QVERIFY2(!widget->accessibleName().isEmpty(), qPrintable(widget->objectName()));
      }
    }
  }
};

QTEST_MAIN(TestTrainPage)
#include "test_train_page.moc"
