// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/schema.h"

#include <string>

namespace loupe::store {

namespace {

// Doubles may be NaN, which SQLite keeps as NULL: REAL columns that hold measurements are nullable.
// A reference of 0 in a row struct ("none") is NULL here. AUTOINCREMENT where rows can be deleted
// and a window may still hold the old id.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE models (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  path TEXT NOT NULL,
  format TEXT NOT NULL,
  architecture TEXT NOT NULL,
  parameters INTEGER NOT NULL,
  files TEXT NOT NULL,
  details TEXT NOT NULL,
  created REAL NOT NULL
) STRICT;

CREATE TABLE datasets (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  path TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  rows INTEGER NOT NULL,
  details TEXT NOT NULL,
  created REAL NOT NULL,
  UNIQUE (name, sha256)
) STRICT;

CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  model_id INTEGER REFERENCES models (id),
  dataset_id INTEGER REFERENCES datasets (id),
  recipe TEXT NOT NULL,
  versions TEXT NOT NULL,
  device TEXT NOT NULL,
  host TEXT NOT NULL,
  status TEXT NOT NULL,
  note TEXT NOT NULL,
  created REAL NOT NULL,
  started REAL NOT NULL,
  ended REAL NOT NULL,
  deleted INTEGER NOT NULL DEFAULT 0,
  summary TEXT NOT NULL
) STRICT;

CREATE TABLE jobs (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  status TEXT NOT NULL,
  request TEXT NOT NULL,
  progress TEXT NOT NULL,
  error TEXT NOT NULL,
  host TEXT NOT NULL,
  run_id INTEGER REFERENCES runs (id),
  created REAL NOT NULL,
  started REAL NOT NULL,
  ended REAL NOT NULL
) STRICT;
CREATE INDEX jobs_by_status ON jobs (status);
CREATE INDEX jobs_by_run ON jobs (run_id);

CREATE TABLE job_stops (
  job_id INTEGER PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
  created REAL NOT NULL
) STRICT;

CREATE TABLE steps (
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  epoch REAL,
  loss REAL,
  accuracy REAL,
  chosen_reward REAL,
  rejected_reward REAL,
  grad_norm REAL,
  lr REAL,
  seconds REAL,
  PRIMARY KEY (run_id, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE evals (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  epoch REAL,
  eval_set TEXT NOT NULL,
  measures TEXT NOT NULL,
  UNIQUE (run_id, step, eval_set)
) STRICT;

CREATE TABLE eval_pairs (
  eval_id INTEGER NOT NULL REFERENCES evals (id) ON DELETE CASCADE,
  pair INTEGER NOT NULL,
  cluster INTEGER NOT NULL,
  chosen_reward REAL,
  rejected_reward REAL,
  PRIMARY KEY (eval_id, pair)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoints (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  epoch REAL,
  path TEXT NOT NULL,
  has_optimizer INTEGER NOT NULL,
  created REAL NOT NULL,
  UNIQUE (run_id, path)
) STRICT;

CREATE TABLE attributions (
  id INTEGER PRIMARY KEY,
  run_id INTEGER REFERENCES runs (id) ON DELETE CASCADE,
  method TEXT NOT NULL,
  request TEXT NOT NULL,
  result TEXT NOT NULL,
  created REAL NOT NULL
) STRICT;
CREATE UNIQUE INDEX attributions_by_subject
  ON attributions (ifnull(run_id, 0), method, request);
)sql";

// What a model is, and what its user says of it; a removed model stays for the runs that name it.
constexpr const char* kVersion2 = R"sql(
ALTER TABLE models ADD COLUMN kind TEXT NOT NULL DEFAULT 'LM';
ALTER TABLE models ADD COLUMN base_id INTEGER REFERENCES models (id);
ALTER TABLE models ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE models ADD COLUMN removed INTEGER NOT NULL DEFAULT 0;
)sql";

// `changed` of a table's rows, numbered by triggers so that no write can forget to. A trigger does
// not fire itself (recursive_triggers is off).
std::string numbered(const std::string& table) {
  std::string out = "ALTER TABLE " + table + " ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;" +
                    "UPDATE " + table + " SET changed = id;" +
                    "UPDATE changes SET number = max(number, " +
                    "(SELECT ifnull(max(id), 0) FROM " + table + "));" + "CREATE INDEX " + table +
                    "_by_change ON " + table + " (changed);";
  for (const std::string event : {"INSERT", "UPDATE"})
    out += "CREATE TRIGGER " + table + "_" + event + " AFTER " + event + " ON " + table +
           " BEGIN UPDATE changes SET number = number + 1; UPDATE " + table +
           " SET changed = (SELECT number FROM changes) WHERE id = NEW.id; END;";
  return out;
}

// A row changes, too, with what a list shows of another table: a run with its model's name, a job
// with its run's, a model with the number of its runs.
constexpr const char* kChangesBeside = R"sql(
CREATE TRIGGER model_renamed AFTER UPDATE OF name ON models WHEN OLD.name != NEW.name
  BEGIN UPDATE runs SET changed = changed WHERE model_id = NEW.id; END;
CREATE TRIGGER run_renamed AFTER UPDATE OF name ON runs WHEN OLD.name != NEW.name
  BEGIN UPDATE jobs SET changed = changed WHERE run_id = NEW.id; END;
CREATE TRIGGER run_added AFTER INSERT ON runs
  BEGIN UPDATE models SET changed = changed WHERE id = NEW.model_id; END;
CREATE TRIGGER run_deleted AFTER UPDATE OF deleted ON runs
  BEGIN UPDATE models SET changed = changed WHERE id = NEW.model_id; END;
)sql";

// A job that waits is a row from here on. Until now it was a process, and that is gone: nobody else
// is in the workspace.
constexpr const char* kQueueOfRows = R"sql(
UPDATE runs SET status = 'interrupted'
  WHERE status = 'queued' AND id IN (SELECT run_id FROM jobs WHERE status = 'queued');
UPDATE jobs SET status = 'interrupted' WHERE status = 'queued';
ALTER TABLE jobs ADD COLUMN device TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN last_evals TEXT NOT NULL DEFAULT '[]';
CREATE TABLE changes (number INTEGER NOT NULL) STRICT;
INSERT INTO changes VALUES (0);
)sql";

}  // namespace

// 17 digits: a double comes back as it was. NaN is NULL in the table and null here.
const char* const kKeepLastEvals = R"sql(
UPDATE runs SET last_evals = (
  SELECT json_group_array(json_object('step', step, 'epoch',
    iif(epoch IS NULL, NULL, json(printf('%!.17g', epoch))), 'set', eval_set,
    'measures', json(measures)))
  FROM (SELECT * FROM evals WHERE run_id = runs.id
        AND step = (SELECT max(step) FROM evals WHERE run_id = runs.id) ORDER BY id)))sql";

SchemaSteps schema_steps() {
  static const std::string version_3 = std::string(kQueueOfRows) + kKeepLastEvals + ";" +
                                       numbered("models") + numbered("datasets") +
                                       numbered("runs") + numbered("jobs") + kChangesBeside;
  static const char* const steps[] = {kVersion1, kVersion2, version_3.c_str()};
  return steps;
}

}  // namespace loupe::store
