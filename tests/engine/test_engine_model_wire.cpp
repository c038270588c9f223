// SPDX-License-Identifier: GPL-3.0-or-later
// What the Models page asks of the engine, beyond what a window shows.
#include <QtTest>
#include <map>
#include <memory>

#include "tests/engine/brought_driver.h"
#include "tests/engine/serve_driver.h"

using namespace loupe::test;

class TestEngineModelWire : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() {
    place_ = std::make_unique<Place>();
    QVERIFY(place_->import_tiny().code == 0);
    server_ = std::make_unique<Server>(*place_);
    QVERIFY(server_->ask("initialize", {{"protocol", 2}}).contains("result"));
  }
  void cleanupTestCase() { QVERIFY(server_->only_json()); }

  void inspect_names_what_is_there_data() {
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("source");
    QTest::newRow("language model") << "models/gqa-bias"
                                    << "LM"
                                    << "HF folder";
    QTest::newRow("classifier") << "brought/classifiers/llama-chat"
                                << "EX"
                                << "HF folder";
    QTest::newRow("adapter") << "brought/adapters/all-linear"
                             << "adapter"
                             << "PEFT adapter";
  }
  void inspect_names_what_is_there() {
    QFETCH(QString, path);
    QFETCH(QString, kind);
    QFETCH(QString, source);
    const json found = result("models/inspect", {{"path", Brought::golden(path).toStdString()}});
    QCOMPARE(text_of(found["kind"]), kind);
    QCOMPARE(text_of(found["source"]), source);
    QVERIFY(found["parameters"].get<int>() > 1000);
    QVERIFY(found["size"].get<double>() > 1000);
    if (kind == "adapter") {
      QCOMPARE(text_of(found["base"]), QString("models/gqa-untied"));
    } else {
      QCOMPARE(text_of(found["architecture"]).left(5), QString("Llama"));
    }
  }
  void inspect_refuses() {
    const json answer = server_->ask("models/inspect", {{"path", "/nowhere/at/all"}});
    QVERIFY(answer.contains("error"));
    QVERIFY(text_of(answer["error"].dump()).contains("/nowhere/at/all"));
  }

  void a_pair_is_imported_and_grown_alike() {
    const int reference = result("models/list")["rows"][0]["id"];
    const json pair =
        result("models/import", {{"path", Brought::golden("models/llama3-rope").toStdString()},
                                 {"name", "pair"},
                                 {"reference", reference},
                                 {"beta", 0.5}});
    QCOMPARE(text_of(pair["kind"]), QString("IM"));
    const json before = shift(pair["id"], "yes");
    const json grown = result(
        "models/add_tokens",
        {{"id", pair["id"]}, {"tokens", {"<sep>", "<edge>"}}, {"init", "mean"}, {"name", "grown"}});
    QCOMPARE(text_of(grown["kind"]), QString("IM"));
    QCOMPARE(grown["beta"].get<double>(), 0.5);
    QVERIFY(grown["base"] != pair["base"]);
    // Both models of the pair have the tokens, and read them as one id each, the same.
    for (const json& id : {grown["id"], grown["base"]}) {
      const json tokens =
          result("models/tokenize", {{"id", id}, {"text", "a<sep>b<edge>"}})["tokens"];
      std::vector<int> special;
      for (const auto& token : tokens)
        if (token["special"]) special.push_back(token["id"]);
      QCOMPARE(special, (std::vector<int>{320, 321}));
      const json detail = result("models/show", {{"id", id}});
      QCOMPARE(detail["vocabulary"].get<int>(), 322);
      QCOMPARE(detail["config"]["vocab_size"].get<int>(), 322);
    }
    QCOMPARE(
        result("models/tokenize", {{"id", pair["id"]}, {"text", "<sep>"}})["tokens"].size() > 1,
        true);
    // A text without them: log-probabilities lose what the new tokens take, in both alike, so that
    // the reward hardly moves; it stays finite and near.
    const json after = shift(grown["id"], "yes");
    QVERIFY(std::abs(after["before"].get<double>() - before["before"].get<double>()) < 0.2);
    // Their rows are the mean of the others.
    const json rows = result("models/tensors", {{"id", grown["id"]}, {"filter", "embed_tokens"}});
    QCOMPARE(rows["rows"][0]["shape"], (json{322, 32}));
    for (const json& tokens : {json{"<sep>"}, json{""}, json{"<new>", "<new>"}, json::array()})
      QVERIFY(
          server_
              ->ask("models/add_tokens", {{"id", grown["id"]}, {"tokens", tokens}, {"name", "no"}})
              .contains("error"));
    // Undone by removing; the files stay until then.
    QVERIFY(result("models/remove", {{"id", grown["id"]}, {"removed", true}})["removed"]);
    QVERIFY(!result("models/remove", {{"id", grown["id"]}, {"removed", false}})["removed"]);
  }

  void an_adapter_on_the_wire() {
    const int base = result("models/list")["rows"][0]["id"];
    const json params = {{"path", Brought::golden("brought/adapters/all-linear").toStdString()},
                         {"base", base}};
    json implicit = params;
    implicit.update({{"name", "tuned"}, {"implicit", true}, {"beta", 0.25}});
    const json tuned = result("models/import", implicit);
    QCOMPARE(text_of(tuned["kind"]), QString("adapter"));
    QCOMPARE(tuned["beta"].get<double>(), 0.25);
    QCOMPARE(text_of(shift(tuned["id"], "yes")["type"]), QString("IM"));
    json merged = params;
    merged.update({{"name", "merged"}, {"merge", true}});
    QCOMPARE(text_of(shift(result("models/import", merged)["id"], "yes")["type"]), QString("LM"));
    // An adapter that is a policy stays one when tokens are added, its reference grown alike.
    const json grown =
        result("models/add_tokens",
               {{"id", tuned["id"]}, {"tokens", {"<more>"}}, {"name", "tuned, grown"}});
    QCOMPARE(text_of(grown["type"]), QString("IM"));
    QCOMPARE(grown["beta"].get<double>(), 0.25);
    QVERIFY(grown["base"].get<int>() != base && grown["base"].get<int>() != 0);
    QVERIFY(std::abs(shift(grown["id"], "yes")["before"].get<double>() -
                     shift(tuned["id"], "yes")["before"].get<double>()) < 0.2);
    const json detail = result("models/show", {{"id", tuned["id"]}});
    QVERIFY(text_of(detail["facts"].dump()).contains("LoRA, rank 4"));
    // The base is asked for by its files where the adapter names them.
    const json memory =
        result("models/memory", {{"id", tuned["id"]}, {"length", 64}, {"batch", 2}});
    QVERIFY(memory["rows"].size() >= 6);
  }

  // An exported IM-RM without a reference keeps its way of counting when tokens are added.
  void a_policy_alone_is_grown() {
    const QString folder = place_->copy_model("alone");
    place_->write("alone/rewardloupe.json", R"({"type": "IM", "beta": 0.3,
        "length_normalised": true, "without_reference": true, "reference": ""})");
    const json alone = result("models/import", {{"path", folder.toStdString()}, {"name", "alone"}});
    const json grown =
        result("models/add_tokens",
               {{"id", alone["id"]}, {"tokens", {"<more>"}}, {"name", "alone, grown"}});
    for (const json& model : {alone, grown}) {
      QCOMPARE(text_of(model["kind"]), QString("IM"));
      QCOMPARE(model["beta"].get<double>(), 0.3);
      QCOMPARE(model["base"].get<int>(), 0);
      QVERIFY(model["length_normalised"].get<bool>() && model["without_reference"].get<bool>());
    }
    // With a reference after all: beta is still what the folder says, unless another is given.
    const int reference = result("models/list")["rows"][0]["id"];
    json params{{"path", folder.toStdString()}, {"name", "paired"}, {"reference", reference}};
    QCOMPARE(result("models/import", params)["beta"].get<double>(), 0.3);
    params.update({{"name", "paired otherwise"}, {"beta", 0.7}});
    QCOMPARE(result("models/import", params)["beta"].get<double>(), 0.7);
    const double before = shift(alone["id"], "yes")["before"];
    QVERIFY(std::abs(shift(grown["id"], "yes")["before"].get<double>() - before) < 0.2);
  }

  // What the list says a model scores as is what scoring it gives.
  void types_are_what_scoring_gives() {
    const auto import = [&](const char* path, const char* name, json more) {
      more.update({{"path", Brought::golden(path).toStdString()}, {"name", name}});
      return result("models/import", more);
    };
    const json classifier = import("brought/classifiers/llama-chat", "classifier", {});
    QVERIFY(text_of(result("models/show", {{"id", classifier["id"]}})["facts"].dump())
                .contains("a reward head"));
    const int base = result("models/list")["rows"][0]["id"];
    import("brought/adapters/classifier", "adapter with a head", {{ "base", base }});
    import("brought/adapters/all-linear", "adapter on a head", {{ "base", classifier["id"] }});
    const json implicit{{"path", Brought::golden("brought/adapters/all-linear").toStdString()},
                        {"name", "no policy"},
                        {"base", classifier["id"]},
                        {"implicit", true},
                        {"beta", 0.1}};
    QVERIFY(server_->ask("models/import", implicit).contains("error"));
    std::map<std::string, int> seen;
    const json list = result("models/list");
    for (const auto& model : list["rows"]) {
      const json row = shift(model["id"], "yes");
      QVERIFY2(!row["error"].is_object(), row.dump().c_str());
      QCOMPARE(text_of(model["type"]), text_of(row["type"]));
      ++seen[model["type"].get<std::string>()];
    }
    QVERIFY(seen["EX"] >= 3 && seen["IM"] >= 3 && seen["LM"] >= 3);
  }

  void moved_files_are_located() {
    const QString copy = place_->copy_model("here");
    const json model = result("models/import", {{"path", copy.toStdString()}, {"name", "moving"}});
    const QString there = place_->path("there");
    QVERIFY(QDir().rename(copy, there));
    QVERIFY(text_of(row(model["id"])["status"]).startsWith("missing"));
    const auto locate = [&](const QString& path) {
      return server_->ask("models/locate", {{"id", model["id"]}, {"path", path.toStdString()}});
    };
    QVERIFY(locate(place_->path("nowhere")).contains("error"));
    // Another model is not taken for this one.
    QVERIFY(locate(Brought::golden("models/gqa-bias")).contains("error"));
    QVERIFY(text_of(row(model["id"])["status"]).startsWith("missing"));
    const json found = locate(there);
    QVERIFY2(found.contains("result"), found.dump().c_str());
    QCOMPARE(text_of(row(model["id"])["status"]), QString("ok"));
    QCOMPARE(text_of(shift(model["id"], "yes")["type"]), QString("LM"));
  }

  void several_models_under_one_edit() {
    json models = json::array(), of = json::array();
    const json list = result("models/list");
    for (const auto& model : list["rows"]) models.push_back(model["id"]);
    models.push_back(4711);
    for (const auto& model : models) of.push_back(model_name(model));
    const json rows = result("shift", {{"of", of},
                                       {"pair", words("hi")},
                                       {"before", "yes"},
                                       {"after", "sure"},
                                       {"rejected", "no"}})["rows"];
    QCOMPARE(rows.size(), models.size());
    for (size_t i = 0; i < rows.size(); ++i) {
      QCOMPARE(rows[i]["model"], models[i]);
      QCOMPARE(rows[i].value("error", json()).is_object(), models[i] == 4711);
    }
  }

 private:
  json result(const std::string& method, const json& params = json::object()) {
    const json answer = server_->ask(method, params);
    if (!answer.contains("result")) {
      QTest::qFail((method + ": " + answer.dump()).c_str(), __FILE__, __LINE__);
      return json::object();
    }
    return answer["result"];
  }
  json row(const json& id) {
    const json list = result("models/list");
    for (const auto& model : list["rows"])
      if (model["id"] == id) return model;
    return json::object();
  }
  json shift(const json& model, const std::string& after) {
    return result("shift", {{"of", {model_name(model)}},
                            {"pair", words("would you?")},
                            {"before", "my view is sure"},
                            {"after", after}})["rows"][0];
  }

  std::unique_ptr<Place> place_;
  std::unique_ptr<Server> server_;
};

QTEST_GUILESS_MAIN(TestEngineModelWire)
#include "test_engine_model_wire.moc"
