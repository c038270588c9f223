// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/schema.h"

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

constexpr const char* kSteps[] = {kVersion1, kVersion2};

}  // namespace

SchemaSteps schema_steps() {
  return kSteps;
}

}  // namespace loupe::store
