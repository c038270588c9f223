// SPDX-License-Identifier: GPL-3.0-or-later
// The queue with real processes: a job that waits is a row, and the next one starts however the one
// before it ended.
#include <QtTest>
#include <memory>

#include "tests/engine/serve_driver.h"

using namespace loupe::test;

namespace {

constexpr int kQueued = 64;

QByteArray bytes_of(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

bool holds_torch(qint64 pid) {
  return bytes_of(QStringLiteral("/proc/%1/maps").arg(pid)).contains("torch");
}

int resident_kb(qint64 pid) {
  for (const QByteArray& line : bytes_of(QStringLiteral("/proc/%1/status").arg(pid)).split('\n'))
    if (line.startsWith("VmRSS:")) return line.mid(6).simplified().split(' ').front().toInt();
  return -1;
}

}  // namespace

class TestEngineQueue : public QObject {
  Q_OBJECT
 private slots:
  void init() {
    place_ = std::make_unique<Place>();
    QCOMPARE(place_->import_tiny().code, 0);
    data_ = place_->write_pairs("train.jsonl", 40);
  }
  void cleanup() { place_.reset(); }

  void queued_runs_are_rows_and_start_one_after_the_other() {
    const json first = start_all(kQueued + 1);
    const int job = first["job"];
    QVERIFY(wait_until([&] { return place_->job_processes(job).size() == 1; }));
    // No window any more: one job, and the watcher.
    QCOMPARE(place_->job_processes().size(), size_t{1});
    QVERIFY(wait_until([&] { return place_->watchers().size() == 1; }));
    QVERIFY(wait_until([&] { return place_->all_processes().size() == 2; }));
    const qint64 watcher = place_->watchers().front();
    QVERIFY(!holds_torch(watcher));
    QVERIFY(holds_torch(place_->job_processes().front()));
    qInfo("the watcher takes %d kB, a job %d kB", resident_kb(watcher),
          resident_kb(place_->job_processes().front()));
    QVERIFY(resident_kb(watcher) < 8000);
    QCOMPARE(statuses(), (std::map<std::string, int>{{"queued", kQueued}, {"running", 1}}));

    // Killed, and nobody there but the watcher.
    kill_job(job);
    QVERIFY(wait_until([&] { return place_->job_processes(job + 1).size() == 1; }));
    QVERIFY(wait_until([&] { return place_->all_processes().size() == 2; }));
    QVERIFY(wait_until([&] { return place_->watchers().size() == 1; }));
    QCOMPARE(status(job), "interrupted");
    QCOMPARE(status(job + 1), "running");
    QCOMPARE(status(job + 2), "queued");

    // Stopped: the job itself starts the next one. Order is id, not luck.
    QCOMPARE(stop(job + 3).code, 0);
    QCOMPARE(status(job + 3), "stopped");  // at once: there is no process
    QCOMPARE(run_status("run 3"), "stopped");
    QCOMPARE(stop(job + 1).code, 0);
    QVERIFY(wait_until([&] { return place_->job_processes(job + 2).size() == 1; }));
    QVERIFY(wait_until([&] { return status(job + 1) == "stopped"; }));
    QCOMPARE(stop(job + 2).code, 0);
    QVERIFY(wait_until([&] { return place_->job_processes(job + 4).size() == 1; }));
    QVERIFY(place_->job_processes(job + 3).empty());

    // Killed twice in a row: the watcher's engine leaves a watcher behind.
    kill_job(job + 4);
    QVERIFY(wait_until([&] { return place_->job_processes(job + 5).size() == 1; }));
    QVERIFY(wait_until([&] { return place_->watchers().size() == 1; }));

    // Nothing waits: no watcher.
    {
      Server server(*place_);
      for (int i = job + 6; i <= job + kQueued; ++i)
        QVERIFY(server.ask("jobs/stop", {{"id", i}}).contains("result"));
    }
    QVERIFY(wait_until([&] { return place_->watchers().empty(); }));
    QCOMPARE(place_->job_processes().size(), size_t{1});
    QCOMPARE(stop(job + 5).code, 0);
    QVERIFY(wait_until([&] { return place_->all_processes().empty(); }));
  }

  // Without a window and without a watcher (both were killed, or the machine was switched off) the
  // queue goes on when somebody opens the workspace.
  void what_waits_goes_on_when_the_workspace_is_opened() {
    const int job = start_all(3)["job"];
    QVERIFY(wait_until([&] { return place_->job_processes(job).size() == 1; }));
    for (const qint64 pid : place_->watchers()) ::kill(static_cast<pid_t>(pid), SIGKILL);
    QVERIFY(wait_until([&] { return place_->watchers().empty(); }));
    kill_job(job);
    QVERIFY(place_->all_processes().empty());
    QCOMPARE(status(job + 1), "queued");
    Server server(*place_);
    QVERIFY(wait_until([&] { return place_->job_processes(job + 1).size() == 1; }));
    QCOMPARE(server.job(job)["status"].get<std::string>(), "interrupted");
    QVERIFY(wait_until([&] { return place_->watchers().size() == 1; }));
  }

  void a_training_in_a_terminal_waits_and_can_be_stopped_while_it_waits() {
    const int job = start_all(1)["job"];
    QProcess train;
    train.setProcessEnvironment(engine_environment());
    train.start(QStringLiteral(LOUPE_ENGINE),
                {"--workspace", place_->workspace(), "--json", "train", "--model", "tiny", "--data",
                 data_, "--name", "waits", "--threads", "1"});
    QVERIFY(wait_until([&] { return status(job + 1) == "queued"; }));
    QVERIFY(wait_until([&] { return place_->watchers().size() == 1; }));
    ::usleep(300000);  // it follows its job now
    ::kill(static_cast<pid_t>(train.processId()), SIGINT);
    QVERIFY(train.waitForFinished(30000));
    QVERIFY(train.exitCode() != 0);
    QVERIFY2(train.readAllStandardOutput().contains("--resume"), "no hint");
    QCOMPARE(status(job + 1), "stopped");
    QCOMPARE(run_status("waits"), "stopped");
    QVERIFY(wait_until([&] { return place_->watchers().empty(); }));
    // Resumed it waits again, and runs when its turn comes.
    QCOMPARE(place_->run({"train", "--resume", "waits", "--detach"}).code, 0);
    QCOMPARE(status(job + 2), "queued");
    QCOMPARE(stop(job).code, 0);
    QVERIFY(wait_until([&] { return status(job + 2) == "done"; }));
    QVERIFY(wait_until([&] { return place_->all_processes().empty(); }));
  }

  // One that cannot be started is failed, says why, and holds nobody up.
  void a_job_that_cannot_run_lets_the_next_one_run() {
    const int job = start_all(1)["job"];
    const Said bad = place_->run({"train", "--model", "tiny", "--data", data_, "--name", "bad",
                                  "--device", "cuda:7", "--detach"});
    QCOMPARE(bad.code, 0);
    QCOMPARE(status(job + 1), "failed");
    QCOMPARE(run_status("bad"), "failed");
    QVERIFY2(job_row(job + 1)["error"].get<std::string>().find("cuda:7") != std::string::npos,
             job_row(job + 1).dump().c_str());
    QCOMPARE(status(job), "running");
  }

 private:
  // Trainings that would take minutes, through a server that ends; the first {job, run}.
  json start_all(int count) const {
    Server server(*place_);
    json first;
    for (int i = 0; i < count; ++i) {
      const json answer = server.ask(
          "train/start",
          {{"model", "tiny"},
           {"name", "run " + std::to_string(i)},
           {"data", data_.toStdString()},
           {"recipe", {{"epochs", 5000}, {"lr", 1e-3}, {"batch_size", 4}, {"threads", 1}}}});
      if (i == 0) first = answer.value("result", json());
    }
    return first;
  }
  Said stop(int job) const { return place_->run({"jobs", "stop", QString::number(job)}); }
  json job_row(int job) const {
    for (const json& row : place_->run({"jobs", "list"}).first())
      if (row["id"] == job) return row;
    return {};
  }
  std::string status(int job) const {
    const json row = job_row(job);
    return row.is_object() ? row["status"].get<std::string>() : "";
  }
  std::string run_status(const char* name) const {
    const json row = place_->run({"runs", "show", name}).first();
    return row.is_object() ? row.value("status", "") : "";
  }
  std::map<std::string, int> statuses() const {
    std::map<std::string, int> out;
    for (const json& row : place_->run({"jobs", "list"}).first())
      ++out[row["status"].get<std::string>()];
    return out;
  }
  void kill_job(int job) const {
    const auto processes = place_->job_processes(job);
    QCOMPARE(processes.size(), size_t(1));
    QCOMPARE(::kill(static_cast<pid_t>(processes.front()), SIGKILL), 0);
    QVERIFY(wait_until([&] { return place_->job_processes(job).empty(); }));
  }

  std::unique_ptr<Place> place_;
  QString data_;
};

QTEST_GUILESS_MAIN(TestEngineQueue)
#include "test_engine_queue.moc"
