// SPDX-License-Identifier: GPL-3.0-or-later
// The vocabulary of the wire between the window and the engine: plain values and their JSON form.
// Free of Qt and of torch; the only part of core/ that ui/ includes.
//
// JSON-RPC 2.0, one message a line. Non-finite numbers travel as the strings "NaN", "Infinity",
// "-Infinity". A token travels as bytes (base64) and a printable form. Offsets are UTF-8 bytes.
// Times are seconds since 1970, UTC. Paths are paths on the engine's machine. Tables are paged, at
// most `max_page` rows.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace loupe::api {

using nlohmann::json;

inline constexpr int protocol_version = 1;
inline constexpr int max_page = 500;

// Method names. Every request may carry "slot": a newer request of the same slot cancels the older
// one.
namespace method {
inline constexpr const char* initialize = "initialize";    // {protocol} -> ServerInfo
inline constexpr const char* ping = "ping";                // {} -> {}
inline constexpr const char* shutdown = "shutdown";        // {} -> {}, then the engine ends
inline constexpr const char* cancel = "$/cancel";          // notification {id}
inline constexpr const char* models_list = "models/list";  // {} -> {rows: [Model]}
// {path, name?, base?, merge?, implicit? (of an adapter: base's id; into its matrices; IM-RM with
// base as reference), reference? (id: IM-RM, the files its policy), beta?} -> Model; cancellable
inline constexpr const char* models_import = "models/import";
inline constexpr const char* runs_list = "runs/list";  // {offset, limit} -> {rows: [Run], total}
inline constexpr const char* runs_show = "runs/show";  // {id} -> Run
inline constexpr const char* runs_metrics = "runs/metrics";  // {id, after_step} -> RunMetrics
inline constexpr const char* runs_rename = "runs/rename";    // {id, name}
inline constexpr const char* runs_note = "runs/note";        // {id, note}
inline constexpr const char* runs_delete =
    "runs/delete";  // {id, deleted}: a flag, so that undo is exact
inline constexpr const char* jobs_list = "jobs/list";  // {} -> {rows: [Job]}
inline constexpr const char* jobs_stop = "jobs/stop";  // {id}
inline constexpr const char* jobs_log = "jobs/log";    // {id, bytes?} -> {text}: the end of its log
// {model, recipe, name?, and one of project (a file, with sets? and statements?), data (a JSONL
// file) or dataset (an id); eval?: {NAME: FILE}, eval_datasets?: [id]} -> {job, run}
inline constexpr const char* train_start = "train/start";
inline constexpr const char* train_estimate = "train/estimate";  // as train/start -> Estimate
inline constexpr const char* train_resume = "train/resume";      // {run} -> {job, run}
inline constexpr const char* eval_start =
    "eval/start";  // {run, eval?: {NAME: FILE}, eval_datasets?: [id]} -> {job, run}
inline constexpr const char* fetch_demo =
    "models/fetch_demo";  // {} -> {job}: fetches and imports the demo model
inline constexpr const char* projects_list =
    "projects/list";  // {} -> {rows: [Project]}: the sample projects
inline constexpr const char* projects_show = "projects/show";  // {path} -> Project
inline constexpr const char* datasets_list =
    "datasets/list";                               // {} -> {rows: [Dataset]}, newest first
inline constexpr const char* fs_list = "fs/list";  // {path}: "" is the home folder -> FolderListing
// {run | dataset (id), set, offset, limit} -> {rows: [Pair], total, sets, set}
inline constexpr const char* pairs_list = "pairs/list";
// {run | model (an id), set, index, pairs_run | dataset, index | prompt,
// chosen, rejected}
// -> Attribution
inline constexpr const char* attribute = "attribute";
// {runs: [id], models: [id], prompt | set, index, pairs_run | dataset, index, before, after,
// rejected?} -> {rows: [Shift]}: of a set, the pair whose prompt it is. Each row also goes out as
// $/partial as soon as it is there; a run that fails is a row with `error` and stops no other.
inline constexpr const char* shift = "shift";
// Notifications from the engine.
inline constexpr const char* changed =
    "workspace/changed";  // {}: something in the store changed; ask again
inline constexpr const char* progress = "$/progress";  // {id, phase, done, total, seconds_left}
inline constexpr const char* partial =
    "$/partial";  // {id, value}: part of an answer still being worked on
}  // namespace method

// JSON-RPC error codes of our own; the error object's data is {code, what, where, hint}.
inline constexpr int error_request = -32001;     // an Error value; see data.code
inline constexpr int error_cancelled = -32800;   // cancelled by $/cancel
inline constexpr int error_superseded = -32801;  // a newer request took the slot

struct ServerInfo {
  int protocol = protocol_version;
  std::string version;    // rewardloupe
  std::string torch;      // "2.11.0"
  std::string workspace;  // folder
  std::string host;
  int64_t pid = 0;
  std::vector<std::string> devices;  // "cpu", "cuda:0 NVIDIA …"
  int64_t threads = 0;
  int64_t cores = 0;
  double memory = 0;       // of the machine, bytes
  double cache_limit = 0;  // bytes of loaded models kept
  std::string device;      // where scoring happens
};

struct Model {
  int64_t id = 0;
  std::string name, path, format, architecture;
  int64_t parameters = 0;
  std::string status;   // "ok", "changed", "missing", with the file's name after ": "
  std::string kind;     // "LM", "EX", "IM", "adapter" (on top of `base`)
  std::string source;   // "HF folder", "GGUF", "PEFT adapter"
  std::string dtype;    // of most of its parameters, as stored: "BF16", "Q4_1"
  int64_t context = 0;  // tokens
  double size = 0;      // bytes of its files
  int64_t base = 0;     // IM: the reference's id; adapter: the base model's
  // What its score is: "EX", "IM" or "LM" (the log-likelihood). An adapter's follows from what it
  // brings and what it lies on.
  std::string type;
  double beta = 0;                                            // IM
  bool length_normalised = false, without_reference = false;  // IM
  std::string note;
  double created = 0;
  int64_t runs = 0;  // that use it
  bool removed = false;
};

struct EvalSummary {
  std::string set;
  double epoch = 0;
  int64_t step = 0;
  int64_t n = 0, ties = 0;
  double accuracy = 0, low = 0, high = 0;  // 95 % interval
  double margin_mean = 0, margin_sd = 0, normalised_margin = 0, loss = 0;
  double chosen_mean = 0, rejected_mean = 0;
};

struct Run {
  int64_t id = 0;
  std::string name;
  std::string type;  // "EX", "IM"
  std::string model, dataset;
  int64_t seed = 0;
  std::string status;  // queued, running, done, stopped, failed, interrupted
  std::string device, note;
  double created = 0, started = 0, ended = 0;
  double seconds = 0;  // of training and evaluation
  double epochs = 0, epochs_done = 0;
  double loss = 0;  // last
  int64_t job_id = 0;
  std::string error;
  bool deleted = false;
  json recipe;
  std::vector<EvalSummary> last_evals;  // of the last evaluation, one a set
};

struct StepPoint {
  int64_t step = 0;
  double epoch = 0, loss = 0, accuracy = 0, chosen_reward = 0, rejected_reward = 0;
};

struct RunMetrics {
  int64_t run = 0;
  std::vector<StepPoint> steps;    // those after `after_step`
  std::vector<EvalSummary> evals;  // all
};

struct Job {
  int64_t id = 0;
  std::string kind, status, error;
  int64_t run_id = 0;
  std::string title;  // "IM-RM im-persona-s0"
  std::string phase;
  double done = 0, total = 0, seconds_left = -1;
  double created = 0, started = 0, ended = 0;
  std::string log_tail;
};

struct Pair {
  int64_t index = 0;
  std::string set;
  std::string prompt;  // the turns, as text
  std::string chosen, rejected;
};

struct TokenCredit {
  int64_t id = 0;
  std::string bytes;  // base64
  std::string text;   // printable; invalid UTF-8 as U+FFFD, control characters as symbols
  double credit = 0;  // reward units
  double log_prob = 0, ref_log_prob = 0;  // IM only (nats); 0 otherwise
};

struct ResponseCredit {
  std::vector<TokenCredit> tokens;  // of y, template's end-of-turn tokens included
  double reward = 0;
  double offset =
      0;  // EX: u.h_0 (last prompt token); IM: 0. reward = offset + sum of credits + error
  double error = 0;  // |reward - offset - sum|
};

struct Attribution {
  int64_t run = 0;
  int64_t model = 0;     // of a plain language model, with run 0
  std::string run_name;  // or the model's name
  // "EX", "IM"; "LM": a plain language model: credits are log-probabilities, the reward is their
  // sum
  std::string type;
  std::string method;   // "exact"
  std::string credits;  // "output positions"
  std::string prompt;   // the rendered prompt x
  ResponseCredit chosen, rejected;
};

struct Shift {  // one model's answer to an edit
  int64_t run = 0;
  int64_t model = 0;  // of a model of the workspace, with run 0
  std::string run_name, type;
  double before = 0, after = 0;  // rewards of the edited response
  double rejected = 0;           // reward of the other response, when given
  double margin_before = 0, margin_after = 0;
  bool flipped = false, has_rejected = false;
  ResponseCredit before_tokens, after_tokens, rejected_tokens;
  // Positions in before_tokens and after_tokens, in reading order; -1: the token has no partner.
  std::vector<std::pair<int64_t, int64_t>> alignment;
  json error;  // {code, what, where, hint} when this run could not be scored, else null
};

// What a project file says, for choosing.
struct Project {
  std::string path, name, title, description;
  std::string model;  // a model's name or file, as the file has it
  json recipe;        // keys of the recipe it fixes
  std::vector<int64_t> seeds;
  std::vector<std::string> sets;  // its evaluation sets
  int64_t train_pairs = 0;
};

// Pairs that a run of this workspace was trained or evaluated on.
struct Dataset {
  int64_t id = 0;
  std::string name, path, kind;  // kind: "jsonl", "persona"
  int64_t pairs = 0;
  double created = 0;
  bool available = true;  // its file is still there
};

struct FolderEntry {
  std::string name;
  bool is_folder = false;
  double size = 0, modified = 0;
  std::string kind;  // "model" (GGUF, or a folder with config.json), "data" (JSONL), "project",
                     // "workspace", or ""
};

struct FolderListing {
  std::string path, parent, home;    // parent: "" at the root
  std::vector<FolderEntry> entries;  // folders first, by name
  bool truncated = false;
};

// What a training run will take, before it is started.
struct Estimate {
  std::string device;
  int64_t pairs = 0, eval_pairs = 0, left_out = 0;
  double memory = 0, memory_available = 0;  // bytes
  double disk = 0, disk_available = 0;      // bytes
  bool fits = true;
  double seconds = -1;  // from measured runs of the same model, type and dtype; -1: none yet
  std::string command;  // the same as a command line
};

void to_json(json&, const ServerInfo&);
void from_json(const json&, ServerInfo&);
void to_json(json&, const Model&);
void from_json(const json&, Model&);
void to_json(json&, const EvalSummary&);
void from_json(const json&, EvalSummary&);
void to_json(json&, const Run&);
void from_json(const json&, Run&);
void to_json(json&, const StepPoint&);
void from_json(const json&, StepPoint&);
void to_json(json&, const RunMetrics&);
void from_json(const json&, RunMetrics&);
void to_json(json&, const Job&);
void from_json(const json&, Job&);
void to_json(json&, const Pair&);
void from_json(const json&, Pair&);
void to_json(json&, const TokenCredit&);
void from_json(const json&, TokenCredit&);
void to_json(json&, const ResponseCredit&);
void from_json(const json&, ResponseCredit&);
void to_json(json&, const Attribution&);
void from_json(const json&, Attribution&);
void to_json(json&, const Shift&);
void from_json(const json&, Shift&);
void to_json(json&, const Project&);
void from_json(const json&, Project&);
void to_json(json&, const Dataset&);
void from_json(const json&, Dataset&);
void to_json(json&, const FolderEntry&);
void from_json(const json&, FolderEntry&);
void to_json(json&, const FolderListing&);
void from_json(const json&, FolderListing&);
void to_json(json&, const Estimate&);
void from_json(const json&, Estimate&);

// Non-finite numbers as strings, both ways. number_from throws nlohmann's type_error on anything
// else.
json number_to_json(double value);
double number_from_json(const json& value);

std::string base64_encode(const std::string& bytes);
std::string base64_decode(const std::string& text);  // ignores what is not base64

}  // namespace loupe::api
