// SPDX-License-Identifier: GPL-3.0-or-later
// Several writers, dying writers, dead jobs, a full disk.
#include <SQLiteCpp/SQLiteCpp.h>
#include <signal.h>
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "tests/store/store_testing.h"

using namespace loupe;
using namespace loupe::store;
using namespace loupe::store::testing;
namespace fs = std::filesystem;

namespace {

constexpr int kPairs = 40;

// Writes `count` steps, one a transaction, and an evaluation after every tenth. 0 when all went in.
int write_steps(const fs::path& folder, int64_t run, int first, int count) {
  Result<Workspace> w = Workspace::open(folder, Workspace::Mode::open);
  if (!w) return 1;
  for (int i = first; i < first + count; ++i) {
    if (!w->add_steps(run, {{.step = i, .loss = 1.0 * i}})) return 2;
    if (i % 10 != 0) continue;
    if (!w->add_eval(run, {.step = i, .set = "train", .measures = json{{"i", i}}}, {})) return 3;
  }
  return 0;
}

// Evaluations of kPairs pairs and steps, for ever.
int write_for_ever(const fs::path& folder, int64_t run) {
  Result<Workspace> w = Workspace::open(folder, Workspace::Mode::open);
  if (!w) return 1;
  for (int step = 1;; ++step) {
    std::vector<EvalPair> pairs;
    for (int i = 0; i < kPairs; ++i) pairs.push_back({.index = i, .chosen_reward = 1.0 * step});
    // Two sets, one of them replaced over and over.
    if (!w->add_eval(run, {.step = step, .set = "a"}, pairs)) return 2;
    if (!w->add_eval(run, {.step = 0, .set = "b"}, pairs)) return 3;
  }
}

std::string integrity(const fs::path& folder) {
  SQLite::Database raw((folder / "workspace.sqlite").string());
  if (SQLite::Statement(raw, "PRAGMA foreign_key_check").executeStep()) return "foreign keys";
  return raw.execAndGet("PRAGMA integrity_check").getString();
}

// A child that holds the job's lock, says so by a byte on `pipe_end`, and waits to be killed.
pid_t spawn_job(const fs::path& folder, int64_t job, int pipe_end) {
  return spawn([=]() -> int {
    Result<Workspace> w = Workspace::open(folder, Workspace::Mode::open);
    if (!w) return 1;
    auto lock = FileLock::try_acquire(w->job_lock_path(job), FileLock::Mode::exclusive);
    if (!lock || !w->set_job_status(job, JobStatus::running)) return 2;
    if (write(pipe_end, "x", 1) != 1) return 3;
    for (;;) pause();
  });
}

}  // namespace

class TestStoreProcesses : public QObject {
  Q_OBJECT

 private slots:
  void init() {
    dir_.emplace();
    folder_ = path_of(*dir_);
    Workspace w = open_or_die(folder_);
    run_ = *w.add_run(sample_run("r"));
  }

  void two_objects_lose_nothing() {
    int first = -1, second = -1;
    std::thread other([&] { first = write_steps(folder_, run_, 1, 100); });
    second = write_steps(folder_, run_, 101, 100);
    other.join();
    QCOMPARE(first, 0);
    QCOMPARE(second, 0);
    check_steps(200);
  }

  void two_processes_lose_nothing() {
    const pid_t a = spawn([&] { return write_steps(folder_, run_, 1, 100); });
    const pid_t b = spawn([&] { return write_steps(folder_, run_, 101, 100); });
    QCOMPARE(wait_for(a), 0);
    QCOMPARE(wait_for(b), 0);
    check_steps(200);
  }

  // These look before they write: only BEGIN IMMEDIATE keeps another's write from coming between.
  void writes_that_read_first_lose_nothing() {
    const auto add = [&](const std::string& prefix) -> int {
      Result<Workspace> w = Workspace::open(folder_, Workspace::Mode::open);
      if (!w) return 1;
      for (int i = 0; i < 60; ++i) {
        DatasetRow shared{.name = "shared " + std::to_string(i), .sha256 = "x"};
        DatasetRow own{.name = prefix + std::to_string(i), .sha256 = "x"};
        if (!w->add_dataset(shared) || !w->add_dataset(own)) return 2;
      }
      return 0;
    };
    const pid_t a = spawn([&] { return add("a"); });
    const pid_t b = spawn([&] { return add("b"); });
    QCOMPARE(wait_for(a), 0);
    QCOMPARE(wait_for(b), 0);
    QCOMPARE(open_or_die(folder_).datasets()->size(), size_t{180});
  }

  void many_processes_may_create_at_once() {
    const fs::path fresh = folder_ / "fresh";
    std::vector<pid_t> children;
    for (int i = 0; i < 4; ++i) {
      children.push_back(spawn([&]() -> int {
        Result<Workspace> w = Workspace::open(fresh);
        return w && w->add_run(sample_run("r")) ? 0 : 1;
      }));
    }
    for (pid_t child : children) QCOMPARE(wait_for(child), 0);
    QCOMPARE(*open_or_die(fresh).run_count(), int64_t{4});
  }

  void a_killed_writer_leaves_whole_transactions() {
    int64_t seen = 0;
    for (int round = 0; round < 8; ++round) {
      const pid_t child = spawn([&] { return write_for_ever(folder_, run_); });
      std::this_thread::sleep_for(std::chrono::milliseconds(60 + 17 * round));
      QCOMPARE(kill(child, SIGKILL), 0);
      QCOMPARE(wait_for(child), -SIGKILL);
      Workspace w = open_or_die(folder_, Workspace::Mode::open);
      const auto evals = w.evals(run_);
      VERIFY_OK(evals);
      for (const EvalMetric& eval : *evals) {
        QCOMPARE(w.eval_pairs(eval.id)->size(), size_t{kPairs});
      }
      seen += static_cast<int64_t>(evals->size());
      VERIFY_OK(w.set_run_note(run_, "writable again"));
    }
    QCOMPARE(integrity(folder_), std::string("ok"));
    QVERIFY(seen > 0);
  }

  void dead_jobs_are_reaped_and_living_ones_are_not() {
    Workspace w = open_or_die(folder_);
    const int64_t job = *w.add_job("train", json{}, run_);
    const int64_t queued = *w.add_job("train", json{});
    VERIFY_OK(w.set_run_started(run_, "cpu", "here", json{}));
    const pid_t child = start_job(job);
    QCOMPARE(*w.reap_dead_jobs(), int64_t{0});
    QVERIFY(w.job(job)->status == JobStatus::running);
    QCOMPARE(w.run(run_)->status, std::string("running"));

    QCOMPARE(kill(child, SIGKILL), 0);
    QCOMPARE(wait_for(child), -SIGKILL);
    QCOMPARE(*w.reap_dead_jobs(), int64_t{1});
    QVERIFY(w.job(job)->status == JobStatus::interrupted);
    QVERIFY(w.job(job)->ended > 1.7e9);
    QCOMPARE(w.run(run_)->status, std::string("interrupted"));
    QVERIFY(w.job(queued)->status == JobStatus::queued);
    QCOMPARE(*w.reap_dead_jobs(), int64_t{0});
  }

  void a_queued_job_is_a_row_and_never_dead() {
    Workspace w = open_or_die(folder_);
    const int64_t job = *w.add_job("train", json{}, run_);
    { QVERIFY(FileLock::try_acquire(w.job_lock_path(job), FileLock::Mode::exclusive).ok()); }
    const auto now = std::filesystem::file_time_type::clock::now();
    std::filesystem::last_write_time(w.job_lock_path(job), now - std::chrono::hours(30));
    QCOMPARE(*w.reap_dead_jobs(), int64_t{0});
    QVERIFY(w.job(job)->status == JobStatus::queued);
  }

  void a_lock_is_handed_over_to_a_child() {
    Workspace w = open_or_die(folder_);
    const int64_t job = *w.add_job("train", json{}, run_);
    int ends[2];
    QCOMPARE(pipe(ends), 0);
    pid_t child = 0;
    {
      const auto lock = FileLock::try_acquire(w.job_lock_path(job), FileLock::Mode::exclusive);
      VERIFY_OK(lock);
      QVERIFY(*w.begin_job(job, "cpu"));
      child = spawn([&]() -> int {
        if (FileLock::adopt(folder_ / "workspace.lock", lock->descriptor()).ok()) return 1;
        if (FileLock::adopt(folder_ / "nothing", 1000).ok()) return 2;
        const auto mine = FileLock::adopt(folder_ / "artifacts" / std::to_string(job) / "lock",
                                          lock->descriptor());
        char byte = 0;
        return mine.ok() && read(ends[0], &byte, 1) == 1 ? 0 : 3;
      });
    }
    // The parent has let go: the child holds it.
    QCOMPARE(*w.reap_dead_jobs(), int64_t{0});
    QCOMPARE(write(ends[1], "x", 1), ssize_t{1});
    QCOMPARE(wait_for(child), 0);
    QCOMPARE(*w.reap_dead_jobs(), int64_t{1});
    close(ends[0]);
    close(ends[1]);
  }

  void a_lock_is_waited_for() {
    const fs::path path = folder_ / "lock";
    auto held = std::make_optional(FileLock::acquire(path));
    VERIFY_OK(*held);
    std::atomic<bool> let_go{false};
    std::thread holder([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(200));  // longer than try_acquire tries
      let_go = true;
      held.reset();
    });
    const auto lock = FileLock::acquire(path);
    QVERIFY(let_go);
    holder.join();
    VERIFY_OK(lock);
  }

  void a_run_with_a_living_job_goes_on() {
    Workspace w = open_or_die(folder_);
    const int64_t alive = *w.add_job("train", json{}, run_);
    const int64_t dead = *w.add_job("eval", json{}, run_);
    const int64_t finished_run = *w.add_run(sample_run("done"));
    const int64_t dead_too = *w.add_job("eval", json{}, finished_run);
    VERIFY_OK(w.set_run_started(run_, "cpu", "here", json{}));
    VERIFY_OK(w.set_run_status(finished_run, "done"));
    const pid_t child = start_job(alive);
    VERIFY_OK(w.set_job_status(dead, JobStatus::running));
    VERIFY_OK(w.set_job_status(dead_too, JobStatus::running));
    QCOMPARE(*w.reap_dead_jobs(), int64_t{2});
    QVERIFY(w.job(alive)->status == JobStatus::running);
    QVERIFY(w.job(dead)->status == JobStatus::interrupted);
    QCOMPARE(w.run(run_)->status, std::string("running"));
    QCOMPARE(w.run(finished_run)->status, std::string("done"));
    kill(child, SIGKILL);
    wait_for(child);
  }

  void a_looker_does_not_keep_the_lock_from_its_job() {
    // is_held() holds the lock shared for a moment; here the moment is a long one.
    const fs::path path = folder_ / "lock";
    auto looking = std::make_optional(FileLock::try_acquire(path, FileLock::Mode::shared));
    VERIFY_OK(*looking);
    std::thread looker([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      looking.reset();
    });
    const auto lock = FileLock::try_acquire(path, FileLock::Mode::exclusive);
    looker.join();
    VERIFY_OK(lock);
  }

  void a_full_disk_loses_only_the_last_write() {
    int ends[2];
    QCOMPARE(pipe(ends), 0);
    const pid_t child = spawn([&]() -> int {
      Result<Workspace> w = Workspace::open(folder_, Workspace::Mode::open);
      if (!w) return 1;
      const rlimit limit{600 * 1024, 600 * 1024};
      if (setrlimit(RLIMIT_FSIZE, &limit) != 0) return 2;
      for (int64_t step = 1; step < 2000; ++step) {
        std::vector<EvalPair> pairs(200);
        for (int i = 0; i < 200; ++i) pairs[i].index = i;
        const auto added = w->add_eval(run_, {.step = step, .set = "a"}, pairs);
        if (added) continue;
        if (added.error().code != ErrorCode::disk_full) return 3;
        if (added.error().where.empty() || added.error().hint.empty()) return 4;
        // Still readable, in the very process that met the limit.
        const auto evals = w->evals(run_);
        if (!evals || static_cast<int64_t>(evals->size()) != step - 1) return 5;
        const int64_t written = step - 1;
        return write(ends[1], &written, sizeof written) == sizeof written ? 0 : 6;
      }
      return 7;
    });
    QCOMPARE(wait_for(child), 0);
    int64_t written = 0;
    QCOMPARE(read(ends[0], &written, sizeof written), ssize_t{sizeof written});
    close(ends[0]);
    close(ends[1]);
    QVERIFY(written > 0);
    QCOMPARE(integrity(folder_), std::string("ok"));
    Workspace w = open_or_die(folder_, Workspace::Mode::open);
    const auto evals = w.evals(run_);
    VERIFY_OK(evals);
    QCOMPARE(static_cast<int64_t>(evals->size()), written);
    for (const EvalMetric& eval : *evals) QCOMPARE(w.eval_pairs(eval.id)->size(), size_t{200});
    VERIFY_OK(w.set_run_note(run_, "writable again"));
  }

  void a_writer_waits_for_another() {
    // The wait is SQLite's own; a connection of the test's holds the write lock longer.
    Workspace w = open_or_die(folder_);
    SQLite::Database raw((folder_ / "workspace.sqlite").string(), SQLite::OPEN_READWRITE);
    raw.exec("BEGIN IMMEDIATE");
    std::thread release([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(300));
      raw.exec("COMMIT");
    });
    const auto start = std::chrono::steady_clock::now();
    const auto waited = w.set_run_note(run_, "waited");
    const auto took = std::chrono::steady_clock::now() - start;
    release.join();
    VERIFY_OK(waited);
    QVERIFY(took >= std::chrono::milliseconds(200));
  }

 private:
  pid_t start_job(int64_t job) {
    int ends[2];
    if (pipe(ends) != 0) return -1;
    const pid_t child = spawn_job(folder_, job, ends[1]);
    close(ends[1]);
    char byte = 0;
    if (read(ends[0], &byte, 1) != 1) qFatal("the job did not start");
    close(ends[0]);
    return child;
  }

  void check_steps(int count) {
    Workspace w = open_or_die(folder_);
    const auto steps = w.steps(run_);
    VERIFY_OK(steps);
    QCOMPARE(steps->size(), static_cast<size_t>(count));
    for (int i = 0; i < count; ++i) QCOMPARE(steps->at(i).loss, 1.0 * (i + 1));
    QCOMPARE(w.evals(run_)->size(), static_cast<size_t>(count / 10));
  }

  std::optional<QTemporaryDir> dir_;
  fs::path folder_;
  int64_t run_ = 0;
};

QTEST_APPLESS_MAIN(TestStoreProcesses)
#include "test_store_processes.moc"
