// SPDX-License-Identifier: GPL-3.0-or-later
// What the window's pages ask of the engine beside runs and scores: folders, projects, data sets,
// estimates, edits that stream, plain language models, and the demo model.
#include <QtTest>
#include <memory>

#include "tests/engine/serve_driver.h"

using namespace loupe::test;

class TestEnginePages : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() {
    qunsetenv("REWARDLOUPE_PROJECTS");
    place_ = std::make_unique<Place>();
    QCOMPARE(place_->import_tiny().code, 0);
    data_ = place_->write_pairs("train.jsonl", 16);
    test_ = place_->write_pairs("test.jsonl", 6, 50);
    // Stands for the real script, which needs the network.
    fake_model_ = place_->copy_model("fetched");
    const QString script =
        place_->write("fetch",
                      "#!/bin/sh\n"
                      "echo '{\"phase\": \"downloading\", \"done\": 1, \"total\": 2}'\n"
                      "test -e \"$0.broken\" && { echo '{\"phase\": \"failed\", \"message\": \"no "
                      "route\"}'; exit 3; }\n"
                      "test -e \"$0.slow\" && sleep 60\n"
                      "echo \"{\\\"path\\\": \\\"" +
                          fake_model_.toUtf8() + "\\\"}\"\n");
    QFile::setPermissions(script, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    qputenv("REWARDLOUPE_FETCH", script.toUtf8());
    script_ = script;
    server_ = std::make_unique<Server>(*place_);
    for (const char* type : {"EX", "IM"}) {
      const json answer = server_->ask("train/start", train(type));
      QVERIFY2(answer.contains("result"), answer.dump().c_str());
      QVERIFY(server_->wait_for_status(answer["result"]["job"], "done"));
    }
  }

  void folders_are_listed() {
    const json home = server_->ask("fs/list", {{"path", ""}})["result"];
    QCOMPARE(text_of(home["path"]), QDir(QDir::homePath()).canonicalPath());
    const QString folder = QFileInfo(data_).absolutePath();
    const json listing = server_->ask("fs/list", {{"path", folder.toStdString()}})["result"];
    std::map<std::string, json> by_name;
    for (const auto& entry : listing["entries"]) by_name[entry["name"]] = entry;
    QCOMPARE(by_name["train.jsonl"]["kind"], "data");
    QCOMPARE(by_name["train.jsonl"]["size"].get<double>(), double(QFileInfo(data_).size()));
    QCOMPARE(by_name["ws"]["kind"], "workspace");
    QCOMPARE(by_name["fetched"]["kind"], "model");
    QVERIFY(listing["entries"][0]["is_folder"].get<bool>());
    // A file stands for its folder, and .. is resolved.
    QCOMPARE(server_->ask("fs/list", {{"path", data_.toStdString()}})["result"]["path"],
             listing["path"]);
    QCOMPARE(server_->ask("fs/list", {{"path", (folder + "/ws/..").toStdString()}})["result"],
             listing);
    const json missing = server_->ask("fs/list", {{"path", "/no/such/folder"}});
    QCOMPARE(missing["error"]["data"]["code"], "not_found");
    QCOMPARE(server_->ask("fs/list", {{"path", "/"}})["result"]["parent"], "");
  }

  void sample_projects_come_with_the_engine() {
    const json rows = server_->ask("projects/list")["result"]["rows"];
    const auto persona = std::find_if(rows.begin(), rows.end(),
                                      [](const json& row) { return row["name"] == "persona"; });
    QVERIFY(persona != rows.end());
    QCOMPARE((*persona)["train_pairs"].get<int>(), 80);
    QCOMPARE((*persona)["sets"], (json{"train", "test", "reworded_train", "reworded_test"}));
    QCOMPARE(server_->ask("projects/show", {{"path", (*persona)["path"]}})["result"], *persona);
    QVERIFY(server_->ask("projects/show", {{"path", data_.toStdString()}}).contains("error"));
  }

  void data_sets_are_listed_and_read() {
    const json rows = server_->ask("datasets/list")["result"]["rows"];
    QCOMPARE(rows.size(), size_t(2));
    QCOMPARE(rows[0]["name"], "test");  // the newest first
    QCOMPARE(rows[0]["pairs"].get<int>(), 6);
    QVERIFY(rows[0]["available"].get<bool>());
    const json pairs = server_->ask("pairs/list", {{"dataset", rows[0]["id"]}, {"offset", 2}});
    QCOMPARE(pairs["result"]["total"].get<int>(), 6);
    QCOMPARE(pairs["result"]["rows"][0]["chosen"], Place::pair(52)["chosen"]);
    // The same pair by its data set and by the run that was evaluated on it.
    const json by_set = server_->ask(
        "attribute", {{"of", "run:1"}, {"pair", {{"dataset", rows[0]["id"]}, {"index", 3}}}});
    const json by_run = server_->ask(
        "attribute", {{"of", "run:1"}, {"pair", {{"run", 1}, {"set", "test"}, {"index", 3}}}});
    QCOMPARE(by_set["result"]["chosen"], by_run["result"]["chosen"]);
    const json beyond = server_->ask(
        "attribute", {{"of", "run:1"}, {"pair", {{"run", 1}, {"set", "test"}, {"index", 6}}}});
    QVERIFY(text_of(beyond["error"]["message"]).contains("pairs 0 to 5"));
  }

  void a_plain_model_is_taken_apart_into_log_probabilities() {
    const json pair = Place::pair(51);
    const json answer = server_->ask(
        "attribute",
        {{"of", "model:1"}, {"pair", words(pair["prompt"], pair["chosen"], pair["rejected"])}});
    QVERIFY2(answer.contains("result"), answer.dump().c_str());
    QCOMPARE(answer["result"]["type"], "LM");
    QCOMPARE(answer["result"]["run_name"], "tiny");
    const json& chosen = answer["result"]["chosen"];
    const Said said = place_->run({"logprobs", "--model", "tiny", "--prompt",
                                   text_of(pair["prompt"]), "--response", text_of(pair["chosen"])});
    QCOMPARE(chosen["tokens"].size(), said.first()["tokens"].size());
    for (size_t i = 0; i < chosen["tokens"].size(); ++i) {
      const double want = said.first()["tokens"][i]["log_prob"];
      QVERIFY(std::abs(chosen["tokens"][i]["credit"].get<double>() - want) < 1e-5);
      QVERIFY(std::abs(chosen["tokens"][i]["log_prob"].get<double>() - want) < 1e-5);
    }
    QVERIFY(std::abs(chosen["reward"].get<double>() - said.first()["sum"].get<double>()) < 1e-4);
  }

  void an_edit_streams_a_row_a_run() {
    const json pair = Place::pair(52);
    json request = {{"of", {"run:1", "run:99", "run:2"}},
                    {"pair", words(pair["prompt"])},
                    {"before", pair["chosen"]},
                    {"after", "my truthful answer is never"},
                    {"rejected", pair["rejected"]}};
    const size_t before = server_->partials().size();
    const json rows = server_->ask("shift", request)["result"]["rows"];
    QCOMPARE(rows.size(), size_t(3));
    QCOMPARE(server_->partials().size(), before + 3);
    for (size_t i = 0; i < 3; ++i) {
      const json& partial = server_->partials()[before + i];
      QCOMPARE(partial["id"].get<int>(), server_->last_id());
      QCOMPARE(partial["value"], rows[i]);
    }
    QVERIFY(rows[0]["error"].is_null());
    QCOMPARE(rows[1]["error"]["code"], "not_found");
    for (const size_t i : {size_t(0), size_t(2)}) {
      const json& row = rows[i];
      QVERIFY(std::abs(sum_of(row["rejected_tokens"]) - row["rejected"].get<double>()) < 1e-5);
      const auto& old_tokens = row["before_tokens"]["tokens"];
      const auto& new_tokens = row["after_tokens"]["tokens"];
      size_t olds = 0, news = 0;
      for (const auto& place : row["alignment"]) {
        if (place[0] >= 0) QCOMPARE(place[0].get<size_t>(), olds++);
        if (place[1] >= 0) QCOMPARE(place[1].get<size_t>(), news++);
        if (place[0] >= 0 && place[1] >= 0)
          QCOMPARE(old_tokens[place[0].get<size_t>()]["id"],
                   new_tokens[place[1].get<size_t>()]["id"]);
      }
      QCOMPARE(olds, old_tokens.size());
      QCOMPARE(news, new_tokens.size());
    }
    // What was scored before is remembered, and is the same as scored alone.
    QCOMPARE(server_->ask("shift", request)["result"]["rows"], rows);
    request["of"] = {"run:2"};
    request["before"] = "sure";
    const json again = server_->ask("shift", request)["result"]["rows"][0];
    QCOMPARE(again["after"], rows[2]["after"]);
  }

  void an_estimate_says_what_a_run_will_take() {
    json request = train("EX");
    const json estimate = server_->ask("train/estimate", request)["result"];
    QCOMPARE(estimate["pairs"].get<int>(), 16);
    QCOMPARE(estimate["eval_pairs"].get<int>(), 6);
    QVERIFY(estimate["memory"].get<double>() > 1e8);
    QVERIFY(estimate["fits"].get<bool>());
    QVERIFY(estimate["seconds"].get<double>() > 0);  // initTestCase trained one like it
    // The command line it names trains the same run.
    QStringList words = QProcess::splitCommand(text_of(estimate["command"]));
    QCOMPARE(words.takeFirst(), QStringLiteral("rewardloupe-engine"));
    const Said said = place_->run(words.mid(2));
    QVERIFY2(said.code == 0, said.described());
    const json rows = server_->ask("runs/list")["result"]["rows"];
    QCOMPARE(rows[0]["recipe"], rows[2]["recipe"]);
    QCOMPARE(rows[0]["loss"], rows[2]["loss"]);
    // Longer than the model can read, whatever the limits say.
    request["recipe"]["max_prompt_tokens"] = 0;
    request["recipe"]["max_response_tokens"] = 0;
    std::string text;
    for (int i = 0; i < 4000; ++i) text += "statement ";
    json pair = Place::pair(1);
    pair["prompt"] = text;
    request["data"] =
        place_
            ->write("long.jsonl",
                    QByteArray::fromStdString(pair.dump() + "\n" + Place::pair(2).dump() + "\n"))
            .toStdString();
    QCOMPARE(server_->ask("train/estimate", request)["result"]["left_out"].get<int>(), 1);
    // Another file under the same name is another one.
    place_->write_pairs("long.jsonl", 3);
    const json again = server_->ask("train/estimate", request)["result"];
    QCOMPARE(again["pairs"].get<int>(), 3);
    QCOMPARE(again["left_out"].get<int>(), 0);
    request["recipe"]["epocs"] = 3;
    QCOMPARE(server_->ask("train/estimate", request)["error"]["data"]["what"],
             "\"epocs\" is not known here");
  }

  void jobs_of_one_device_run_in_the_order_they_were_started() {
    std::vector<int> jobs;
    for (int i = 0; i < 4; ++i) {
      json request = train(i % 2 == 0 ? "EX" : "IM");
      request["recipe"]["device"] = i == 1 ? "cpu" : "auto";
      jobs.push_back(server_->ask("train/start", request)["result"]["job"]);
    }
    double last = 0;
    for (const int job : jobs) {
      QVERIFY(server_->wait_for_status(job, "done"));
      const double started = server_->job(job)["started"];
      QVERIFY2(started > last, qPrintable(QString::number(job)));
      last = started;
    }
  }

  void a_run_is_evaluated_on_a_known_data_set() {
    const int train_id = server_->ask("datasets/list")["result"]["rows"][1]["id"];
    QVERIFY(server_->ask("eval/start", {{"run", 2}}).contains("error"));
    const json answer = server_->ask("eval/start", {{"run", 2}, {"eval_datasets", {train_id}}});
    QVERIFY2(answer.contains("result"), answer.dump().c_str());
    QVERIFY(server_->wait_for_status(answer["result"]["job"], "done"));
    const json metrics = server_->ask("runs/metrics", {{"id", 2}})["result"];
    QCOMPARE(metrics["evals"].back()["n"].get<int>(), 16);
    const json log = server_->ask("jobs/log", {{"id", answer["result"]["job"]}});
    QVERIFY(text_of(log["result"]["text"]).contains("done"));
    const json again = server_->ask("jobs/stop", {{"id", answer["result"]["job"]}});
    QVERIFY(text_of(again["error"]["message"]).contains("done already"));
  }

  void the_demo_model_is_fetched_by_a_job() {
    for (const char* obstacle : {".broken", ".slow", ""}) {
      const QString flag = script_ + QLatin1String(obstacle);
      if (*obstacle != '\0') place_->write(QFileInfo(flag).fileName(), "");
      const json answer = server_->ask("models/fetch_demo");
      QVERIFY2(answer.contains("result"), answer.dump().c_str());
      const int job = answer["result"]["job"];
      if (std::string(obstacle) == ".slow") {
        QVERIFY(server_->wait_for_status(job, "running"));
        // Asked for twice, it is one job.
        QCOMPARE(server_->ask("models/fetch_demo")["result"]["job"].get<int>(), job);
        QVERIFY(server_->ask("jobs/stop", {{"id", job}}).contains("result"));
        QVERIFY(server_->wait_for_status(job, "stopped"));
      } else {
        QVERIFY(server_->wait_for_status(job, *obstacle != '\0' ? "failed" : "done"));
      }
      if (std::string(obstacle) == ".broken")
        QVERIFY(text_of(server_->job(job)["error"]).contains("no route"));
      if (*obstacle != '\0') QFile::remove(flag);
    }
    const json rows = server_->ask("models/list")["result"]["rows"];
    QCOMPARE(rows.back()["name"], "SmolLM2-135M-Instruct");
    QCOMPARE(text_of(rows.back()["path"]), QFileInfo(fake_model_).canonicalFilePath());
  }

 private:
  json train(const std::string& type) const {
    return {{"model", "tiny"},
            {"name", "run-" + type},
            {"data", data_.toStdString()},
            {"eval", {{"test", test_.toStdString()}}},
            {"recipe",
             {{"type", type}, {"epochs", 1}, {"lr", 1e-3}, {"batch_size", 4}, {"threads", 1}}}};
  }

  std::unique_ptr<Place> place_;
  std::unique_ptr<Server> server_;
  QString data_, test_, script_, fake_model_;
};

QTEST_GUILESS_MAIN(TestEnginePages)
#include "test_engine_pages.moc"
