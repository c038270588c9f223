// SPDX-License-Identifier: GPL-3.0-or-later
// What the Train page asks for, as a value: requests, places, presets, where a run came from.
#include <QSettings>
#include <QStandardPaths>
#include <QtTest>

#include "ui/train/estimate_box.h"
#include "ui/train/recipe_fields.h"
#include "ui/train/recipe_presets.h"
#include "ui/train/run_origin.h"
#include "ui/train/train_setup.h"

using namespace loupe;
using namespace loupe::ui;
using api::json;

class TestTrainSetup : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() {
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName("RewardLoupe");
    QCoreApplication::setApplicationName("test_train_setup");
    QSettings().clear();
  }

  void seeds_are_read() {
    QCOMPARE(seeds_from_text("0, 1,2"), (QList<quint64>{0, 1, 2}));
    QCOMPARE(seeds_from_text(" 7 7 "), QList<quint64>{7});
    QCOMPARE(seeds_from_text("18446744073709551615"), QList<quint64>{18446744073709551615ULL});
    for (const char* bad : {"", ",", "-1", "1.5", "one", "0, x"}) QVERIFY(!seeds_from_text(bad));
    QCOMPARE(seeds_text({0, 1}), QStringLiteral("0, 1"));
  }

  void a_request_a_run() {
    TrainSetup setup = filled();
    json request = train_request(setup, "IM", 3);
    QCOMPARE(request["model"].get<std::string>(), "tiny");
    QCOMPARE(request["project"].get<std::string>(), "/p/a.rlproj");
    QVERIFY(!request.contains("data") && !request.contains("dataset"));
    QCOMPARE(request["sets"], json::array({"test"}));
    QCOMPARE(request["eval"], (json{{"more", "/d/more.jsonl"}}));
    QCOMPARE(request["eval_datasets"], json::array({9}));
    QCOMPARE(request["recipe"], (json{{"lr", 1e-4}, {"type", "IM"}, {"seed", 3}}));
    QCOMPARE(request["name"].get<std::string>(), "mine-im-s3");
    setup.types = QStringList{"EX"};
    QCOMPARE(train_request(setup, "EX", 0)["name"].get<std::string>(), "mine-s0");
    setup.seeds = {0};
    QCOMPARE(train_request(setup, "EX", 0)["name"].get<std::string>(), "mine");
    setup.name.clear();
    setup.sets.reset();
    setup.source = {TrainSource::Kind::file, "/d/a.jsonl", 0};
    request = train_request(setup, "EX", 0);
    QVERIFY(!request.contains("name") && !request.contains("sets"));
    QCOMPARE(request["data"].get<std::string>(), "/d/a.jsonl");
  }

  void a_place_and_back() {
    const TrainSetup setup = filled();
    TrainSetup read;
    read_train_place(train_place(setup), read);
    QCOMPARE(train_place(read), train_place(setup));
    // What a place does not name stays.
    read_train_place({{"types", {"IM"}}}, read);
    QCOMPARE(read.types, QStringList{"IM"});
    QCOMPARE(read.source, setup.source);
    QCOMPARE(read.eval_datasets, setup.eval_datasets);
    // Other data have other sets.
    read_train_place({{"dataset", 4}}, read);
    QCOMPARE(read.source.dataset, 4);
    QVERIFY(!read.sets && read.eval_files.isEmpty() && read.eval_datasets.isEmpty());
    // Nonsense changes nothing.
    const json before = train_place(read);
    read_train_place({{"types", {"GRM", 3}}, {"seeds", {"x", -1}}, {"recipe", 3}}, read);
    QCOMPARE(train_place(read), before);
    read_train_place("nonsense", read);
    QCOMPARE(train_place(read), before);
  }

  void numbers_of_a_recipe() {
    QCOMPARE(recipe_number(3e-5), QStringLiteral("3e-5"));
    QCOMPARE(recipe_number(1e-10), QStringLiteral("1e-10"));
    QCOMPARE(recipe_number(0.01), QStringLiteral("0.01"));
    QCOMPARE(recipe_number(1e20), QStringLiteral("1e20"));
    QVERIFY(same_value(0, 0.0));
    QVERIFY(!same_value("0", 0));
    const json whole = whole_recipe({{"lr", 1e-6}, {"compute_dtype", 3}, {"nonsense", 1}, {"type", "IM"}});
    QCOMPARE(whole["lr"].get<double>(), 1e-6);
    QCOMPARE(whole["compute_dtype"].get<std::string>(), "fp32");
    QCOMPARE(whole.size(), recipe_fields().size());
    QCOMPARE(bytes_text(3.14e9), QStringLiteral("3.1 GB"));
    QCOMPARE(bytes_text(2.4e6), QStringLiteral("2 MB"));
  }

  void presets_of_ones_own() {
    const auto names = [] {
      QStringList names;
      for (const RecipePreset& preset : recipe_presets()) names << preset.name;
      return names;
    };
    const QStringList built_in = names();
    QCOMPARE(built_in, (QStringList{"laptop", "paper: persona", "paper: UltraFeedback",
                                    "paper: Hamiltonian"}));
    for (const RecipePreset& preset : recipe_presets()) {
      for (const auto& [key, value] : preset.recipe.items()) {
        QVERIFY(same_value(whole_recipe(preset.recipe)[key], value));
      }
    }
    QVERIFY(!save_recipe_preset("laptop", json::object()));
    QVERIFY(!save_recipe_preset("", json::object()));
    QVERIFY(save_recipe_preset("größer", {{"epochs", 9}}));
    QCOMPARE(names().last(), QStringLiteral("größer"));
    QCOMPARE(recipe_presets().back().recipe, (json{{"epochs", 9}}));
    delete_recipe_preset("größer");
    QCOMPARE(names(), built_in);
  }

  void where_a_run_came_from() {
    api::Project project;
    project.name = "persona";
    project.path = "/p/persona.rlproj";
    project.sets = {"train", "test"};
    api::Dataset old_file, file, gone;
    old_file.name = file.name = gone.name = "train";
    old_file.path = file.path = gone.path = "/d/pairs.jsonl";
    old_file.kind = file.kind = gone.kind = "jsonl";
    old_file.id = 1;
    file.id = 2;
    gone.id = 3;
    gone.available = false;
    api::Dataset test = file;
    test.id = 4;
    test.name = "test";
    test.path = "/d/test.jsonl";
    const std::vector<api::Dataset> newest_first{gone, test, file, old_file};

    api::Run run;
    run.model = "tiny";
    run.type = "IM";
    run.seed = 2;
    run.dataset = "persona/train";
    run.recipe = {{"lr", 1e-4}, {"type", "IM"}, {"seed", 2}};
    run.last_evals.resize(1);
    run.last_evals[0].set = "test";
    json place = origin_of(run, {project}, newest_first);
    QCOMPARE(place["project"].get<std::string>(), "/p/persona.rlproj");
    QCOMPARE(place["sets"], json::array({"test"}));
    QCOMPARE(place["seeds"], json::array({2}));

    run.dataset = "pairs.jsonl";
    place = origin_of(run, {project}, newest_first);
    QCOMPARE(place["dataset"].get<int>(), 2);
    QCOMPARE(place["eval_datasets"], json::array({4}));
    run.dataset = "nowhere.jsonl";
    place = origin_of(run, {project}, newest_first);
    QVERIFY(!place.contains("dataset") && !place.contains("project"));
    QCOMPARE(place["model"].get<std::string>(), "tiny");
  }

 private:
  static TrainSetup filled() {
    TrainSetup setup;
    setup.model = "tiny";
    setup.source = {TrainSource::Kind::project, "/p/a.rlproj", 0};
    setup.sets = QStringList{"test"};
    setup.eval_files = {{"more", "/d/more.jsonl"}};
    setup.eval_datasets = {9};
    setup.types = QStringList{"EX", "IM"};
    setup.seeds = {0, 3};
    setup.name = "mine";
    setup.recipe = {{"lr", 1e-4}};
    return setup;
  }
};

QTEST_MAIN(TestTrainSetup)
#include "test_train_setup.moc"
