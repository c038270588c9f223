// SPDX-License-Identifier: GPL-3.0-or-later
// Opening: what is created, upgraded, refused, and left untouched.
#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <QFile>
#include <array>
#include <cmath>

#include "core/store/connection.h"
#include "core/store/database_error.h"
#include "core/store/file_system.h"
#include "tests/store/store_testing.h"

using namespace loupe;
using namespace loupe::store;
using namespace loupe::store::testing;
namespace fs = std::filesystem;
using Mode = Workspace::Mode;
using std::chrono::milliseconds;

namespace {

QByteArray bytes_of(const fs::path& path) {
  QFile file(QString::fromStdString(path.string()));
  if (!file.open(QIODevice::ReadOnly)) return "unreadable";
  return file.readAll();
}

void write_bytes(const fs::path& path, const QByteArray& bytes) {
  QFile file(QString::fromStdString(path.string()));
  QVERIFY(file.open(QIODevice::WriteOnly));
  QCOMPARE(file.write(bytes), bytes.size());
}

// A second and third step on top of the real ones.
const char* const kAddColumn = "ALTER TABLE runs ADD COLUMN colour TEXT NOT NULL DEFAULT 'teal'";
const char* const kRebuild =
    "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT);"
    "INSERT INTO notes (text) SELECT note FROM runs";
const char* const kBroken = "CREATE TABLE half (id INTEGER); INSERT INTO nowhere VALUES (1)";
const char* const kDangling = "INSERT INTO steps (run_id, step) VALUES (12345, 1)";

// The released steps, and some more.
std::vector<const char*> steps_with(std::initializer_list<const char*> more) {
  const auto released = schema_steps();
  std::vector<const char*> steps(released.begin(), released.end());
  steps.insert(steps.end(), more);
  return steps;
}

int pragma(const fs::path& file, const char* name) {
  SQLite::Database raw(file.string());
  return raw.execAndGet(std::string("PRAGMA ") + name).getInt();
}

}  // namespace

class TestStoreOpen : public QObject {
  Q_OBJECT

 private slots:
  void init() {
    dir_.emplace();
    folder_ = path_of(*dir_) / "wörkspace" / "inner";
    file_ = folder_ / "workspace.sqlite";
  }

  void creates_a_marked_wal_database() {
    { open_or_die(folder_); }
    QCOMPARE(pragma(file_, "user_version"), Workspace::schema_version());
    QCOMPARE(pragma(file_, "application_id"), kApplicationId);
    SQLite::Database raw(file_.string());
    QCOMPARE(raw.execAndGet("PRAGMA journal_mode").getString(), std::string("wal"));
    VERIFY_OK(Workspace::open(folder_, Mode::open));
    QVERIFY(!fs::exists(file_.string() + ".backup-v0"));
  }

  void an_empty_file_becomes_a_workspace() {
    fs::create_directories(folder_);
    write_bytes(file_, "");
    VERIFY_OK(Workspace::open(folder_, Mode::open));
  }

  void missing_things_are_named() {
    {
      const auto no_folder = Workspace::open(folder_, Mode::open);
      VERIFY_FAILS(no_folder, ErrorCode::not_found);
      QCOMPARE(no_folder.error().where, folder_.string());
      QVERIFY(!fs::exists(folder_));
    }
    fs::create_directories(folder_);
    const auto no_file = Workspace::open(folder_, Mode::open);
    VERIFY_FAILS(no_file, ErrorCode::not_found);
    QCOMPARE(no_file.error().where, file_.string());
    QVERIFY(fs::is_empty(folder_));
    VERIFY_FAILS(Workspace::open("", Mode::create_or_open), ErrorCode::invalid_input);
    write_bytes(folder_ / "plain", "x");
    QVERIFY(!Workspace::open(folder_ / "plain", Mode::create_or_open).ok());
    VERIFY_FAILS(Workspace::open(folder_ / "plain", Mode::open), ErrorCode::invalid_input);
  }

  void garbage_is_refused_and_left_alone() {
    fs::create_directories(folder_);
    const QByteArray garbage = QByteArray("certainly no database ").repeated(1000);
    write_bytes(file_, garbage);
    for (Mode mode : {Mode::create_or_open, Mode::open}) {
      const auto opened = Workspace::open(folder_, mode);
      VERIFY_FAILS(opened, ErrorCode::corrupt);
      QCOMPARE(opened.error().where, file_.string());
      QVERIFY(bytes_of(file_) == garbage);
    }
    fs::remove(file_);
    fs::create_directories(file_);
    VERIFY_FAILS(Workspace::open(folder_), ErrorCode::io);
  }

  void another_programs_database_is_refused() {
    fs::create_directories(folder_);
    {
      SQLite::Database raw(file_.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
      raw.exec("CREATE TABLE bookmarks (url TEXT)");
    }
    const QByteArray before = bytes_of(file_);
    VERIFY_FAILS(Workspace::open(folder_), ErrorCode::invalid_input);
    QVERIFY(bytes_of(file_) == before);
  }

  void a_newer_file_is_refused_untouched() {
    {
      Workspace w = open_or_die(folder_);
      VERIFY_OK(w.add_run(sample_run("precious")));
    }
    const int newer = Workspace::schema_version() + 1;
    {
      SQLite::Database raw(file_.string(), SQLite::OPEN_READWRITE);
      raw.exec("PRAGMA user_version = " + std::to_string(newer));
    }
    const QByteArray before = bytes_of(file_);
    for (Mode mode : {Mode::create_or_open, Mode::open}) {
      const auto opened = Workspace::open(folder_, mode);
      VERIFY_FAILS(opened, ErrorCode::newer_version);
      QCOMPARE(opened.error().where, file_.string());
      QVERIFY(bytes_of(file_) == before);
    }
  }

  void a_newer_version_still_in_the_log_is_refused_untouched() {
    { open_or_die(folder_); }
    // A newer program that died: what it wrote is in the log, which the next closer would move into
    // the database.
    QCOMPARE(wait_for(spawn([&] {
               auto* raw = new SQLite::Database(file_.string(), SQLite::OPEN_READWRITE);
               raw->exec("PRAGMA user_version = 1000");
               return 0;
             })),
             0);
    const fs::path log = file_.string() + "-wal";
    const QByteArray before = bytes_of(file_), log_before = bytes_of(log);
    QVERIFY(log_before.size() > 0);
    VERIFY_FAILS(Workspace::open(folder_), ErrorCode::newer_version);
    QVERIFY(bytes_of(log) == log_before);
    QVERIFY(bytes_of(file_) == before);
  }

  void damage_is_reported() {
    {
      Workspace w = open_or_die(folder_);
      const int64_t run = *w.add_run(sample_run("r"));
      std::vector<StepMetric> steps;
      for (int i = 0; i < 5000; ++i) steps.push_back({.step = i, .loss = 0.1 * i});
      VERIFY_OK(w.add_steps(run, steps));
    }
    const QByteArray whole = bytes_of(file_);
    write_bytes(file_, whole.left(whole.size() / 2));
    VERIFY_FAILS(Workspace::open(folder_), ErrorCode::corrupt);

    // Every page but the first two overwritten: it may open, but never lies and never crashes.
    QByteArray scribbled = whole;
    for (qsizetype i = 8192; i < scribbled.size(); ++i) scribbled[i] = '\xA5';
    write_bytes(file_, scribbled);
    const auto opened = Workspace::open(folder_);
    const auto steps = opened ? opened->steps(1) : opened.error();
    VERIFY_FAILS(steps, ErrorCode::corrupt);
  }

  void migration_keeps_the_rows_and_makes_a_backup() {
    int64_t run = 0;
    {
      Workspace w = open_or_die(folder_);
      run = *w.add_run(sample_run("précieux"));
      VERIFY_OK(w.set_run_note(run, "note"));
    }
    const auto steps = steps_with({kAddColumn, kRebuild});
    {
      const auto connection = open_connection(folder_, Mode::open, steps, milliseconds(100));
      VERIFY_OK(connection);
      SQLite::Database& database = *connection->database;
      QCOMPARE(database.execAndGet("PRAGMA user_version").getInt(),
               Workspace::schema_version() + 2);
      QCOMPARE(database.execAndGet("SELECT colour FROM runs").getString(), std::string("teal"));
      QCOMPARE(database.execAndGet("SELECT text FROM notes").getString(), std::string("note"));
      QCOMPARE(database.execAndGet("PRAGMA foreign_keys").getInt(), 1);
    }
    VERIFY_FAILS(Workspace::open(folder_), ErrorCode::newer_version);

    const fs::path backup =
        file_.string() + ".backup-v" + std::to_string(Workspace::schema_version());
    QVERIFY(fs::exists(backup));
    QVERIFY(!fs::exists(backup.string() + ".partial"));
    // Put back, the backup is the workspace as it was; the next migration keeps both copies.
    fs::copy_file(backup, file_, fs::copy_options::overwrite_existing);
    {
      Workspace w = open_or_die(folder_);
      QCOMPARE(w.run(run)->name, std::string("précieux"));
      VERIFY_OK(w.set_run_note(run, "later"));
    }
    VERIFY_OK(open_connection(folder_, Mode::open, steps, milliseconds(100)));
    QVERIFY(fs::exists(backup));
    QVERIFY(fs::exists(backup.string() + "-2"));
  }

  void a_version_1_workspace_keeps_its_models() {
    fs::create_directories(folder_);
    const std::array first = {schema_steps()[0]};
    {
      const auto connection =
          open_connection(folder_, Mode::create_or_open, first, milliseconds(100));
      VERIFY_OK(connection);
      connection->database->exec(
          "INSERT INTO models (name, path, format, architecture, parameters, files, details, "
          "created) VALUES ('old', '/m', 'hf', 'LlamaForCausalLM', 7, '[]', '{}', 1.0)");
    }
    Workspace w = open_or_die(folder_);
    const auto model = w.model("old");
    VERIFY_OK(model);
    QCOMPARE(model->kind, std::string("LM"));
    QCOMPARE(model->base_id, int64_t{0});
    QVERIFY(!model->removed);
    QVERIFY(fs::exists(file_.string() + ".backup-v1"));
  }

  // Its runs keep everything; their last evaluations are there to be listed.
  void a_version_2_workspace_keeps_its_runs() {
    fs::create_directories(folder_);
    const auto two = schema_steps().first(2);
    {
      const auto connection =
          open_connection(folder_, Mode::create_or_open, two, milliseconds(100));
      VERIFY_OK(connection);
      connection->database->exec(
          "INSERT INTO models (name, path, format, architecture, parameters, files, details, "
          "created) VALUES ('m', '/m', 'hf', 'LlamaForCausalLM', 7, '[]', '{}', 1.0);"
          "INSERT INTO datasets (name, path, sha256, rows, details, created) "
          "VALUES ('train', '/d.jsonl', 'ab', 3, '{\"kind\":\"jsonl\"}', 1.0)");
      for (const char* status : {"done", "running", "queued"}) {
        SQLite::Statement run(
            *connection->database,
            "INSERT INTO runs (name, type, model_id, dataset_id, recipe, versions, device, host, "
            "status, note, created, started, ended, summary) VALUES (?1, 'EX', 1, 1, "
            "'{\"seed\":7}', '{}', 'cpu', 'here', ?1, 'a note', 1.0, 2.0, 3.0, "
            "'{\"loss\":0.5}')");
        run.bind(1, status);
        run.exec();
        SQLite::Statement job(*connection->database,
                              "INSERT INTO jobs (kind, status, request, progress, error, host, "
                              "run_id, created, started, ended) VALUES ('train', ?1, '{}', 'null', "
                              "'', 'here', last_insert_rowid(), 1.0, 0, 0)");
        job.bind(1, status);
        job.exec();
      }
      connection->database->exec(
          "INSERT INTO evals (run_id, step, epoch, eval_set, measures) VALUES "
          "(1, 0, 0.0, 'train', '{\"accuracy\":0.5}'), (1, 3, 1.0 / 3, 'train', "
          "'{\"accuracy\":0.75}'), (1, 3, NULL, 'a', '{\"loss\":{\"$number\":\"NaN\"}}');"
          "INSERT INTO steps (run_id, step, loss) VALUES (1, 1, 0.25)");
    }
    Workspace w = open_or_die(folder_);
    const auto runs = w.run_changes(0, 10);
    VERIFY_OK(runs);
    QCOMPARE(runs->rows.size(), size_t{3});
    const RunRow& done = runs->rows.front();
    QCOMPARE(done.name, std::string("done"));
    QCOMPARE(done.note, std::string("a note"));
    QCOMPARE(done.model_name, std::string("m"));
    QCOMPARE(done.dataset_path, std::string("/d.jsonl"));
    QCOMPARE(done.dataset_kind, std::string("jsonl"));
    QCOMPARE(done.ended, 3.0);
    QCOMPARE(w.steps(1)->front().loss, 0.25);
    QCOMPARE(w.evals(1)->size(), size_t{3});
    QCOMPARE(done.last_evals.size(), size_t{2});
    QCOMPARE(done.last_evals[0].set, std::string("train"));
    QCOMPARE(done.last_evals[0].step, int64_t{3});
    QCOMPARE(done.last_evals[0].epoch, 1.0 / 3);
    QCOMPARE(done.last_evals[0].measures.at("accuracy").get<double>(), 0.75);
    QCOMPARE(done.last_evals[1].set, std::string("a"));
    QVERIFY(std::isnan(done.last_evals[1].epoch));
    QVERIFY(std::isnan(done.last_evals[1].measures.at("loss").get<double>()));
    // Nobody is in the workspace: what was queued as a process is no more, what ran is reaped.
    QCOMPARE(w.run(3)->status, std::string("interrupted"));
    QVERIFY(w.job(3)->status == JobStatus::interrupted);
    QCOMPARE(w.run(2)->status, std::string("running"));
    QCOMPARE(*w.reap_dead_jobs(), int64_t{1});
    QCOMPARE(w.run(2)->status, std::string("interrupted"));
    QVERIFY(fs::exists(file_.string() + ".backup-v2"));
  }

  void a_failed_migration_changes_nothing() {
    {
      Workspace w = open_or_die(folder_);
      VERIFY_OK(w.add_run(sample_run("r")));
    }
    const auto broken = steps_with({kAddColumn, kBroken});
    VERIFY_FAILS(open_connection(folder_, Mode::open, broken, milliseconds(100)),
                 ErrorCode::internal);
    const auto dangling = steps_with({kDangling});
    VERIFY_FAILS(open_connection(folder_, Mode::open, dangling, milliseconds(100)),
                 ErrorCode::corrupt);
    QVERIFY(
        !fs::exists(file_.string() + ".backup-v" + std::to_string(Workspace::schema_version())));
    QCOMPARE(pragma(file_, "user_version"), Workspace::schema_version());
    Workspace w = open_or_die(folder_);
    QCOMPARE(w.runs()->size(), size_t{1});
  }

  void migration_waits_for_others_and_names_the_job() {
    auto holder = std::make_optional(open_or_die(folder_));
    const int64_t job = *holder->add_job("train", json{});
    auto lock = FileLock::try_acquire(holder->job_lock_path(job), FileLock::Mode::exclusive);
    VERIFY_OK(lock);
    VERIFY_OK(holder->set_job_status(job, JobStatus::running));
    const auto steps = steps_with({kAddColumn});
    const auto busy = open_connection(folder_, Mode::open, steps, milliseconds(0));
    VERIFY_FAILS(busy, ErrorCode::busy);
    QVERIFY2(busy.error().what.find("job 1 (train)") != std::string::npos,
             busy.error().what.c_str());
    QCOMPARE(pragma(file_, "user_version"), Workspace::schema_version());
    VERIFY_OK(holder->set_job_status(job, JobStatus::done));
    holder.reset();
    VERIFY_OK(open_connection(folder_, Mode::open, steps, milliseconds(0)));
  }

  void folders_that_cannot_be_written() {
    if (geteuid() != 0) QSKIP("needs root, to become somebody else");
    { open_or_die(folder_); }
    fs::permissions(path_of(*dir_), fs::perms(0755));
    const fs::path parent = folder_.parent_path();
    const fs::path file = file_;
    const int code = wait_for(spawn([&]() -> int {
      if (setegid(65534) != 0 || seteuid(65534) != 0) return 10;
      const auto create = Workspace::open(parent / "new");
      if (create.ok() || create.error().code != ErrorCode::io) return 1;
      if (create.error().where.find("new") == std::string::npos) return 2;
      // The lock file is there and readable; the database is not to be written.
      const auto open = Workspace::open(folder_, Mode::open);
      if (open.ok() || open.error().code != ErrorCode::io) return 3;
      if (open.error().where.find("workspace.sqlite") == std::string::npos) return 4;
      return 0;
    }));
    QCOMPARE(code, 0);
  }

  void sqlite_codes_become_ours() {
    const std::array<std::pair<int, ErrorCode>, 8> expected = {{
        {SQLITE_BUSY, ErrorCode::busy},
        {SQLITE_LOCKED, ErrorCode::busy},
        {SQLITE_FULL, ErrorCode::disk_full},
        {SQLITE_CORRUPT, ErrorCode::corrupt},
        {SQLITE_NOTADB, ErrorCode::corrupt},
        {SQLITE_IOERR, ErrorCode::io},
        {SQLITE_NOMEM, ErrorCode::out_of_memory},
        {SQLITE_MISUSE, ErrorCode::internal},
    }};
    for (const auto& [code, ours] : expected) {
      const Error error = database_error(SQLite::Exception("x", code), nullptr, file_);
      QCOMPARE(error_code_name(error.code), error_code_name(ours));
      QCOMPARE(error.where, file_.string());
    }
  }

  void locks_exclude_each_other() {
    fs::create_directories(folder_);
    const fs::path path = folder_ / "lock";
    QVERIFY(!FileLock::is_held(path));
    QVERIFY(!fs::exists(path));
    {
      const auto a = FileLock::try_acquire(path, FileLock::Mode::shared);
      const auto b = FileLock::try_acquire(path, FileLock::Mode::shared);
      VERIFY_OK(a);
      VERIFY_OK(b);
      QVERIFY(!FileLock::is_held(path));
      VERIFY_FAILS(FileLock::try_acquire(path, FileLock::Mode::exclusive), ErrorCode::busy);
    }
    auto c = FileLock::try_acquire(path, FileLock::Mode::exclusive);
    VERIFY_OK(c);
    QVERIFY(FileLock::is_held(path));
    VERIFY_FAILS(FileLock::try_acquire(path, FileLock::Mode::shared), ErrorCode::busy);
    {
      const FileLock moved = std::move(*c);
      QVERIFY(FileLock::is_held(path));
    }
    QVERIFY(!FileLock::is_held(path));
    VERIFY_FAILS(FileLock::try_acquire(folder_ / "no" / "lock", FileLock::Mode::shared),
                 ErrorCode::io);
  }

  void network_file_systems_are_known() {
    QCOMPARE(network_file_system_name(0x6969, ""), std::string("NFS"));
    QCOMPARE(network_file_system_name(0xFF534D42, ""), std::string("CIFS"));
    QCOMPARE(network_file_system_name(0xFFFFFFFFFF534D42, ""), std::string("CIFS"));
    QCOMPARE(network_file_system_name(0xFE534D42, ""), std::string("SMB 2"));
    QCOMPARE(network_file_system_name(0x65735546, "fuse.sshfs"), std::string("fuse.sshfs"));
    QCOMPARE(network_file_system_name(0x65735546, "fuse.gocryptfs"), std::string());
    QCOMPARE(network_file_system_name(0x65735546, "fuseblk"), std::string());
    QCOMPARE(network_file_system_name(0xEF53, "ext4"), std::string());
    VERIFY_OK(refuse_network_file_system(path_of(*dir_)));
    VERIFY_FAILS(refuse_network_file_system(folder_), ErrorCode::io);
  }

 private:
  std::optional<QTemporaryDir> dir_;
  fs::path folder_, file_;
};

QTEST_APPLESS_MAIN(TestStoreOpen)
#include "test_store_open.moc"
