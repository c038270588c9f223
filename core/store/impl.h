// SPDX-License-Identifier: GPL-3.0-or-later
// What the files that implement Workspace share: the connection, how a read and a write are
// wrapped, and how values become columns.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>

#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "core/store/connection.h"
#include "core/store/database_error.h"
#include "core/store/json_text.h"
#include "core/store/workspace.h"

namespace loupe::store {

struct Workspace::Impl {
  std::filesystem::path folder;
  Connection connection;
  int64_t commits = 0;  // by this object; PRAGMA data_version counts those of others

  SQLite::Database& database() { return *connection.database; }
  std::filesystem::path file() const { return folder / "workspace.sqlite"; }
  std::filesystem::path artifacts_folder() const { return folder / "artifacts"; }

  // f(database) returns a Result; whatever it throws becomes an Error.
  template <class F>
  std::invoke_result_t<F, SQLite::Database&> read(F&& f) {
    return guarded(database().getHandle(), file(), [&] { return f(database()); });
  }

  // The same inside BEGIN IMMEDIATE; an Error rolls back.
  template <class F>
  std::invoke_result_t<F, SQLite::Database&> write(F&& f) {
    using R = std::invoke_result_t<F, SQLite::Database&>;
    return guarded(database().getHandle(), file(), [&]() -> R {
      SQLite::Transaction transaction(database(), SQLite::TransactionBehavior::IMMEDIATE);
      R result = f(database());
      if (result.ok()) {
        transaction.commit();
        ++commits;
      }
      return result;
    });
  }

  // One UPDATE that must hit a row; `thing` ("run") and `id` name it in the Error. `id` is bound
  // last.
  template <class... Args>
  Result<void> update(const char* thing, int64_t id, const char* sql, const Args&... args) {
    return write([&](SQLite::Database& database) -> Result<void> {
      SQLite::Statement statement(database, sql);
      SQLite::bind(statement, args..., id);
      if (statement.exec() == 0) return no_such(thing, id);
      return {};
    });
  }

  // All rows of a query, each through `from_row`.
  template <class Row, class... Args>
  Result<std::vector<Row>> list(Row (*from_row)(SQLite::Statement&), const std::string& sql,
                                const Args&... args) {
    return read([&](SQLite::Database& database) -> Result<std::vector<Row>> {
      SQLite::Statement statement(database, sql);
      if constexpr (sizeof...(args) > 0) SQLite::bind(statement, args...);
      std::vector<Row> rows;
      while (statement.executeStep()) rows.push_back(from_row(statement));
      return rows;
    });
  }

  // Rows that changed, from a query that ends in "WHERE … changed > ?".
  template <class Row>
  Result<Changes<Row>> changes(Row (*from_row)(SQLite::Statement&), const std::string& sql,
                               int64_t since, int64_t limit) {
    Changes<Row> out;
    LOUPE_TRY(out.rows, list(from_row, sql + " ORDER BY changed LIMIT ?", since, limit));
    out.change = out.rows.empty() ? since : out.rows.back().changed;
    out.more = limit >= 0 && static_cast<int64_t>(out.rows.size()) == limit;
    return out;
  }

  // The row with an id; not_found names `thing`.
  template <class Row>
  Result<Row> one(const char* thing, Row (*from_row)(SQLite::Statement&), const std::string& sql,
                  int64_t id) {
    LOUPE_TRY(std::vector<Row> rows, list(from_row, sql, id));
    if (rows.empty()) return no_such(thing, id);
    return std::move(rows.front());
  }

  Error no_such(const char* thing, int64_t id) const {
    return {ErrorCode::not_found, std::string("There is no ") + thing + " " + std::to_string(id),
            file().string(), ""};
  }
};

// Seconds since 1970, UTC.
double now();
// `created` as given, or now where it is 0.
double created_or_now(double created);
std::string host_name();

int64_t column_int(SQLite::Statement& row, int column);  // NULL: 0
double column_real(SQLite::Statement& row, int column);  // NULL: NaN
std::string column_text(SQLite::Statement& row, int column);
nlohmann::json column_json(SQLite::Statement& row, int column);

}  // namespace loupe::store
