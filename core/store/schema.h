// SPDX-License-Identifier: GPL-3.0-or-later
// The database's schema as ordered steps: step i brings a file from version i to version i + 1
// (PRAGMA user_version). A step that has been released is never edited; a change is a new step.
#pragma once

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <filesystem>
#include <span>

#include "core/base/result.h"

namespace loupe::store {

using SchemaSteps = std::span<const char* const>;

// PRAGMA application_id: "LOUP".
inline constexpr int32_t kApplicationId = 0x4C4F5550;

SchemaSteps schema_steps();

// Sets `last_evals` of all runs; " WHERE id = ?" after it, of one.
extern const char* const kKeepLastEvals;

// The version of a database: 0 for an empty one. Another program's database, or a version newer
// than `steps`, is an Error. Opens the file read-only and leaves it as it is.
Result<int> probe_version(const std::filesystem::path& file, SchemaSteps steps);

// Creates or upgrades the file to the last of `steps`, all in one transaction. An older file is
// first copied to FILE.backup-vN (N = its version; a number is added where that name is taken).
// The caller holds the workspace lock exclusively.
Result<void> migrate(const std::filesystem::path& file, SchemaSteps steps);

// Throws SQLite::Exception; false when the file system cannot do write-ahead logging.
bool use_write_ahead_log(SQLite::Database& database);

}  // namespace loupe::store
