// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/database_error.h"

#include <sqlite3.h>

#include <cerrno>
#include <cstring>
#include <new>

namespace loupe::store {

namespace {

Error disk_full(const std::string& where) {
  return {ErrorCode::disk_full, "The workspace could not be written: the disk is full", where,
          "Free some space, or raise the quota or file-size limit, and try again. "
          "What was written before is safe."};
}

bool means_disk_full(int errno_value) {
  return errno_value == ENOSPC || errno_value == EDQUOT || errno_value == EFBIG;
}

int last_errno(sqlite3_file* file) {
  int value = 0;
  if (file && file->pMethods) file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &value);
  return value;
}

// sqlite3_system_errno() knows nothing of a write that fails in a COMMIT; the files do.
int errno_of_failed_write(sqlite3* connection) {
  for (int which : {SQLITE_FCNTL_JOURNAL_POINTER, SQLITE_FCNTL_FILE_POINTER}) {
    sqlite3_file* file = nullptr;
    if (sqlite3_file_control(connection, "main", which, &file) != SQLITE_OK) continue;
    const int value = last_errno(file);
    if (means_disk_full(value)) return value;
  }
  return 0;
}

Error io_error(const SQLite::Exception& exception, sqlite3* connection, const std::string& where) {
  int system_error = connection ? sqlite3_system_errno(connection) : 0;
  if (connection && exception.getExtendedErrorCode() == SQLITE_IOERR_WRITE) {
    const int of_write = errno_of_failed_write(connection);
    if (of_write != 0) system_error = of_write;
  }
  if (means_disk_full(system_error)) return disk_full(where);
  std::string what = std::string("The workspace database could not be read or written: ") +
                     sqlite3_errstr(exception.getExtendedErrorCode());
  if (system_error != 0) what += std::string(", ") + std::strerror(system_error);
  return {ErrorCode::io, what, where, "Check that the folder exists and that you may write to it."};
}

}  // namespace

Error database_error(const SQLite::Exception& exception, sqlite3* connection,
                     const std::filesystem::path& file) {
  const std::string where = file.string();
  const std::string detail = exception.what();
  switch (exception.getErrorCode()) {
    case SQLITE_FULL:
      return disk_full(where);
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
      return io_error(exception, connection, where);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorCode::busy, "The workspace database is in use: " + detail, where,
              "Try again in a moment."};
    case SQLITE_CORRUPT:
      return {ErrorCode::corrupt, "The workspace database is damaged: " + detail, where,
              "Restore it from a backup (workspace.sqlite.backup-v*), or start a new workspace."};
    case SQLITE_NOTADB:
      return {ErrorCode::corrupt, "The file is not a workspace database", where,
              "Choose another folder, or move this file away."};
    case SQLITE_NOMEM:
      return {ErrorCode::out_of_memory, "Out of memory in the workspace database", where, ""};
    case SQLITE_CONSTRAINT:
      if (exception.getExtendedErrorCode() == SQLITE_CONSTRAINT_FOREIGNKEY) {
        return {ErrorCode::not_found, "The row refers to one that is not in the workspace", where,
                ""};
      }
      return {ErrorCode::invalid_input, "The workspace refuses the row: " + detail, where, ""};
    case SQLITE_TOOBIG:
      return {ErrorCode::invalid_input, "The row is too large for the workspace database", where,
              ""};
    default:
      return {ErrorCode::internal, "The workspace database failed: " + detail, where, ""};
  }
}

Error json_error(const nlohmann::json::exception& exception, const std::filesystem::path& file) {
  const bool parsing = dynamic_cast<const nlohmann::json::parse_error*>(&exception) != nullptr;
  if (parsing) {
    return {ErrorCode::corrupt,
            std::string("A row holds text that is no JSON: ") + exception.what(), file.string(),
            ""};
  }
  return {ErrorCode::invalid_input,
          std::string("The value cannot be written as JSON: ") + exception.what(), file.string(),
          "Text must be UTF-8."};
}

Error current_exception_error(sqlite3* connection, const std::filesystem::path& file) {
  try {
    throw;
  } catch (const SQLite::Exception& exception) {
    return database_error(exception, connection, file);
  } catch (const nlohmann::json::exception& exception) {
    return json_error(exception, file);
  } catch (const std::bad_alloc&) {
    return {ErrorCode::out_of_memory, "Out of memory", file.string(), ""};
  } catch (const std::filesystem::filesystem_error& exception) {
    return {ErrorCode::io, exception.code().message(), exception.path1().string(), ""};
  } catch (const std::exception& exception) {
    return {ErrorCode::internal, exception.what(), file.string(), ""};
  } catch (...) {
    return {ErrorCode::internal, "An unknown exception", file.string(), ""};
  }
}

}  // namespace loupe::store
