// SPDX-License-Identifier: GPL-3.0-or-later
// A workspace on disk: workspace.sqlite (WAL) and artifacts/. The only code that opens the
// database.
//
// Threads: one Workspace object belongs to one thread; open a second one for another thread.
// Writers take BEGIN IMMEDIATE, busy_timeout 10 s. Do not open workspace.sqlite by
// other means in the same process, not even to read it: closing that descriptor drops SQLite's
// POSIX locks. A forked child must not touch the Workspace of its parent.
//
// Times are seconds since 1970, UTC, as doubles; a row's `created` of 0 means now. An id of 0 in a
// reference means none. Doubles may be NaN or infinite, also inside JSON; text may be any UTF-8.
//
// Errors: busy (somebody else wrote for 10 s), disk_full (the database stays as it was before the
// write), corrupt, io, not_found (no such row, or a reference to one), invalid_input.
//
// `changed` of a row is the number of its last change: each change anywhere in the workspace has
// the next number, so no two rows of a table share one. A list "since" a number brings what changed
// after it, in that order; what it brings last says where to go on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace loupe::store {

using nlohmann::json;

struct ModelRow {
  int64_t id = 0;
  std::string name;
  std::string path;         // absolute, on the engine's machine
  std::string format;       // "gguf", "hf" or "peft"
  std::string kind = "LM";  // "LM", "EX" (a head on it), "IM" (policy of a pair), "adapter"
  int64_t base_id = 0;      // IM: the reference's model; adapter: the base it lies on
  std::string architecture;
  int64_t parameters = 0;
  json files;    // [{path, size, mtime_ns, sha256}], every file the model is read from
  json details;  // config, tokenizer kind, chat template, template_date …
  double created = 0;
  std::string note;
  bool removed = false;  // out of lists; runs that name it still find it
  int64_t changed = 0;
};

struct DatasetRow {
  int64_t id = 0;
  std::string name;
  std::string path;    // "" for generated
  std::string sha256;  // content hash of the pairs
  int64_t rows = 0;
  json details;  // project, generator options …
  double created = 0;
  int64_t changed = 0;
};

enum class JobStatus { queued, running, done, stopped, failed, interrupted };
const char* job_status_name(JobStatus status);
std::optional<JobStatus> job_status_from_name(const std::string& name);

struct JobRow {
  int64_t id = 0;
  std::string kind;  // the id of a kind of job: "train", "eval" …
  JobStatus status = JobStatus::queued;
  json request;       // what to do, whole
  json progress;      // {phase, done, total, seconds_left}
  std::string error;  // JSON text of the Error, or ""
  std::string host;
  // Of a job that waits: the devices that it may get, in order, "" while nobody has looked; later
  // the one that it got.
  std::string device;
  int64_t run_id = 0;  // the run it works on; 0: none
  std::string run_name;
  double created = 0, started = 0, ended = 0;
  int64_t changed = 0;
};

struct EvalMetric {
  int64_t id = 0;
  int64_t step = 0;
  double epoch = 0;
  std::string set;
  json measures;  // accuracy, ties, margin_mean, margin_sd, normalised_margin, loss, n, wilson …
};

struct RunRow {
  int64_t id = 0;
  std::string name;
  std::string type;  // "EX", "IM"
  int64_t model_id = 0;
  int64_t dataset_id = 0;
  json recipe;    // whole, seed included
  json versions;  // rewardloupe, torch, cpu capability
  std::string device, host;
  std::string status;  // a JobStatus name
  std::string note;
  double created = 0, started = 0, ended = 0;
  bool deleted = false;
  json summary;  // last loss, accuracy by set, seconds, best epoch: what a table shows
  // Read only: what a table shows beside, so that a list of runs asks for nothing more.
  std::string model_name, dataset_name, dataset_path, dataset_kind;
  std::vector<EvalMetric> last_evals;  // of the last step that was evaluated; their ids are 0
  int64_t changed = 0;
};

struct StepMetric {
  int64_t step = 0;  // optimiser steps done, from 1
  double epoch = 0;  // fraction of epochs done
  double loss = 0, accuracy = 0, chosen_reward = 0, rejected_reward = 0, grad_norm = 0, lr = 0;
  double seconds = 0;  // since the start of the run, pauses left out
};

struct EvalPair {
  int64_t index = 0;  // position in the evaluated dataset, from 0
  int64_t cluster = 0;
  double chosen_reward = 0, rejected_reward = 0;
};

struct CheckpointRow {
  int64_t id = 0;
  int64_t run_id = 0;
  int64_t step = 0;
  double epoch = 0;
  std::string path;  // relative to artifacts/
  bool has_optimizer = false;
  double created = 0;
};

// Holds flock on a file while alive; released by the kernel when the process dies, however it dies.
class FileLock {
 public:
  enum class Mode { shared, exclusive };
  // ErrorCode::busy when somebody else holds it.
  static Result<FileLock> try_acquire(const std::filesystem::path& path, Mode mode);
  // Waits for it, exclusive.
  static Result<FileLock> acquire(const std::filesystem::path& path);
  // One that a parent process took on this file and handed over as `descriptor`; not_found when the
  // descriptor is none of this file. It is not handed on to programs that are started.
  static Result<FileLock> adopt(const std::filesystem::path& path, int descriptor);
  // Whether somebody holds it exclusively right now, this process included. Takes nothing that a
  // try_acquire() at the same moment would mistake for a rival. A file that cannot be opened counts
  // as held, one that does not exist as free.
  static bool is_held(const std::filesystem::path& path);
  FileLock(FileLock&&) noexcept;
  FileLock& operator=(FileLock&&) noexcept;
  ~FileLock();
  // To hand the lock over to a child process: both hold it then, until both have let go.
  int descriptor() const { return fd_; }

 private:
  FileLock() = default;
  int fd_ = -1;
};

// Some rows of a list, and the `since` to go on with; `more` when there are more already.
template <class Row>
struct Changes {
  std::vector<Row> rows;
  int64_t change = 0;
  bool more = false;
};

class Workspace {
 public:
  enum class Mode { create_or_open, open };
  // Migrates an older file (exclusive workspace lock, VACUUM INTO backup first; busy when others
  // stay in the workspace for 10 s), refuses a newer one (ErrorCode::newer_version), a file that is
  // no database, a folder on a network file system (nfs, smb, fuse.sshfs …). Holds the workspace
  // lock shared until destroyed. Ignores SIGXFSZ process-wide, so that a file-size limit comes back
  // as disk_full.
  static Result<Workspace> open(const std::filesystem::path& folder,
                                Mode mode = Mode::create_or_open);
  Workspace(Workspace&&) noexcept;
  Workspace& operator=(Workspace&&) noexcept;
  ~Workspace();

  const std::filesystem::path& folder() const;
  std::filesystem::path artifacts(
      int64_t job_id) const;  // artifacts/<job id>, created when missing
  // A path relative to artifacts/, which it never leaves: ".." stops there.
  std::filesystem::path artifact_path(const std::string& relative) const;

  // What changed after `since`, at most `limit` rows, in the order of change: the same row comes
  // again when it changes again. Rows that were deleted or removed come too, but for since = 0.
  Result<Changes<RunRow>> run_changes(int64_t since, int64_t limit) const;
  Result<Changes<JobRow>> job_changes(int64_t since, int64_t limit) const;
  Result<Changes<ModelRow>> model_changes(int64_t since, int64_t limit) const;
  Result<Changes<DatasetRow>> dataset_changes(int64_t since, int64_t limit) const;

  // A negative limit of a list below: all rows.

  // Models. Names are unique; ErrorCode::invalid_input when taken. A removed model gives its name
  // up to one that wants it.
  Result<int64_t> add_model(const ModelRow& row);
  Result<void> change_model(const ModelRow& row);  // all but id and created
  Result<std::vector<ModelRow>> models(bool with_removed = false) const;
  Result<ModelRow> model(int64_t id) const;  // removed or not
  // How many runs use each model, by its id; deleted ones left out.
  Result<std::map<int64_t, int64_t>> runs_by_model() const;
  Result<ModelRow> model(const std::string& name) const;  // not_found lists the names there are

  // Same content hash and name: the same row comes back.
  Result<int64_t> add_dataset(const DatasetRow& row);
  Result<std::vector<DatasetRow>> datasets() const;
  Result<DatasetRow> dataset(int64_t id) const;

  // Jobs. A queued one is a row and nothing else. Whoever starts it holds its lock before it is
  // running and hands the lock to its process, which says that it is over before it lets go.
  // `started` is when it first ran; running and queued clear `ended`.
  Result<int64_t> add_job(const std::string& kind, const json& request, int64_t run_id = 0);
  Result<JobRow> job(int64_t id) const;
  Result<std::vector<JobRow>> jobs(int64_t limit = -1, int64_t offset = 0) const;  // newest first
  Result<std::vector<JobRow>> jobs_of_run(int64_t run_id) const;                   // newest first
  Result<std::vector<JobRow>> living_jobs() const;  // queued and running, oldest first
  Result<void> set_job_status(int64_t id, JobStatus status, const std::string& error = "");
  Result<void> set_job_progress(int64_t id, const json& progress);
  Result<void> set_job_device(int64_t id, const std::string& device);
  // Queued becomes running on this host; false when the job is not queued any more.
  Result<bool> begin_job(int64_t id, const std::string& device);
  // A queued job is stopped at once, and so is its run where that is queued too; for a running one
  // a control row says that it is to stop.
  Result<void> request_stop(int64_t job_id);
  Result<bool> stop_requested(int64_t job_id) const;
  std::filesystem::path job_lock_path(int64_t job_id) const;  // artifacts/<id>/lock
  // Jobs marked running whose lock nobody holds become interrupted, and so do their runs. Returns
  // how many.
  Result<int64_t> reap_dead_jobs();

  // Runs, newest first. An empty status is "queued". Deleting is a flag, so that it can be undone.
  Result<int64_t> add_run(const RunRow& row);
  Result<RunRow> run(int64_t id) const;
  Result<std::vector<RunRow>> runs(int64_t limit = -1, int64_t offset = 0,
                                   bool with_deleted = false) const;
  Result<std::vector<RunRow>> runs_named(const std::string& name) const;  // deleted ones left out
  Result<std::vector<RunRow>> runs_of_model(int64_t model_id) const;      // deleted ones left out
  Result<int64_t> run_count(bool with_deleted = false) const;
  Result<void> set_run_status(int64_t id, const std::string& status);
  // Status running; `started` is when it first ran.
  Result<void> set_run_started(int64_t id, const std::string& device, const std::string& host,
                               const json& versions);
  Result<void> set_run_summary(int64_t id, const json& summary);
  Result<void> rename_run(int64_t id, const std::string& name);
  Result<void> set_run_note(int64_t id, const std::string& note);
  Result<void> set_run_deleted(int64_t id, bool deleted);

  // Metrics. A resumed run writes steps again from its checkpoint on: same (run, step) replaces.
  Result<void> add_steps(int64_t run_id, const std::vector<StepMetric>& steps);
  Result<std::vector<StepMetric>> steps(int64_t run_id, int64_t after_step = -1,
                                        int64_t limit = -1) const;
  // In one transaction; same (run, step, set) replaces, its pairs too.
  Result<int64_t> add_eval(int64_t run_id, const EvalMetric& metric,
                           const std::vector<EvalPair>& pairs);
  Result<std::vector<EvalMetric>> evals(int64_t run_id) const;
  Result<std::vector<EvalPair>> eval_pairs(int64_t eval_id) const;
  // Drops steps and evaluations after `step` (resume from a checkpoint that is older than the last
  // metric).
  Result<void> forget_after(int64_t run_id, int64_t step);

  // Checkpoints. The same (run, path) replaces: the file was written again.
  Result<int64_t> add_checkpoint(const CheckpointRow& row);
  Result<std::vector<CheckpointRow>> checkpoints(int64_t run_id) const;  // oldest first
  Result<void> remove_checkpoint(int64_t id);

  // Grows with every committed change by anybody; cheap to poll (PRAGMA data_version + a counter of
  // our own). Compare only numbers of the same object.
  Result<int64_t> change_counter() const;

  static int schema_version();

 private:
  struct Impl;
  explicit Workspace(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace loupe::store
