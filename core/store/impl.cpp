// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/impl.h"

#include <unistd.h>

#include <chrono>
#include <limits>

namespace loupe::store {

double now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

double created_or_now(double created) {
  return created == 0 ? now() : created;
}

std::string host_name() {
  char name[256] = "";
  if (gethostname(name, sizeof name - 1) != 0) return "";
  return name;
}

int64_t column_int(SQLite::Statement& row, int column) {
  return row.getColumn(column).getInt64();
}

double column_real(SQLite::Statement& row, int column) {
  const SQLite::Column value = row.getColumn(column);
  return value.isNull() ? std::numeric_limits<double>::quiet_NaN() : value.getDouble();
}

std::string column_text(SQLite::Statement& row, int column) {
  return row.getColumn(column).getString();
}

nlohmann::json column_json(SQLite::Statement& row, int column) {
  return json_from_text(row.getColumn(column).getString());
}

}  // namespace loupe::store
