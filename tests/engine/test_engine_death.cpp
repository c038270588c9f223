// SPDX-License-Identifier: GPL-3.0-or-later
// Jobs that are killed or stopped, and what is left of them: a resumed run is the undisturbed one.
#include <QtTest>
#include <memory>

#include "tests/engine/serve_driver.h"

using namespace loupe::test;

namespace {

// Of 160 pairs, four at a time: 40 steps an epoch.
constexpr int kEpochs = 6;
constexpr size_t kSteps = 40 * kEpochs;

}  // namespace

class TestEngineDeath : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() {
    engine_threads = 4;
    place_ = std::make_unique<Place>();
    QCOMPARE(place_->import_tiny().code, 0);
    data_ = place_->write_pairs("train.jsonl", 160);
    test_ = place_->write_pairs("test.jsonl", 8, 500);
  }

  // Killed before its first checkpoint, while it writes one, and after one.
  void a_killed_run_goes_on_as_if_nothing_had_happened() {
    const json whole = undisturbed("im");
    Server server(*place_);
    QVERIFY(server.ask("ping").contains("result"));
    const json first = start(server, "IM", "killed");
    int job = first["job"];
    QVERIFY(wait_until([&] { return has_begun(server, first["run"]); }));
    kill_job(job);
    QVERIFY2(checkpoints(job).isEmpty(), "killed too late to be before the first checkpoint");
    verify_interrupted("killed");

    job = resume("killed");
    QVERIFY(wait_until([&] { return !partial_files(job).isEmpty() || !checkpoints(job).isEmpty(); },
                       30, 50));
    kill_job(job);
    verify_interrupted("killed");

    job = resume("killed");
    QVERIFY(wait_until([&] { return !checkpoints(job).isEmpty(); }));
    ::usleep(60000);  // some steps further
    kill_job(job);
    verify_interrupted("killed");

    // What is left by a kill at the worst moments, whether this one met them or not.
    place_->write(QStringLiteral("ws/artifacts/%1/.loupe-1-0.tmp").arg(job), "half a check");
    place_->write(QStringLiteral("ws/artifacts/%1/checkpoint-00000999.safetensors").arg(job), "x");
    const Said last = place_->run({"train", "--resume", "killed"});
    QVERIFY2(last.code == 0, last.described());
    compare(exported("killed"), whole);
    // Of what the killed processes wrote, one checkpoint is left: the last one.
    int files = 0;
    const int last_job = place_->run({"jobs", "list"}).first()[0]["id"];
    for (int i = first["job"]; i <= last_job; ++i) {
      files += static_cast<int>(checkpoints(i).size());
      QCOMPARE(partial_files(i), QStringList());
    }
    QCOMPARE(files, 1);
    QVERIFY(server.alive());
  }

  void a_stopped_run_keeps_a_checkpoint_and_goes_on() {
    const json whole = undisturbed("ex");
    Server server(*place_);
    QVERIFY(server.ask("ping").contains("result"));
    const json started = start(server, "EX", "stopped");
    const int job = started["job"];
    QVERIFY(wait_until([&] { return has_begun(server, started["run"]); }));
    QCOMPARE(place_->run({"jobs", "stop", QString::number(job)}).code, 0);
    QVERIFY(wait_until([&] { return place_->job_processes(job).empty(); }));
    const json row = place_->run({"runs", "show", "stopped"}).first();
    QCOMPARE(row["status"].get<std::string>(), "stopped");
    QVERIFY(row["epochs_done"].get<double>() < kEpochs);
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
  json undisturbed(const QString& type) const {
    const QStringList words{"train",
                            "--type",
                            type,
                            "--model",
                            "tiny",
                            "--data",
                            data_,
                            "--eval",
                            "test=" + test_,
                            "--epochs",
                            QString::number(kEpochs),
                            "--lr",
                            "1e-3",
                            "--batch-size",
                            "4",
                            "--name",
                            "whole-" + type,
                            "--threads",
                            "4"};
    const Said said = place_->run(words);
    return said.code == 0 ? exported("whole-" + type) : json();
  }
  // Through the server, which answers before the job's process is up: nothing of it is missed.
  json start(Server& server, const char* type, const char* name) const {
    return server.ask("train/start", {{"model", "tiny"},
                                      {"name", name},
                                      {"data", data_.toStdString()},
                                      {"eval", {{"test", test_.toStdString()}}},
                                      {"recipe",
                                       {{"type", type},
                                        {"epochs", kEpochs},
                                        {"lr", 1e-3},
                                        {"batch_size", 4},
                                        {"threads", 4}}}})["result"];
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
  // It has evaluated the untrained model: training follows.
  static bool has_begun(Server& server, int run) {
    const json answer = server.ask("runs/metrics", {{"id", run}, {"after_step", -1}});
    return answer.contains("result") && !answer["result"]["evals"].empty();
  }
  QStringList checkpoints(int job) const {
    return QDir(place_->artifacts(job)).entryList({"checkpoint-*"}, QDir::Files);
  }
  QStringList partial_files(int job) const {
    return QDir(place_->artifacts(job)).entryList({".loupe-*"}, QDir::Files | QDir::Hidden);
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
  // Every step and evaluation exactly once, with the numbers of the undisturbed run, bit for bit:
  // four threads add in one order too.
  static void compare(const json& run, const json& whole) {
    QVERIFY(run.is_object() && whole.is_object());
    QCOMPARE(run["status"].get<std::string>(), "done");
    QCOMPARE(run["recipe"], whole["recipe"]);
    QCOMPARE(whole["steps"].size(), kSteps);
    QCOMPARE(run["steps"].size(), kSteps);
    for (size_t i = 0; i < kSteps; ++i) {
      const json& a = run["steps"][i];
      const json& b = whole["steps"][i];
      QCOMPARE(a["step"].get<size_t>(), i + 1);
      for (const char* key : {"epoch", "loss", "chosen_reward", "rejected_reward"})
        QVERIFY2(a[key] == b[key], (key + (" differs: " + a.dump() + " " + b.dump())).c_str());
    }
    QCOMPARE(whole["evaluations"].size(), size_t(kEpochs + 1));
    QCOMPARE(run["evaluations"].size(), size_t(kEpochs + 1));
    for (size_t i = 0; i < size_t(kEpochs + 1); ++i) {
      const json& a = run["evaluations"][i];
      const json& b = whole["evaluations"][i];
      QCOMPARE(a["step"], b["step"]);
      QCOMPARE(a["pairs"], b["pairs"]);
      QCOMPARE(a["margin_mean"], b["margin_mean"]);
    }
  }

  std::unique_ptr<Place> place_;
  QString data_, test_;
};

QTEST_GUILESS_MAIN(TestEngineDeath)
#include "test_engine_death.moc"
