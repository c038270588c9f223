// SPDX-License-Identifier: GPL-3.0-or-later
// From a folder to an open, current database: folder checks, workspace lock, migration, pragmas.
#pragma once

#include <SQLiteCpp/Database.h>

#include <chrono>
#include <filesystem>
#include <memory>

#include "core/base/result.h"
#include "core/store/schema.h"
#include "core/store/workspace.h"

namespace loupe::store {

struct Connection {
  FileLock lock;  // workspace.lock, shared; outlives the database
  std::unique_ptr<SQLite::Database> database;
};

// `lock_wait`: how long a creation or migration waits for everybody else to leave the workspace.
Result<Connection> open_connection(const std::filesystem::path& folder, Workspace::Mode mode,
                                   SchemaSteps steps, std::chrono::milliseconds lock_wait);

}  // namespace loupe::store
