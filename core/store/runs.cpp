// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include "core/store/impl.h"

namespace loupe::store {

namespace {

const std::string kSelectRun =
    "SELECT r.id, r.name, r.type, r.model_id, r.dataset_id, r.recipe, r.versions, r.device, "
    "r.host, "
    "r.status, r.note, r.created, r.started, r.ended, r.deleted, r.summary, r.last_evals, m.name, "
    "d.name, d.path, ifnull(json_extract(d.details, '$.kind'), ''), r.changed AS changed "
    "FROM runs AS r "
    "LEFT JOIN models AS m ON m.id = r.model_id LEFT JOIN datasets AS d ON d.id = r.dataset_id ";

std::vector<EvalMetric> evals_from(const json& list) {
  std::vector<EvalMetric> out;
  for (const json& eval : list) {
    EvalMetric metric;
    metric.step = eval.at("step");
    metric.epoch = eval.at("epoch").is_null() ? std::nan("") : eval.at("epoch").get<double>();
    metric.set = eval.at("set");
    metric.measures = eval.at("measures");
    out.push_back(std::move(metric));
  }
  return out;
}

RunRow run_from(SQLite::Statement& row) {
  RunRow run;
  run.id = column_int(row, 0);
  run.name = column_text(row, 1);
  run.type = column_text(row, 2);
  run.model_id = column_int(row, 3);
  run.dataset_id = column_int(row, 4);
  run.recipe = column_json(row, 5);
  run.versions = column_json(row, 6);
  run.device = column_text(row, 7);
  run.host = column_text(row, 8);
  run.status = column_text(row, 9);
  run.note = column_text(row, 10);
  run.created = column_real(row, 11);
  run.started = column_real(row, 12);
  run.ended = column_real(row, 13);
  run.deleted = column_int(row, 14) != 0;
  run.summary = column_json(row, 15);
  run.last_evals = evals_from(column_json(row, 16));
  run.model_name = column_text(row, 17);
  run.dataset_name = column_text(row, 18);
  run.dataset_path = column_text(row, 19);
  run.dataset_kind = column_text(row, 20);
  run.changed = column_int(row, 21);
  return run;
}

Error bad_status(const std::string& status) {
  return {ErrorCode::invalid_input, "\"" + status + "\" is no status of a run", "", ""};
}

}  // namespace

Result<int64_t> Workspace::add_run(const RunRow& row) {
  const std::string status = row.status.empty() ? "queued" : row.status;
  if (!job_status_from_name(status)) return bad_status(status);
  return impl_->write([&](SQLite::Database& database) -> Result<int64_t> {
    SQLite::Statement insert(database,
                             "INSERT INTO runs (name, type, model_id, dataset_id, recipe, "
                             "versions, device, host, status, note, created, started, ended, "
                             "deleted, summary) VALUES (?, ?, nullif(?, 0), nullif(?, 0), "
                             "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    SQLite::bind(insert, row.name, row.type, row.model_id, row.dataset_id, json_to_text(row.recipe),
                 json_to_text(row.versions), row.device, row.host, status, row.note,
                 created_or_now(row.created), row.started, row.ended, int{row.deleted},
                 json_to_text(row.summary));
    insert.exec();
    return database.getLastInsertRowid();
  });
}

Result<RunRow> Workspace::run(int64_t id) const {
  return impl_->one("run", run_from, kSelectRun + "WHERE r.id = ?", id);
}

Result<std::vector<RunRow>> Workspace::runs(int64_t limit, int64_t offset,
                                            bool with_deleted) const {
  return impl_->list(run_from,
                     kSelectRun + "WHERE deleted <= ? ORDER BY r.id DESC LIMIT ? OFFSET ?",
                     int{with_deleted}, limit, offset);
}

Result<std::vector<RunRow>> Workspace::runs_named(const std::string& name) const {
  return impl_->list(run_from, kSelectRun + "WHERE deleted = 0 AND r.name = ? ORDER BY r.id DESC",
                     name);
}

Result<std::vector<RunRow>> Workspace::runs_of_model(int64_t model_id) const {
  return impl_->list(run_from, kSelectRun + "WHERE deleted = 0 AND model_id = ? ORDER BY r.id DESC",
                     model_id);
}

Result<Changes<RunRow>> Workspace::run_changes(int64_t since, int64_t limit) const {
  return impl_->changes(
      run_from, kSelectRun + (since == 0 ? "WHERE deleted = 0 AND" : "WHERE") + " r.changed > ?",
      since, limit);
}

Result<int64_t> Workspace::run_count(bool with_deleted) const {
  return impl_->read([&](SQLite::Database& database) -> Result<int64_t> {
    SQLite::Statement count(database, "SELECT count(*) FROM runs WHERE deleted <= ?");
    count.bind(1, int{with_deleted});
    count.executeStep();
    return column_int(count, 0);
  });
}

Result<void> Workspace::set_run_status(int64_t id, const std::string& status) {
  const std::optional<JobStatus> known = job_status_from_name(status);
  if (!known) return bad_status(status);
  const bool over = *known != JobStatus::queued && *known != JobStatus::running;
  return impl_->update("run", id, "UPDATE runs SET status = ?, ended = ? WHERE id = ?", status,
                       over ? now() : 0.0);
}

Result<void> Workspace::set_run_started(int64_t id, const std::string& device,
                                        const std::string& host, const json& versions) {
  return guarded(nullptr, impl_->file(), [&] {
    return impl_->update("run", id,
                         "UPDATE runs SET status = 'running', device = ?, host = ?, versions = ?, "
                         "started = CASE started WHEN 0 THEN ? ELSE started END, ended = 0 "
                         "WHERE id = ?",
                         device, host, json_to_text(versions), now());
  });
}

Result<void> Workspace::set_run_summary(int64_t id, const json& summary) {
  return guarded(nullptr, impl_->file(), [&] {
    return impl_->update("run", id, "UPDATE runs SET summary = ? WHERE id = ?",
                         json_to_text(summary));
  });
}

Result<void> Workspace::rename_run(int64_t id, const std::string& name) {
  if (name.empty()) return Error{ErrorCode::invalid_input, "A run needs a name", "", ""};
  return impl_->update("run", id, "UPDATE runs SET name = ? WHERE id = ?", name);
}

Result<void> Workspace::set_run_note(int64_t id, const std::string& note) {
  return impl_->update("run", id, "UPDATE runs SET note = ? WHERE id = ?", note);
}

Result<void> Workspace::set_run_deleted(int64_t id, bool deleted) {
  return impl_->update("run", id, "UPDATE runs SET deleted = ? WHERE id = ?", int{deleted});
}

}  // namespace loupe::store
