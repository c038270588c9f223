// SPDX-License-Identifier: GPL-3.0-or-later
// The vocabulary of the wire between the window and the engine: plain values and their JSON form. Free of Qt and of
// torch; the only part of core/ that ui/ includes.
//
// JSON-RPC 2.0, one message a line. Non-finite numbers travel as the strings "NaN", "Infinity", "-Infinity". A token
// travels as bytes (base64) and a printable form. Offsets are UTF-8 bytes. Times are seconds since 1970, UTC. Paths are
// paths on the engine's machine. Tables are paged, at most `max_page` rows.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace loupe::api {

using nlohmann::json;

inline constexpr int protocol_version = 1;
inline constexpr int max_page = 500;

// Method names. Every request may carry "slot": a newer request of the same slot cancels the older one.
namespace method {
inline constexpr const char* initialize = "initialize";        // {protocol} -> ServerInfo
inline constexpr const char* ping = "ping";                    // {} -> {}
inline constexpr const char* shutdown = "shutdown";            // {} -> {}, then the engine ends
inline constexpr const char* cancel = "$/cancel";              // notification {id}
inline constexpr const char* models_list = "models/list";      // {} -> {rows: [Model]}
inline constexpr const char* models_import = "models/import";  // {path, name?} -> Model
inline constexpr const char* runs_list = "runs/list";          // {offset, limit} -> {rows: [Run], total}
inline constexpr const char* runs_show = "runs/show";          // {id} -> Run
inline constexpr const char* runs_metrics = "runs/metrics";    // {id, after_step} -> RunMetrics
inline constexpr const char* runs_rename = "runs/rename";      // {id, name}
inline constexpr const char* runs_note = "runs/note";          // {id, note}
inline constexpr const char* runs_delete = "runs/delete";      // {id, deleted}: a flag, so that undo is exact
inline constexpr const char* jobs_list = "jobs/list";          // {} -> {rows: [Job]}
inline constexpr const char* jobs_stop = "jobs/stop";          // {id}
inline constexpr const char* train_start = "train/start";      // {recipe…} -> {job, run}
inline constexpr const char* train_resume = "train/resume";    // {run} -> {job, run}
inline constexpr const char* pairs_list = "pairs/list";        // {run, set, offset, limit} -> {rows: [Pair], total, sets}
inline constexpr const char* attribute = "attribute";          // {run, set, index, pairs_run? | prompt, chosen, rejected} -> Attribution
inline constexpr const char* shift = "shift";                  // {runs, prompt, before, after} -> {rows: [Shift]}
// Notifications from the engine.
inline constexpr const char* changed = "workspace/changed";    // {}: something in the store changed; ask again
inline constexpr const char* progress = "$/progress";          // {id, phase, done, total, seconds_left}
}  // namespace method

// JSON-RPC error codes of our own; the error object's data is {code, what, where, hint}.
inline constexpr int error_request = -32001;     // an Error value; see data.code
inline constexpr int error_cancelled = -32800;   // cancelled by $/cancel
inline constexpr int error_superseded = -32801;  // a newer request took the slot

struct ServerInfo {
  int protocol = protocol_version;
  std::string version;         // rewardloupe
  std::string torch;           // "2.11.0"
  std::string workspace;       // folder
  std::string host;
  int64_t pid = 0;
  std::vector<std::string> devices;  // "cpu", "cuda:0 NVIDIA …"
  int64_t threads = 0;
};

struct Model {
  int64_t id = 0;
  std::string name, path, format, architecture;
  int64_t parameters = 0;
  std::string status;  // "ok", "changed", "missing", with the file's name after ": "
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
  std::string type;    // "EX", "IM"
  std::string model, dataset;
  int64_t seed = 0;
  std::string status;  // queued, running, done, stopped, failed, interrupted
  std::string device, note;
  double created = 0, started = 0, ended = 0;
  double seconds = 0;  // of training and evaluation
  double epochs = 0, epochs_done = 0;
  double loss = 0;     // last
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
  std::vector<StepPoint> steps;      // those after `after_step`
  std::vector<EvalSummary> evals;    // all
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
  std::string bytes;      // base64
  std::string text;       // printable; invalid UTF-8 as U+FFFD, control characters as symbols
  double credit = 0;      // reward units
  double log_prob = 0, ref_log_prob = 0;  // IM only (nats); 0 otherwise
};

struct ResponseCredit {
  std::vector<TokenCredit> tokens;  // of y, template's end-of-turn tokens included
  double reward = 0;
  double offset = 0;  // EX: u.h_0 (last prompt token); IM: 0. reward = offset + sum of credits + error
  double error = 0;   // |reward - offset - sum|
};

struct Attribution {
  int64_t run = 0;
  std::string run_name, type;  // "EX", "IM"
  std::string method;          // "exact"
  std::string credits;         // "output positions"
  std::string prompt;          // the rendered prompt x
  ResponseCredit chosen, rejected;
};

struct Shift {  // one model's answer to an edit
  int64_t run = 0;
  std::string run_name, type;
  double before = 0, after = 0;      // rewards of the edited response
  double rejected = 0;               // reward of the other response, when given
  double margin_before = 0, margin_after = 0;
  bool flipped = false, has_rejected = false;
  ResponseCredit before_tokens, after_tokens;
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

// Non-finite numbers as strings, both ways. number_from throws nlohmann's type_error on anything else.
json number_to_json(double value);
double number_from_json(const json& value);

std::string base64_encode(const std::string& bytes);
std::string base64_decode(const std::string& text);  // ignores what is not base64

}  // namespace loupe::api
