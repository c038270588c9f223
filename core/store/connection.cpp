// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/connection.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <signal.h>
#include <sqlite3.h>

#include <optional>
#include <string>
#include <system_error>
#include <thread>

#include "core/store/database_error.h"
#include "core/store/file_system.h"

namespace loupe::store {

namespace fs = std::filesystem;
using Mode = Workspace::Mode;
using Clock = std::chrono::steady_clock;

namespace {

constexpr int kBusyMilliseconds = 10000;
constexpr std::chrono::milliseconds kBetweenTries{20};

Result<void> prepare_folder(const fs::path& folder, const fs::path& file, Mode mode) {
  std::error_code error;
  if (mode == Mode::create_or_open) {
    fs::create_directories(folder, error);
    if (error) {
      return Error{ErrorCode::io, "The workspace folder cannot be made: " + error.message(),
                   folder.string(), "Choose a folder that you may write to."};
    }
  } else if (!fs::exists(folder, error)) {
    return Error{ErrorCode::not_found, "There is no such workspace folder", folder.string(), ""};
  }
  if (!fs::is_directory(folder, error)) {
    return Error{ErrorCode::invalid_input, "The workspace is not a folder", folder.string(), ""};
  }
  if (mode != Mode::create_or_open && !fs::exists(file, error)) {
    return Error{ErrorCode::not_found, "The folder holds no workspace", file.string(), ""};
  }
  return refuse_network_file_system(folder);
}

// A write beyond RLIMIT_FSIZE must come back as EFBIG instead of ending the process.
void ignore_file_size_signal() {
  struct sigaction current {};
  if (sigaction(SIGXFSZ, nullptr, &current) == 0 && current.sa_handler == SIG_DFL) {
    signal(SIGXFSZ, SIG_IGN);
  }
}

// " (job 3, train)" for what keeps the workspace busy; "" when it is no job, or not to be known.
std::string running_jobs(const fs::path& folder, const fs::path& file) {
  std::string names;
  try {
    SQLite::Database database(file.string(), SQLite::OPEN_READONLY);
    SQLite::Statement query(database, "SELECT id, kind FROM jobs WHERE status = 'running'");
    while (query.executeStep()) {
      const std::string id = std::to_string(query.getColumn(0).getInt64());
      if (!FileLock::is_held(folder / "artifacts" / id / "lock")) continue;
      names +=
          (names.empty() ? "job " : ", job ") + id + " (" + query.getColumn(1).getString() + ")";
    }
  } catch (const std::exception&) {
    return "";  // an older schema may have no such table; the message does without
  }
  return names;
}

Error still_busy(const fs::path& folder, const fs::path& file) {
  const std::string jobs = running_jobs(folder, file);
  return {ErrorCode::busy,
          "The workspace has to be upgraded, but is in use" + (jobs.empty() ? "" : " by " + jobs),
          file.string(), "Wait for it to end, or stop it; close other windows; then try again."};
}

Result<std::unique_ptr<SQLite::Database>> open_current(const fs::path& file) {
  using Opened = Result<std::unique_ptr<SQLite::Database>>;
  return guarded(nullptr, file, [&]() -> Opened {
    auto database = std::make_unique<SQLite::Database>(file.string(), SQLite::OPEN_READWRITE,
                                                       kBusyMilliseconds);
    return guarded(database->getHandle(), file, [&]() -> Opened {
      // SQLite falls back to reading when the file is write-protected: say so now, not at the
      // first write.
      if (sqlite3_db_readonly(database->getHandle(), "main") != 0) {
        return Error{ErrorCode::io, "The workspace database may not be written", file.string(),
                     "Change the file's permissions."};
      }
      // A restored backup is not in WAL mode; for any other file this changes nothing.
      if (!use_write_ahead_log(*database)) {
        return Error{ErrorCode::unsupported, "The file system cannot hold a write-ahead log",
                     file.string(), "Put the workspace on a local disk."};
      }
      // FULL: a commit survives a power cut. Writes come about once a second, so it costs little.
      database->exec(
          "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF;"
          "PRAGMA journal_size_limit = 67108864");
      return std::move(database);
    });
  });
}

using Tried = std::optional<Connection>;

// One try: an open connection, or nothing when somebody else is in the way.
Result<Tried> try_connect(const fs::path& folder, const fs::path& file, SchemaSteps steps) {
  const fs::path lock_path = folder / "workspace.lock";
  {
    Result<FileLock> shared = FileLock::try_acquire(lock_path, FileLock::Mode::shared);
    if (!shared && shared.error().code == ErrorCode::busy) return Tried{std::nullopt};
    if (!shared) return std::move(shared).error();
    std::error_code ignored;
    int version = 0;
    if (fs::exists(file, ignored)) {
      LOUPE_TRY(version, probe_version(file, steps));
    }
    if (version == static_cast<int>(steps.size())) {
      LOUPE_TRY(auto database, open_current(file));
      return Tried{Connection{std::move(*shared), std::move(database)}};
    }
  }
  {
    Result<FileLock> exclusive = FileLock::try_acquire(lock_path, FileLock::Mode::exclusive);
    if (!exclusive && exclusive.error().code == ErrorCode::busy) return Tried{std::nullopt};
    if (!exclusive) return std::move(exclusive).error();
    LOUPE_CHECK(migrate(file, steps));
  }
  return try_connect(folder, file, steps);  // the file is current now
}

}  // namespace

Result<Connection> open_connection(const fs::path& folder, Mode mode, SchemaSteps steps,
                                   std::chrono::milliseconds lock_wait) {
  const fs::path file = folder / "workspace.sqlite";
  LOUPE_CHECK(guarded(nullptr, file, [&] { return prepare_folder(folder, file, mode); }));
  ignore_file_size_signal();
  const Clock::time_point deadline = Clock::now() + lock_wait;
  while (true) {
    LOUPE_TRY(Tried connection, try_connect(folder, file, steps));
    if (connection) return std::move(*connection);
    if (Clock::now() >= deadline) return still_busy(folder, file);
    std::this_thread::sleep_for(kBetweenTries);
  }
}

}  // namespace loupe::store
