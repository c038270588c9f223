// SPDX-License-Identifier: GPL-3.0-or-later
// The engine as the window speaks to it: JSON-RPC by hand.
#include <QtTest>
#include <memory>

#include "tests/engine/serve_driver.h"

using namespace loupe::test;

namespace {

constexpr int kInvalidRequest = -32600, kNoMethod = -32601, kParseError = -32700;
constexpr int kRequest = -32001, kCancelled = -32800, kSuperseded = -32801;

// A pair of the test set of run 1.
json at(int index) {
  return {{"run", 1}, {"set", "test"}, {"index", index}};
}

}  // namespace

class TestEngineServe : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() {
    place_ = std::make_unique<Place>();
    QCOMPARE(place_->import_tiny().code, 0);
    data_ = place_->write_pairs("train.jsonl", 16);
    test_ = place_->write_pairs("test.jsonl", 6, 50);
    server_ = std::make_unique<Server>(*place_);
  }
  void cleanupTestCase() {
    QVERIFY(server_->alive());
    server_->process().closeWriteChannel();
    QVERIFY(server_->process().waitForFinished(10000));
    QCOMPARE(server_->process().exitCode(), 0);
    QVERIFY(server_->only_json());
  }

  void it_says_who_it_is() {
    const json answer = server_->ask("initialize", {{"protocol", 2}});
    QVERIFY2(answer.contains("result"), answer.dump().c_str());
    QCOMPARE(answer["result"]["pid"].get<qint64>(), server_->process().processId());
    QCOMPARE(text_of(answer["result"]["workspace"]), place_->workspace());
    QCOMPARE(server_->ask("runs/list")["result"]["total"].get<int>(), 0);
    const json other = server_->ask("initialize", {{"protocol", 99}});
    QCOMPARE(error_code(other), kRequest);
    QCOMPARE(other["error"]["data"]["code"].get<std::string>(), "newer_version");
  }

  void a_training_is_started_and_followed() {
    for (const char* type : {"EX", "IM"}) {
      const json answer = server_->ask(
          "train/start",
          {{"model", "tiny"},
           {"name", std::string("run-") + type},
           {"data", data_.toStdString()},
           {"eval", {{"test", test_.toStdString()}}},
           {"recipe",
            {{"type", type}, {"epochs", 2}, {"lr", 1e-3}, {"batch_size", 4}, {"threads", 1}}}});
      QVERIFY2(answer.contains("result"), answer.dump().c_str());
      const int job = answer["result"]["job"], run = answer["result"]["run"];
      QVERIFY(server_->wait_for_status(job, "done"));
      const json shown = server_->ask("runs/show", {{"id", run}})["result"];
      QCOMPARE(shown["status"].get<std::string>(), "done");
      QCOMPARE(shown["type"].get<std::string>(), type);
      const json metrics = server_->ask("runs/metrics", {{"id", run}, {"after_step", 3}})["result"];
      QCOMPARE(metrics["steps"].size(), size_t(5));  // of 8
      QCOMPARE(metrics["steps"][0]["step"].get<int>(), 4);
      QCOMPARE(metrics["evals"].size(), size_t(3));
    }
    QCOMPARE(server_->ask("runs/list")["result"]["total"].get<int>(), 2);
    // Looked for twice a second, so perhaps after all that was quick.
    for (int i = 0; i < 50 && server_->notifications("workspace/changed") == 0; ++i) {
      QTest::qWait(100);
      server_->ask("ping");
    }
    QVERIFY(server_->notifications("workspace/changed") > 0);
  }

  void pairs_credits_and_shifts() {
    const json pairs =
        server_->ask("pairs/list", {{"run", 1}, {"set", "test"}, {"offset", 4}, {"limit", 50}});
    QVERIFY2(pairs.contains("result"), pairs.dump().c_str());
    QCOMPARE(pairs["result"]["total"].get<int>(), 6);
    QCOMPARE(pairs["result"]["rows"].size(), size_t(2));
    QCOMPARE(pairs["result"]["rows"][0]["index"].get<int>(), 4);
    QCOMPARE(pairs["result"]["rows"][0]["chosen"], Place::pair(54)["chosen"]);
    QCOMPARE(pairs["result"]["sets"], json::array({"test", "train"}));
    for (const int run : {1, 2}) {
      const std::string scorer = run_name(run);
      const json answer = server_->ask(
          "attribute", {{"of", scorer}, {"pair", {{"run", run}, {"set", "test"}, {"index", 4}}}});
      QVERIFY2(answer.contains("result"), answer.dump().c_str());
      for (const char* side : {"chosen", "rejected"}) {
        const json& response = answer["result"][side];
        QVERIFY(std::abs(sum_of(response) - response["reward"].get<double>()) < 1e-5);
      }
      const json pair = Place::pair(54);
      const json typed = server_->ask(
          "attribute",
          {{"of", scorer}, {"pair", words(pair["prompt"], pair["chosen"], pair["rejected"])}});
      QCOMPARE(typed["result"]["chosen"], answer["result"]["chosen"]);
      const json shift = server_->ask("shift", {{"of", {scorer}},
                                                {"pair", words(pair["prompt"])},
                                                {"before", pair["chosen"]},
                                                {"after", "sure"}});
      QVERIFY2(shift.contains("result"), shift.dump().c_str());
      QVERIFY(std::abs(shift["result"]["rows"][0]["before"].get<double>() -
                       answer["result"]["chosen"]["reward"].get<double>()) < 1e-5);
    }
  }

  void what_makes_no_sense_is_answered_and_survived() {
    QCOMPARE(error_code(server_->ask("runs/paint")), kNoMethod);
    const std::string deep(100000, '[');
    for (const std::string& line : {std::string("{\"jsonrpc\": \"2.0\", "), std::string("\xff\xfe"),
                                    deep, std::string("\"\\ud800\"")}) {
      server_->write(line + "\n");
      const json answer = server_->orphan();
      QCOMPARE(error_code(answer), kParseError);
    }
    for (const char* line : {"[]", "7", "{}", R"({"id": 3, "method": 5})"}) {
      server_->write(line + std::string("\n"));
      QCOMPARE(error_code(server_->orphan()), kInvalidRequest);
    }
    const std::pair<const char*, json> wrong[] = {
        {"initialize", {{"protocol", "one"}}},
        {"runs/list", {{"limit", "all"}}},
        {"runs/show", {{"id", "first"}}},
        {"runs/show", {{"id", 1e300}}},
        {"runs/show", {{"id", 12345}}},
        {"runs/metrics", json::object()},
        {"runs/rename", {{"id", 1}, {"name", json::array()}}},
        {"pairs/list", {{"run", 1}, {"set", 7}}},
        {"pairs/list", {{"run", 1}, {"set", "absent"}}},
        {"attribute", {{"of", "run:x"}, {"pair", at(0)}}},
        {"attribute", {{"of", "run:1"}, {"pair", at(-1)}}},
        {"attribute", {{"of", "run:1"}, {"pair", words(5)}}},
        {"attribute", {{"of", "run:1"}, {"pair", {{"text", {{"prompt", {5}}}}}}}},
        {"attribute", {{"of", "run:1"}, {"pair", {{"text", {{"prompt", json::array()}}}}}}},
        {"attribute", {{"of", "run:1"}, {"pair", at(0)}, {"methd", "exact"}}},
        {"attribute", {{"of", ""}, {"pair", at(0)}}},
        {"shift", {{"of", "run:1"}, {"pair", words("a")}, {"before", "b"}, {"after", "c"}}},
        {"shift", {{"of", {"x"}}, {"pair", words("a")}, {"before", "b"}, {"after", "c"}}},
        {"shift", {{"of", {"run:1"}}, {"before", "b"}, {"after", "c"}}},
        {"train/start", {{"model", 5}, {"data", "x"}}},
        {"train/start", {{"model", "tiny"}, {"data", "x"}, {"recipe", {{"epochs", "many"}}}}},
        {"train/start", {{"model", "tiny"}, {"data", "x"}, {"recipe", {{"epochs", -1}}}}},
        {"train/start", {{"model", "tiny"}, {"data", data_.toStdString()}, {"eval", 3}}},
        {"train/resume", {{"run", nullptr}}},
        {"models/import", {{"path", false}}},
    };
    for (const auto& [method, params] : wrong) {
      const json answer = server_->ask(method, params);
      QVERIFY2(error_code(answer) != 0,
               (std::string(method) + " " + params.dump() + " -> " + answer.dump()).c_str());
      QVERIFY(!answer["error"]["message"].get<std::string>().empty());
    }
    QVERIFY(error_code(server_->ask("runs/list", json::array())) != 0);  // params is no object
    server_->write("{\"jsonrpc\":\"2.0\",\"method\":\"$/cancel\",\"params\":{\"id\":{}}}\n");
    // Longer than the model can read.
    server_->write(server_->line("attribute", json::object(), 5));  // a slot is a text
    QVERIFY(error_code(server_->answer(server_->last_id())) != 0);
    const json longer = server_->ask(
        "attribute", {{"of", "run:1"}, {"pair", words("a", std::string(3000, 'z'), "b")}});
    QCOMPARE(error_code(longer), kRequest);
    QVERIFY2(longer["error"]["message"].get<std::string>().find("256") != std::string::npos,
             longer.dump().c_str());
    QVERIFY(server_->ask("ping").contains("result"));
    QCOMPARE(server_->ask("runs/list")["result"]["total"].get<int>(), 2);
  }

  void a_newer_request_takes_the_slot() {
    Server server(*place_);  // models are not loaded yet: the first request takes its time
    QVERIFY(server.ask("ping").contains("result"));
    std::string lines;
    for (int i = 0; i < 6; ++i)
      lines += server.line("attribute", {{"of", run_name(1 + i % 2)}, {"pair", at(i)}}, "left");
    for (int i = 0; i < 6; ++i)
      lines += server.line("shift",
                           {{"of", {"run:1", "run:2"}},
                            {"pair", words("would you?")},
                            {"before", "sure"},
                            {"after", "sure" + std::string(static_cast<size_t>(i), '!')}},
                           "right");
    const int last = server.last_id();
    server.write(lines);
    int superseded = 0;
    for (int id = last - 11; id <= last; ++id) {
      const json answer = server.answer(id);
      QVERIFY2(!answer.is_null(), "a request was never answered");
      if (id == last - 6 || id == last) {
        QVERIFY2(answer.contains("result"), answer.dump().c_str());
      } else if (!answer.contains("result")) {
        QCOMPARE(error_code(answer), kSuperseded);
        ++superseded;
      }
    }
    QVERIFY(superseded >= 4);
    QVERIFY(server.only_json());
  }

  void a_request_that_waits_can_be_cancelled() {
    Server server(*place_);
    QVERIFY(server.ask("ping").contains("result"));
    std::string lines;
    for (int i = 0; i < 10; ++i)
      lines += server.line("attribute", {{"of", run_name(1 + i % 2)}, {"pair", at(i % 6)}});
    const int last = server.last_id();
    lines += json{{"jsonrpc", "2.0"}, {"method", "$/cancel"}, {"params", {{"id", last}}}}.dump();
    server.write(lines + "\n");
    QCOMPARE(error_code(server.answer(last)), kCancelled);
    for (int id = last - 9; id < last; ++id) QVERIFY(server.answer(id).contains("result"));
  }

  void a_job_outlives_the_server_that_started_it() {
    const QString data = place_->write_pairs("longer.jsonl", 160);
    int job = 0;
    {
      Server first(*place_);
      const json answer = first.ask(
          "train/start",
          {{"model", "tiny"},
           {"data", data.toStdString()},
           {"recipe",
            {{"type", "EX"}, {"epochs", 5}, {"lr", 1e-3}, {"batch_size", 4}, {"threads", 1}}}});
      QVERIFY2(answer.contains("result"), answer.dump().c_str());
      job = answer["result"]["job"];
      QVERIFY(first.wait_for_status(job, "running"));
      first.process().kill();
      QVERIFY(first.process().waitForFinished(10000));
    }
    const auto processes = place_->job_processes(job);
    QCOMPARE(processes.size(), size_t(1));
    const auto pid = static_cast<pid_t>(processes.front());
    QCOMPARE(::getsid(pid), pid);  // in a session of its own
    Server second(*place_);
    const std::string status = second.job(job).value("status", "");
    QVERIFY2(status == "running" || status == "done", status.c_str());
    QVERIFY(second.wait_for_status(job, "done"));
    const int run = second.job(job)["run_id"];
    const json metrics = second.ask("runs/metrics", {{"id", run}, {"after_step", -1}})["result"];
    QCOMPARE(metrics["steps"].size(), size_t(200));
    // A run that was evaluated on nothing shows the pairs it was trained on.
    const json pairs = second.ask("pairs/list", {{"run", run}, {"limit", 1}})["result"];
    QCOMPARE(pairs["sets"], json::array({"train"}));
    QCOMPARE(pairs["total"].get<int>(), 160);
  }

  // The window is told why, rather than finding a dead engine.
  void a_workspace_that_cannot_be_opened_is_explained() {
    Place broken;
    QVERIFY(QDir().mkpath(broken.workspace()));
    broken.write("ws/workspace.sqlite", QByteArray("no database\n").repeated(500));
    Server server(broken);
    for (const char* method : {"initialize", "runs/list", "attribute"}) {
      const json answer = server.ask(method);
      QCOMPARE(error_code(answer), kRequest);
      QVERIFY2(answer["error"]["data"]["where"].get<std::string>().find("workspace.sqlite") !=
                   std::string::npos,
               answer.dump().c_str());
    }
    QVERIFY(server.ask("ping").contains("result"));
    QVERIFY(server.only_json());
  }

  void shutdown_is_answered() {
    Server server(*place_);
    QVERIFY(server.ask("shutdown").contains("result"));
    QVERIFY(server.process().waitForFinished(10000));
    QCOMPARE(server.process().exitCode(), 0);
  }

 private:
  std::unique_ptr<Place> place_;
  std::unique_ptr<Server> server_;
  QString data_, test_;
};

QTEST_GUILESS_MAIN(TestEngineServe)
#include "test_engine_serve.moc"
