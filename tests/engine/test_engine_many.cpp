// SPDX-License-Identifier: GPL-3.0-or-later
// A workspace that has seen much: more runs and jobs than a page, more steps than a page.
#include <SQLiteCpp/SQLiteCpp.h>

#include <QtTest>
#include <memory>

#include "tests/engine/serve_driver.h"

using namespace loupe::test;

class TestEngineMany : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() {
    place_ = std::make_unique<Place>();
    QCOMPARE(place_->import_tiny().code, 0);
    data_ = place_->write_pairs("train.jsonl", 16);
  }

  // 600 later runs, each with its job.
  void the_first_run_of_many_is_found_and_resumed() {
    const QString test = place_->write_pairs("test.jsonl", 6, 50);
    {
      Server server(*place_);
      const json answer = server.ask(
          "train/start",
          {{"model", "tiny"},
           {"name", "first"},
           {"data", data_.toStdString()},
           {"eval", {{"test", test.toStdString()}}},
           {"recipe", {{"epochs", 40}, {"lr", 1e-3}, {"batch_size", 1}, {"threads", 1}}}});
      const int job = answer["result"]["job"];
      first_ = answer["result"]["run"];
      QVERIFY(server.wait_for_status(job, "running"));
      QVERIFY(server.ask("jobs/stop", {{"id", job}}).contains("result"));
      QVERIFY(server.wait_for_status(job, "stopped"));
    }
    QVERIFY(wait_until([&] { return place_->all_processes().empty(); }));
    {
      SQLite::Database raw((place_->workspace() + "/workspace.sqlite").toStdString(),
                           SQLite::OPEN_READWRITE, 10000);
      const std::string numbers =
          "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600) ";
      raw.exec(
          "BEGIN; INSERT INTO runs (name, type, model_id, recipe, versions, device, host, status, "
          "note, created, started, ended, summary) " +
          numbers +
          "SELECT 'other ' || i, 'EX', 1, '{}', '{}', '', '', 'done', '', 1, 1, 1, '{}' FROM n;"
          "INSERT INTO jobs (kind, status, request, progress, error, host, run_id, created, "
          "started, ended) SELECT 'train', 'done', '{\"train\": {}, \"eval\": []}', 'null', '', "
          "'', id, 1, 1, 1 FROM runs WHERE name LIKE 'other %'; COMMIT");
    }
    // By its name, its pairs, its model's list of runs, and what a second training starts from.
    const Said shown = place_->run({"runs", "show", "first"});
    QVERIFY2(shown.code == 0, shown.described());
    QCOMPARE(place_->run({"runs", "list"}).first().size(), size_t{601});
    {
      Server server(*place_);
      const json pairs = server.ask("pairs/list", {{"run", first_}, {"set", "test"}});
      QVERIFY2(pairs.contains("result"), pairs.dump().c_str());
      QCOMPARE(pairs["result"]["total"].get<int>(), 6);
      QCOMPARE(server.ask("models/show", {{"id", 1}})["result"]["runs"].size(), size_t{601});
    }
    const Said resumed = place_->run({"train", "--resume", "first"});
    QVERIFY2(resumed.code == 0, resumed.described());
    QCOMPARE(resumed.last()["run"]["status"].get<std::string>(), "done");
  }

  // 640 steps: a page of them at a time, and all of them at last.
  void the_curve_of_a_long_run_comes_in_pages() {
    Server server(*place_);
    std::vector<json> steps;
    int after = 0, pages = 0;
    for (size_t got = 500; got == 500; ++pages) {
      const json answer =
          server.ask("runs/metrics", {{"id", first_}, {"after_step", after}})["result"];
      got = answer["steps"].size();
      QVERIFY2(got <= 500, std::to_string(got).c_str());
      for (const json& step : answer["steps"]) steps.push_back(step);
      if (!steps.empty()) after = steps.back()["step"];
    }
    QCOMPARE(pages, 2);
    QCOMPARE(steps.size(), size_t{640});
    for (size_t i = 0; i < steps.size(); ++i) QCOMPARE(steps[i]["step"].get<size_t>(), i + 1);
    QCOMPARE(server
                 .ask("runs/metrics",
                      {{"id", first_}, {"after_step", 0}, {"limit", 7}})["result"]["steps"]
                 .size(),
             size_t{7});
    // What a schedule and a gradient look like travels too.
    QCOMPARE(steps[9]["lr"].get<double>(), 1e-3);
    QVERIFY(steps[9]["grad_norm"].get<double>() > 0);
    QVERIFY(steps[9]["seconds"].get<double>() > 0);
  }

  // To look at a pair changes nothing in the workspace.
  void a_look_is_no_change() {
    Server server(*place_);
    QVERIFY(server.ask("initialize", {{"protocol", 2}}).contains("result"));
    SQLite::Database raw((place_->workspace() + "/workspace.sqlite").toStdString(),
                         SQLite::OPEN_READONLY, 10000);
    const auto version = [&] { return raw.execAndGet("PRAGMA data_version").getInt64(); };
    const int64_t before = version();
    const json answer = server.ask(
        "attribute",
        {{"of", run_name(first_)}, {"pair", {{"run", first_}, {"set", "test"}, {"index", 0}}}});
    QVERIFY2(answer.contains("result"), answer.dump().c_str());
    QCOMPARE(version(), before);
    QCOMPARE(raw.execAndGet("SELECT count(*) FROM attributions").getInt(), 0);
  }

 private:
  std::unique_ptr<Place> place_;
  QString data_;
  int first_ = 0;
};

QTEST_GUILESS_MAIN(TestEngineMany)
#include "test_engine_many.moc"
