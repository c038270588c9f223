// SPDX-License-Identifier: GPL-3.0-or-later
// Jobs that are killed or stopped, and what is left of them: a resumed run is the undisturbed one.
#include <QtTest>
#include <memory>

#include "tests/engine/serve_driver.h"

using namespace loupe::test;

namespace {

constexpr int kSteps = 160;  // 4 epochs of 160 pairs, four at a time

}  // namespace

class TestEngineDeath : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() {
    place_ = std::make_unique<Place>();
    QCOMPARE(place_->import_tiny().code, 0);
    data_ = place_->write_pairs("train.jsonl", 160);
    test_ = place_->write_pairs("test.jsonl", 8, 500);
  }

  // Killed before its first checkpoint, while it writes one, and after one.
  void a_killed_run_goes_on_as_if_nothing_had_happened() {
    const json whole = undisturbed("im");
    const json first = start("im", "killed");
    const int run = first["run"];
    int job = first["job"];
    Server server(*place_);
    const auto evaluated = [&] {
      const json answer = server.ask("runs/metrics", {{"id", run}, {"after_step", -1}});
      return answer.contains("result") && !answer["result"]["evals"].empty();
    };
    QVERIFY(wait_until(evaluated));
    kill_job(job);
    QVERIFY2(checkpoints(job).isEmpty(), "killed too late to be before the first checkpoint");
    verify_interrupted("killed");

    job = resume("killed");
    const QDir folder(place_->artifacts(job));
    QVERIFY(wait_until(
        [&] {
          return !folder.entryList({".loupe-*"}, QDir::Files | QDir::Hidden).isEmpty() ||
                 !checkpoints(job).isEmpty();
        },
        30, 50));
    kill_job(job);
    verify_interrupted("killed");

    job = resume("killed");
    QVERIFY(wait_until([&] { return !checkpoints(job).isEmpty(); }));
    ::usleep(60000);  // some steps further
    kill_job(job);
    verify_interrupted("killed");

    const Said last = place_->run({"train", "--resume", "killed"});
    QVERIFY2(last.code == 0, last.described());
    compare(exported("killed"), whole);
    QVERIFY(server.alive());
  }

  void a_stopped_run_keeps_a_checkpoint_and_goes_on() {
    const json whole = undisturbed("ex");
    const json started = start("ex", "stopped");
    const int job = started["job"];
    QVERIFY(wait_until([&] { return !checkpoints(job).isEmpty(); }));
    QCOMPARE(place_->run({"jobs", "stop", QString::number(job)}).code, 0);
    QVERIFY(wait_until([&] { return place_->job_processes(job).empty(); }));
    const json row = place_->run({"runs", "show", "stopped"}).first();
    QCOMPARE(row["status"].get<std::string>(), "stopped");
    QVERIFY(row["epochs_done"].get<double>() >= 1);
    QVERIFY(row["epochs_done"].get<double>() < 4);
    QCOMPARE(checkpoints(job).size(), 1);
    const Said scored =
        place_->run({"score", "--run", "stopped", "--prompt", "would you?", "--response", "sure"});
    QVERIFY2(scored.code == 0, scored.described());

    const Said last = place_->run({"train", "--resume", "stopped"});
    QVERIFY2(last.code == 0, last.described());
    compare(exported("stopped"), whole);
    const Said again = place_->run({"train", "--resume", "stopped"});
    QVERIFY(again.code > 0);
    QVERIFY2(again.err.find("done") != std::string::npos, again.described());
  }

 private:
  QStringList recipe(const QString& type, const QString& name) const {
    return {"train",  "--type",        type,       "--model",   "tiny", "--data", data_,
            "--eval", "test=" + test_, "--epochs", "4",         "--lr", "1e-3",   "--batch-size",
            "4",      "--name",        name,       "--threads", "1"};
  }
  json undisturbed(const QString& type) const {
    const Said said = place_->run(recipe(type, "whole-" + type));
    return said.code == 0 ? exported("whole-" + type) : json();
  }
  json start(const QString& type, const QString& name) const {
    return place_->run(recipe(type, name) + QStringList{"--detach"}).first();
  }
  int resume(const QString& name) const {
    return place_->run({"train", "--resume", name, "--detach"}).first().value("job", 0);
  }
  json exported(const QString& name) const {
    const QString file = place_->path(name + ".json");
    if (place_->run({"runs", "export", name, "-o", file}).code != 0) return {};
    QFile written(file);
    if (!written.open(QIODevice::ReadOnly)) return {};
    return json::parse(written.readAll().toStdString(), nullptr, false);
  }
  QStringList checkpoints(int job) const {
    return QDir(place_->artifacts(job)).entryList({"checkpoint-*"}, QDir::Files);
  }
  void kill_job(int job) const {
    const auto processes = place_->job_processes(job);
    QCOMPARE(processes.size(), size_t(1));
    QCOMPARE(::kill(static_cast<pid_t>(processes.front()), SIGKILL), 0);
    QVERIFY(wait_until([&] { return place_->job_processes(job).empty(); }));
  }
  void verify_interrupted(const QString& name) const {
    for (const auto& row : place_->run({"runs", "list"}).first())
      if (text_of(row["name"]) == name) {
        QCOMPARE(row["status"].get<std::string>(), "interrupted");
        return;
      }
    QFAIL("the run is not listed");
  }
  // Every step and evaluation exactly once, with the numbers of the undisturbed run.
  static void compare(const json& run, const json& whole) {
    QVERIFY(run.is_object() && whole.is_object());
    QCOMPARE(run["status"].get<std::string>(), "done");
    QCOMPARE(whole["steps"].size(), size_t(kSteps));
    QCOMPARE(run["steps"].size(), size_t(kSteps));
    for (size_t i = 0; i < size_t(kSteps); ++i) {
      const json& a = run["steps"][i];
      const json& b = whole["steps"][i];
      QCOMPARE(a["step"].get<size_t>(), i + 1);
      for (const char* key : {"epoch", "loss", "chosen_reward", "rejected_reward"})
        QVERIFY2(std::abs(a[key].get<double>() - b[key].get<double>()) < 1e-6,
                 (key + (" differs: " + a.dump() + " " + b.dump())).c_str());
    }
    QCOMPARE(whole["evaluations"].size(), size_t(5));
    QCOMPARE(run["evaluations"].size(), size_t(5));
    for (size_t i = 0; i < 5; ++i) {
      const json& a = run["evaluations"][i];
      const json& b = whole["evaluations"][i];
      QCOMPARE(a["step"], b["step"]);
      QCOMPARE(a["pairs"].size(), b["pairs"].size());
      QVERIFY(std::abs(a["margin_mean"].get<double>() - b["margin_mean"].get<double>()) < 1e-6);
    }
  }

  std::unique_ptr<Place> place_;
  QString data_, test_;
};

QTEST_GUILESS_MAIN(TestEngineDeath)
#include "test_engine_death.moc"
