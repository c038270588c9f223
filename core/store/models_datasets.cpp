// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/impl.h"

namespace loupe::store {

namespace {

const std::string kSelectModel =
    "SELECT id, name, path, format, architecture, parameters, files, details, created FROM models ";
const std::string kSelectDataset =
    "SELECT id, name, path, sha256, rows, details, created FROM datasets ";

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
  return dataset;
}

Error no_name(const char* thing) {
  return {ErrorCode::invalid_input, std::string("A ") + thing + " needs a name", "", ""};
}

}  // namespace

Result<int64_t> Workspace::add_model(const ModelRow& row) {
  if (row.name.empty()) return no_name("model");
  return impl_->write([&](SQLite::Database& database) -> Result<int64_t> {
    SQLite::Statement taken(database, "SELECT id FROM models WHERE name = ?");
    taken.bind(1, row.name);
    if (taken.executeStep()) {
      return Error{ErrorCode::invalid_input, "There is already a model named " + row.name,
                   impl_->file().string(), "Choose another name."};
    }
    SQLite::Statement insert(database,
                             "INSERT INTO models (name, path, format, architecture, parameters, "
                             "files, details, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    SQLite::bind(insert, row.name, row.path, row.format, row.architecture, row.parameters,
                 json_to_text(row.files), json_to_text(row.details), created_or_now(row.created));
    insert.exec();
    return database.getLastInsertRowid();
  });
}

Result<std::vector<ModelRow>> Workspace::models() const {
  return impl_->list(model_from, kSelectModel + "ORDER BY id");
}

Result<ModelRow> Workspace::model(int64_t id) const {
  return impl_->one("model", model_from, kSelectModel + "WHERE id = ?", id);
}

Result<ModelRow> Workspace::model(const std::string& name) const {
  LOUPE_TRY(std::vector<ModelRow> found,
            impl_->list(model_from, kSelectModel + "WHERE name = ?", name));
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

Result<DatasetRow> Workspace::dataset(int64_t id) const {
  return impl_->one("dataset", dataset_from, kSelectDataset + "WHERE id = ?", id);
}

}  // namespace loupe::store
