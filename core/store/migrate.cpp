// SPDX-License-Identifier: GPL-3.0-or-later
#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <system_error>

#include "core/store/database_error.h"
#include "core/store/schema.h"

namespace loupe::store {

namespace fs = std::filesystem;

namespace {

constexpr int kBusyMilliseconds = 10000;

int version_of(SQLite::Database& database) {
  return database.execAndGet("PRAGMA user_version").getInt();
}

void sync(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

fs::path free_backup_name(const fs::path& file, int version) {
  const fs::path first = file.string() + ".backup-v" + std::to_string(version);
  fs::path candidate = first;
  for (int i = 2; fs::exists(candidate); ++i) candidate = first.string() + "-" + std::to_string(i);
  return candidate;
}

// Under another name until it is whole: a backup that is there can be trusted.
fs::path back_up(SQLite::Database& database, const fs::path& file, int version) {
  const fs::path backup = free_backup_name(file, version);
  const fs::path partial = backup.string() + ".partial";
  fs::remove(partial);
  try {
    SQLite::Statement vacuum(database, "VACUUM INTO ?");
    vacuum.bind(1, partial.string());
    vacuum.exec();
  } catch (...) {
    std::error_code ignored;
    fs::remove(partial, ignored);
    throw;
  }
  sync(partial);
  fs::rename(partial, backup);
  sync(backup.parent_path());
  return backup;
}

Result<void> apply(SQLite::Database& database, int version, const fs::path& file,
                   SchemaSteps steps) {
  // Steps that rebuild a table would otherwise trip over the references to it; what they leave is
  // checked as a whole.
  database.exec("PRAGMA foreign_keys = OFF");
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  for (size_t i = static_cast<size_t>(version); i < steps.size(); ++i) database.exec(steps[i]);
  if (SQLite::Statement(database, "PRAGMA foreign_key_check").executeStep()) {
    return Error{ErrorCode::corrupt, "A row of the older workspace refers to one that is missing",
                 file.string(), "The file was left as it was."};
  }
  database.exec("PRAGMA application_id = " + std::to_string(kApplicationId));
  database.exec("PRAGMA user_version = " + std::to_string(steps.size()));
  transaction.commit();
  return {};
}

Result<void> migrate_open(SQLite::Database& database, const fs::path& file, SchemaSteps steps) {
  if (sqlite3_db_readonly(database.getHandle(), "main") != 0) {
    return Error{ErrorCode::io, "The workspace database may not be written", file.string(),
                 "Change the file's permissions."};
  }
  const int version = version_of(database);
  if (version == static_cast<int>(steps.size())) return {};
  std::optional<fs::path> backup;
  if (version > 0) backup = back_up(database, file, version);
  const Result<void> applied = guarded(database.getHandle(), file, [&]() -> Result<void> {
    if (!use_write_ahead_log(database)) {
      return Error{ErrorCode::unsupported, "The file system cannot hold a write-ahead log",
                   file.string(), "Put the workspace on a local disk."};
    }
    return apply(database, version, file, steps);
  });
  if (!applied && backup) {
    std::error_code ignored;  // the database itself was rolled back: the copy is of no use
    fs::remove(*backup, ignored);
  }
  return applied;
}

}  // namespace

bool use_write_ahead_log(SQLite::Database& database) {
  return database.execAndGet("PRAGMA journal_mode = WAL").getString() == "wal";
}

Result<int> probe_version(const fs::path& file, SchemaSteps steps) {
  return guarded(nullptr, file, [&]() -> Result<int> {
    SQLite::Database database(file.string(), SQLite::OPEN_READONLY, kBusyMilliseconds);
    return guarded(database.getHandle(), file, [&]() -> Result<int> {
      SQLite::Transaction snapshot(database);
      const int version = version_of(database);
      const int32_t application = database.execAndGet("PRAGMA application_id").getInt();
      const int tables = database.execAndGet("SELECT count(*) FROM sqlite_schema").getInt();
      if (version == 0 && application == 0 && tables == 0) return 0;
      if (application != kApplicationId) {
        return Error{ErrorCode::invalid_input, "The file is a database of another program",
                     file.string(), "Choose another folder, or move this file away."};
      }
      if (version <= 0) {
        return Error{ErrorCode::corrupt, "The workspace database has no valid version number",
                     file.string(), ""};
      }
      if (version > static_cast<int>(steps.size())) {
        return Error{ErrorCode::newer_version,
                     "The workspace was written by a newer RewardLoupe (schema " +
                         std::to_string(version) + "; this one knows " +
                         std::to_string(steps.size()) + ")",
                     file.string(), "Update RewardLoupe. The file was left as it is."};
      }
      return version;
    });
  });
}

Result<void> migrate(const fs::path& file, SchemaSteps steps) {
  return guarded(nullptr, file, [&]() -> Result<void> {
    SQLite::Database database(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE,
                              kBusyMilliseconds);
    return guarded(database.getHandle(), file, [&] { return migrate_open(database, file, steps); });
  });
}

}  // namespace loupe::store
