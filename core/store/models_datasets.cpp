// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/impl.h"

namespace loupe::store {

namespace {

const std::string kSelectModel =
    "SELECT id, name, path, format, architecture, parameters, files, details, created, kind, "
    "ifnull(base_id, 0), note, removed, changed FROM models ";
const std::string kSelectDataset =
    "SELECT id, name, path, sha256, rows, details, created, changed FROM datasets ";

using Count = std::pair<int64_t, int64_t>;
Count count_from(SQLite::Statement& row) {
  return {column_int(row, 0), column_int(row, 1)};
}

ModelRow model_from(SQLite::Statement& row) {
  ModelRow model;
  model.id = column_int(row, 0);
  model.name = column_text(row, 1);
  model.path = column_text(row, 2);
  model.format = column_text(row, 3);
  model.architecture = column_text(row, 4);
  model.parameters = column_int(row, 5);
  model.files = column_json(row, 6);
  model.details = column_json(row, 7);
  model.created = column_real(row, 8);
  model.kind = column_text(row, 9);
  model.base_id = column_int(row, 10);
  model.note = column_text(row, 11);
  model.removed = column_int(row, 12) != 0;
  model.changed = column_int(row, 13);
  return model;
}

DatasetRow dataset_from(SQLite::Statement& row) {
  DatasetRow dataset;
  dataset.id = column_int(row, 0);
  dataset.name = column_text(row, 1);
  dataset.path = column_text(row, 2);
  dataset.sha256 = column_text(row, 3);
  dataset.rows = column_int(row, 4);
  dataset.details = column_json(row, 5);
  dataset.created = column_real(row, 6);
  dataset.changed = column_int(row, 7);
  return dataset;
}

Error no_name(const char* thing) {
  return {ErrorCode::invalid_input, std::string("A ") + thing + " needs a name", "", ""};
}

}  // namespace

namespace {

// Refused when a model that is not removed has the name; a removed one gives it up.
Result<void> claim_name(SQLite::Database& database, const std::string& name, int64_t id,
                        const std::string& where) {
  SQLite::Statement taken(database, "SELECT id, removed FROM models WHERE name = ? AND id != ?");
  SQLite::bind(taken, name, id);
  if (!taken.executeStep()) return {};
  const int64_t holder = column_int(taken, 0);
  if (column_int(taken, 1) == 0)
    return Error{ErrorCode::invalid_input, "There is already a model named " + name, where,
                 "Choose another name."};
  SQLite::Statement rename(database, "UPDATE models SET name = ? WHERE id = ?");
  SQLite::bind(rename, name + " (removed, " + std::to_string(holder) + ")", holder);
  rename.exec();
  return {};
}

}  // namespace

Result<int64_t> Workspace::add_model(const ModelRow& row) {
  if (row.name.empty()) return no_name("model");
  return impl_->write([&](SQLite::Database& database) -> Result<int64_t> {
    LOUPE_CHECK(claim_name(database, row.name, 0, impl_->file().string()));
    SQLite::Statement insert(
        database,
        "INSERT INTO models (name, path, format, architecture, parameters, files, details, "
        "created, kind, base_id, note, removed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, "
        "nullif(?, 0), ?, ?)");
    SQLite::bind(insert, row.name, row.path, row.format, row.architecture, row.parameters,
                 json_to_text(row.files), json_to_text(row.details), created_or_now(row.created),
                 row.kind, row.base_id, row.note, row.removed ? 1 : 0);
    insert.exec();
    return database.getLastInsertRowid();
  });
}

Result<void> Workspace::change_model(const ModelRow& row) {
  if (row.name.empty()) return no_name("model");
  return impl_->write([&](SQLite::Database& database) -> Result<void> {
    LOUPE_CHECK(claim_name(database, row.name, row.id, impl_->file().string()));
    SQLite::Statement update(
        database,
        "UPDATE models SET name = ?, path = ?, format = ?, architecture = ?, parameters = ?, "
        "files = ?, details = ?, kind = ?, base_id = nullif(?, 0), note = ?, removed = ? "
        "WHERE id = ?");
    SQLite::bind(update, row.name, row.path, row.format, row.architecture, row.parameters,
                 json_to_text(row.files), json_to_text(row.details), row.kind, row.base_id,
                 row.note, row.removed ? 1 : 0, row.id);
    if (update.exec() == 0)
      return Error{ErrorCode::not_found, "There is no model " + std::to_string(row.id),
                   impl_->file().string(), ""};
    return {};
  });
}

Result<std::vector<ModelRow>> Workspace::models(bool with_removed) const {
  return impl_->list(model_from,
                     kSelectModel + (with_removed ? "" : "WHERE removed = 0 ") + "ORDER BY id");
}

Result<ModelRow> Workspace::model(int64_t id) const {
  return impl_->one("model", model_from, kSelectModel + "WHERE id = ?", id);
}

Result<Changes<ModelRow>> Workspace::model_changes(int64_t since, int64_t limit) const {
  return impl_->changes(
      model_from, kSelectModel + (since == 0 ? "WHERE removed = 0 AND" : "WHERE") + " changed > ?",
      since, limit);
}

Result<std::map<int64_t, int64_t>> Workspace::runs_by_model() const {
  LOUPE_TRY(
      const std::vector<Count> counts,
      impl_->list(count_from,
                  "SELECT model_id, count(*) FROM runs WHERE deleted = 0 AND model_id IS NOT NULL "
                  "GROUP BY model_id"));
  return std::map<int64_t, int64_t>(counts.begin(), counts.end());
}

Result<ModelRow> Workspace::model(const std::string& name) const {
  LOUPE_TRY(std::vector<ModelRow> found,
            impl_->list(model_from, kSelectModel + "WHERE name = ? AND removed = 0", name));
  if (!found.empty()) return std::move(found.front());
  LOUPE_TRY(std::vector<ModelRow> all, models());
  std::string names;
  for (const ModelRow& row : all) names += (names.empty() ? "" : ", ") + row.name;
  return Error{ErrorCode::not_found, "There is no model named " + name, impl_->file().string(),
               names.empty() ? "The workspace has no models yet." : "There are: " + names + "."};
}

Result<int64_t> Workspace::add_dataset(const DatasetRow& row) {
  if (row.name.empty()) return no_name("dataset");
  return impl_->write([&](SQLite::Database& database) -> Result<int64_t> {
    SQLite::Statement known(database, "SELECT id FROM datasets WHERE name = ? AND sha256 = ?");
    SQLite::bind(known, row.name, row.sha256);
    if (known.executeStep()) return column_int(known, 0);
    SQLite::Statement insert(database,
                             "INSERT INTO datasets (name, path, sha256, rows, details, created) "
                             "VALUES (?, ?, ?, ?, ?, ?)");
    SQLite::bind(insert, row.name, row.path, row.sha256, row.rows, json_to_text(row.details),
                 created_or_now(row.created));
    insert.exec();
    return database.getLastInsertRowid();
  });
}

Result<std::vector<DatasetRow>> Workspace::datasets() const {
  return impl_->list(dataset_from, kSelectDataset + "ORDER BY id");
}

Result<Changes<DatasetRow>> Workspace::dataset_changes(int64_t since, int64_t limit) const {
  return impl_->changes(dataset_from, kSelectDataset + "WHERE changed > ?", since, limit);
}

Result<DatasetRow> Workspace::dataset(int64_t id) const {
  return impl_->one("dataset", dataset_from, kSelectDataset + "WHERE id = ?", id);
}

}  // namespace loupe::store
