// SPDX-License-Identifier: GPL-3.0-or-later
// SQLite's and the JSON library's exceptions end here and become Errors.
#pragma once

#include <SQLiteCpp/Exception.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <type_traits>

#include "core/base/result.h"

struct sqlite3;

namespace loupe::store {

// `connection` may be null: the system's errno is then not known.
Error database_error(const SQLite::Exception& exception, sqlite3* connection,
                     const std::filesystem::path& file);
// Parse errors are ErrorCode::corrupt (only our own text is parsed), others invalid_input.
Error json_error(const nlohmann::json::exception& exception, const std::filesystem::path& file);
// The exception in flight; for a catch (...) only.
Error current_exception_error(sqlite3* connection, const std::filesystem::path& file);

// f(), with whatever it throws turned into an Error.
template <class F>
std::invoke_result_t<F> guarded(sqlite3* connection, const std::filesystem::path& file, F&& f) {
  try {
    return f();
  } catch (...) {
    return current_exception_error(connection, file);
  }
}

}  // namespace loupe::store
