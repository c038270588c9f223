// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/impl.h"

namespace loupe::store {

namespace {

CheckpointRow checkpoint_from(SQLite::Statement& row) {
  CheckpointRow checkpoint;
  checkpoint.id = column_int(row, 0);
  checkpoint.run_id = column_int(row, 1);
  checkpoint.step = column_int(row, 2);
  checkpoint.epoch = column_real(row, 3);
  checkpoint.path = column_text(row, 4);
  checkpoint.has_optimizer = column_int(row, 5) != 0;
  checkpoint.created = column_real(row, 6);
  return checkpoint;
}

bool stays_inside(const std::filesystem::path& path) {
  if (path.empty() || path.is_absolute()) return false;
  for (const std::filesystem::path& part : path) {
    if (part == "..") return false;
  }
  return true;
}

}  // namespace

Result<int64_t> Workspace::add_checkpoint(const CheckpointRow& row) {
  if (!stays_inside(row.path)) {
    return Error{ErrorCode::invalid_input, "A checkpoint's path must lie inside artifacts",
                 row.path, ""};
  }
  return impl_->write([&](SQLite::Database& database) -> Result<int64_t> {
    SQLite::Statement insert(database,
                             "INSERT INTO checkpoints (run_id, step, epoch, path, has_optimizer, "
                             "created) VALUES (?, ?, ?, ?, ?, ?) "
                             "ON CONFLICT (run_id, path) DO UPDATE SET step = excluded.step, "
                             "epoch = excluded.epoch, has_optimizer = excluded.has_optimizer, "
                             "created = excluded.created RETURNING id");
    SQLite::bind(insert, row.run_id, row.step, row.epoch, row.path, int{row.has_optimizer},
                 created_or_now(row.created));
    insert.executeStep();
    const int64_t id = column_int(insert, 0);
    insert.executeStep();  // to the end: a statement in progress would hold back the commit
    return id;
  });
}

Result<std::vector<CheckpointRow>> Workspace::checkpoints(int64_t run_id) const {
  return impl_->list(checkpoint_from,
                     "SELECT id, run_id, step, epoch, path, has_optimizer, created "
                     "FROM checkpoints WHERE run_id = ? ORDER BY created, id",
                     run_id);
}

Result<void> Workspace::remove_checkpoint(int64_t id) {
  return impl_->update("checkpoint", id, "DELETE FROM checkpoints WHERE id = ?");
}

}  // namespace loupe::store
