// SPDX-License-Identifier: GPL-3.0-or-later
// Training steps and evaluations of a run.
#include "core/store/impl.h"
#include "core/store/schema.h"

namespace loupe::store {

namespace {

StepMetric step_from(SQLite::Statement& row) {
  StepMetric metric;
  metric.step = column_int(row, 0);
  metric.epoch = column_real(row, 1);
  metric.loss = column_real(row, 2);
  metric.accuracy = column_real(row, 3);
  metric.chosen_reward = column_real(row, 4);
  metric.rejected_reward = column_real(row, 5);
  metric.grad_norm = column_real(row, 6);
  metric.lr = column_real(row, 7);
  metric.seconds = column_real(row, 8);
  return metric;
}

EvalMetric eval_from(SQLite::Statement& row) {
  EvalMetric metric;
  metric.id = column_int(row, 0);
  metric.step = column_int(row, 1);
  metric.epoch = column_real(row, 2);
  metric.set = column_text(row, 3);
  metric.measures = column_json(row, 4);
  return metric;
}

EvalPair pair_from(SQLite::Statement& row) {
  EvalPair pair;
  pair.index = column_int(row, 0);
  pair.cluster = column_int(row, 1);
  pair.chosen_reward = column_real(row, 2);
  pair.rejected_reward = column_real(row, 3);
  return pair;
}

// Brings a run's `last_evals` up to its evaluations.
void keep_last_evals(SQLite::Database& database, int64_t run_id) {
  SQLite::Statement update(database, std::string(kKeepLastEvals) + " WHERE id = ?");
  update.bind(1, run_id);
  update.exec();
}

void insert_pairs(SQLite::Database& database, int64_t eval_id, const std::vector<EvalPair>& pairs) {
  SQLite::Statement insert(database,
                           "INSERT INTO eval_pairs (eval_id, pair, cluster, chosen_reward, "
                           "rejected_reward) VALUES (?, ?, ?, ?, ?)");
  for (const EvalPair& pair : pairs) {
    SQLite::bind(insert, eval_id, pair.index, pair.cluster, pair.chosen_reward,
                 pair.rejected_reward);
    insert.exec();
    insert.reset();
  }
}

}  // namespace

Result<void> Workspace::add_steps(int64_t run_id, const std::vector<StepMetric>& steps) {
  return impl_->write([&](SQLite::Database& database) -> Result<void> {
    SQLite::Statement insert(database,
                             "INSERT OR REPLACE INTO steps (run_id, step, epoch, loss, accuracy, "
                             "chosen_reward, rejected_reward, grad_norm, lr, seconds) "
                             "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    for (const StepMetric& s : steps) {
      SQLite::bind(insert, run_id, s.step, s.epoch, s.loss, s.accuracy, s.chosen_reward,
                   s.rejected_reward, s.grad_norm, s.lr, s.seconds);
      insert.exec();
      insert.reset();
    }
    return {};
  });
}

Result<std::vector<StepMetric>> Workspace::steps(int64_t run_id, int64_t after_step,
                                                 int64_t limit) const {
  return impl_->list(step_from,
                     "SELECT step, epoch, loss, accuracy, chosen_reward, rejected_reward, "
                     "grad_norm, lr, seconds FROM steps WHERE run_id = ? AND step > ? "
                     "ORDER BY step LIMIT ?",
                     run_id, after_step, limit);
}

Result<int64_t> Workspace::add_eval(int64_t run_id, const EvalMetric& metric,
                                    const std::vector<EvalPair>& pairs) {
  return impl_->write([&](SQLite::Database& database) -> Result<int64_t> {
    SQLite::Statement remove(database,
                             "DELETE FROM evals WHERE run_id = ? AND step = ? AND eval_set = ?");
    SQLite::bind(remove, run_id, metric.step, metric.set);
    remove.exec();
    SQLite::Statement insert(database,
                             "INSERT INTO evals (run_id, step, epoch, eval_set, measures) "
                             "VALUES (?, ?, ?, ?, ?)");
    SQLite::bind(insert, run_id, metric.step, metric.epoch, metric.set,
                 json_to_text(metric.measures));
    insert.exec();
    const int64_t id = database.getLastInsertRowid();
    insert_pairs(database, id, pairs);
    keep_last_evals(database, run_id);
    return id;
  });
}

Result<std::vector<EvalMetric>> Workspace::evals(int64_t run_id) const {
  return impl_->list(eval_from,
                     "SELECT id, step, epoch, eval_set, measures FROM evals WHERE run_id = ? "
                     "ORDER BY step, id",
                     run_id);
}

Result<std::vector<EvalPair>> Workspace::eval_pairs(int64_t eval_id) const {
  return impl_->list(pair_from,
                     "SELECT pair, cluster, chosen_reward, rejected_reward FROM eval_pairs "
                     "WHERE eval_id = ? ORDER BY pair",
                     eval_id);
}

Result<void> Workspace::forget_after(int64_t run_id, int64_t step) {
  return impl_->write([&](SQLite::Database& database) -> Result<void> {
    for (const char* sql : {"DELETE FROM steps WHERE run_id = ? AND step > ?",
                            "DELETE FROM evals WHERE run_id = ? AND step > ?"}) {
      SQLite::Statement remove(database, sql);
      SQLite::bind(remove, run_id, step);
      remove.exec();
    }
    keep_last_evals(database, run_id);
    return {};
  });
}

}  // namespace loupe::store
