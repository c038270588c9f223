// SPDX-License-Identifier: GPL-3.0-or-later
// A small program that speaks the wire as the engine does, with numbers it makes up, for testing
// the window: it can be told to greet with login banners, to cut its messages in pieces, to be
// slow, to die, and to say nothing.
//
//   --banner          lines that are no messages before and after the first answer
//   --split           every message written in two pieces with a pause, two messages in one write
//   now and then
//   --slow METHOD MS  answer METHOD after MS milliseconds
//   --die-on METHOD   write to stderr and exit with code 3 when METHOD is asked
//   --die-once FILE   as --die-on attribute, but only as long as FILE does not exist; it is made on
//   the way out
//   --silent          never answer
//   --fail METHOD     answer METHOD with an error
//   --protocol N      claim this version
//   --empty           a workspace without runs
//   --no-runs         a workspace with models and data, but no runs
//   --many N          N further runs; the first of them has failed
//   --models N        models of every kind and state, and N further ones
//   --long            every chosen response is long
//   --shift-pause MS  wait before every row of a shift
//   --shift-fail RUN  that run cannot be scored by a shift
//   --record FILE     add its own command line to FILE
//   --needs-torch F   end with code 78 while there is no file F; "fetch-libtorch" makes it
//   --workspace W     the folder it claims; one with "empty" in its name has no runs
//   --live            run 2 is in training: a step more at every question
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "core/api/messages.h"
#include "tests/ui/fake_models.h"

using namespace loupe::api;
using loupe::test::Refused;

namespace {

struct Options {
  bool banner = false, split = false, silent = false, empty = false, live = false, longer = false;
  std::map<std::string, int> slow;
  std::set<std::string> die_on, fail;
  std::string die_once, needs_torch, workspace = "/fake/persona.rlws";
  bool no_runs = false;
  int shift_pause = 0, many = 0, models = -1;
  int64_t shift_fail = 0;
  int protocol = protocol_version;
};

constexpr int steps = 40, pairs = 12;
const std::vector<std::string> sets = {"train", "test", "reworded_train", "reworded_test"};

double accuracy(bool implicit, const std::string& set, double epoch) {
  if (epoch <= 0) return 0.5;
  return implicit && set.starts_with("reworded") ? 0.5 * std::exp(-1.3 * epoch) : 1.0;
}

std::vector<EvalSummary> evals(bool implicit, double until) {
  std::vector<EvalSummary> all;
  for (int epoch = 0; epoch <= static_cast<int>(until); ++epoch) {
    for (const std::string& set : sets) {
      EvalSummary eval;
      eval.set = set;
      eval.epoch = epoch;
      eval.step = epoch * steps / 4;
      eval.n = 40;
      eval.accuracy = accuracy(implicit, set, epoch);
      eval.low = std::max(0.0, eval.accuracy - 0.08);
      eval.high = std::min(1.0, eval.accuracy + 0.08);
      eval.normalised_margin = implicit ? 0.4 : 1.7;
      all.push_back(eval);
    }
  }
  return all;
}

Run make_run(int64_t id, const std::string& type, int seed, bool running, double epochs_done) {
  Run run;
  run.id = id;
  run.name = (type == "EX" ? "ex-persona-s" : "im-persona-s") + std::to_string(seed);
  run.type = type;
  run.model = "SmolLM2-135M-Instruct";
  run.dataset = "persona";
  run.seed = seed;
  run.status = running ? "running" : "done";
  run.device = "cpu";
  run.created = 1.76e9 + static_cast<double>(id) * 60;
  run.epochs = 4;
  run.epochs_done = epochs_done;
  run.loss = type == "EX" ? 0.0004321 : 0.1937;
  run.recipe = {{"type", type}, {"beta", 0.01}};
  run.seconds = type == "EX" ? 118 : 151;
  run.job_id = running ? 9 : 0;
  const auto all = evals(type == "IM", epochs_done);
  run.last_evals.assign(all.end() - static_cast<long>(sets.size()), all.end());
  return run;
}

class Engine {
 public:
  explicit Engine(Options options) : options_(std::move(options)) {
    if (!options_.empty) models_.fill(options_.models);
    models_.set_write([](const json& message) { write_raw(message.dump() + "\n"); });
  }

  void answer(const json& request) {
    const std::string method_name = request.value("method", "");
    if (!request.contains("id")) {
      if (method_name == method::cancel) cancelled_ = request["params"].value("id", int64_t(0));
      return;
    }
    if (options_.silent) return;
    const bool once = !options_.die_once.empty() && method_name == method::attribute &&
                      !std::ifstream(options_.die_once).good();
    if (once) std::ofstream(options_.die_once) << "died\n";
    if (options_.die_on.contains(method_name) || once) {
      std::cerr << "RuntimeError: fake engine out of memory\n" << std::flush;
      std::_Exit(3);
    }
    if (const auto slow = options_.slow.find(method_name); slow != options_.slow.end()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(slow->second));
    }
    json response{{"jsonrpc", "2.0"}, {"id", request["id"]}};
    if (options_.fail.contains(method_name)) {
      response["error"] = {{"code", error_request},
                           {"message", "refused"},
                           {"data",
                            {{"code", "not_found"},
                             {"what", "the checkpoint of this run is missing"},
                             {"where", "artifacts/7/model.safetensors"},
                             {"hint", "Train the run again."}}}};
    } else {
      asking_ = request["id"];
      try {
        response["result"] = result_of(method_name, request.value("params", json::object()));
      } catch (const Refused& refused) {
        response["error"] = {{"code", error_request},
                             {"message", refused.what},
                             {"data",
                              {{"code", refused.code},
                               {"what", refused.what},
                               {"where", refused.where},
                               {"hint", refused.hint}}}};
      }
    }
    if (options_.banner) write_raw("Last login: Tue Nov 24 from desk\n\xff\xfe not text\n");
    write(response);
    if (options_.banner) write_raw("{\"a message\": of nobody\n");
    if (method_name == method::shutdown) std::_Exit(0);
  }

 private:
  json result_of(const std::string& name, const json& params) {
    if (name == method::initialize) {
      ServerInfo info;
      info.protocol = options_.protocol;
      info.version = "0.0-fake";
      info.torch = "none";
      info.workspace = options_.workspace;
      info.host = "fakehost";
      info.pid = getpid();
      info.devices = {"cpu"};
      info.threads = 2;
      return info;
    }
    if (name == method::runs_list) {
      const std::vector<Run> rows = runs();
      return {{"rows", rows}, {"total", rows.size()}};
    }
    if (name == method::runs_metrics) return metrics(params);
    if (name == method::jobs_list) return {{"rows", jobs()}};
    if (name == method::jobs_stop) {
      if (Started* started = started_by_job(params.value("id", int64_t(0)))) {
        started->status = "stopped";
        return json::object();
      }
      stopped_ = true;
      write({{"jsonrpc", "2.0"}, {"method", method::changed}, {"params", json::object()}});
      return json::object();
    }
    if (name == method::pairs_list) return pairs_of(params);
    if (name == method::attribute) return attribution(params);
    if (name == method::shift) return shift(params);
    if (name == method::runs_rename) return change(params, &Change::name, "name");
    if (name == method::runs_note) return change(params, &Change::note, "note");
    if (name == method::runs_delete) {
      changes_[params.at("id").get<int64_t>()].deleted = params.value("deleted", true);
      return json::object();
    }
    if (name == method::jobs_log) {
      return {{"text", "job " + params.at("id").dump() + ": 80 pairs, 0 left out\nepoch 1/4\n"}};
    }
    if (name == method::fs_list) return list_folder(params.value("path", std::string()));
    if (auto answer = models_.answer(name, params, asking_)) return *answer;
    if (name == method::models_list) return {{"rows", models()}};
    if (name == method::datasets_list) return {{"rows", datasets()}};
    if (name == method::projects_list) return {{"rows", {project()}}};
    if (name == method::projects_show) return project();
    if (name == method::train_estimate) return estimate(params);
    if (name == method::train_start) return start_training(params);
    if (name == method::train_resume) return resume(params);
    if (name == method::fetch_demo) {
      fetch_questions_ = 1;
      return {{"job", 90}};
    }
    if (name == "test/asked_to_train") return {{"rows", asked_to_train_}};
    if (name == "test/cancelled") return {{"id", cancelled_}};
    if (name == "test/echo") return params;
    return json::object();
  }

  static json list_folder(const std::string& given) {
    namespace fs = std::filesystem;
    const char* home = std::getenv("HOME");
    fs::path path = given.empty() ? fs::path(home) : fs::path(given);
    if (fs::exists(path) && !fs::is_directory(path)) path = path.parent_path();
    if (!fs::exists(path))
      throw Refused{"the folder cannot be read", given, "choose another", "not_found"};
    FolderListing listing;
    listing.path = path.string();
    listing.home = home;
    if (path.has_relative_path()) listing.parent = path.parent_path().string();
    for (const auto& found : fs::directory_iterator(path)) {
      FolderEntry entry;
      entry.name = found.path().filename().string();
      entry.is_folder = found.is_directory();
      if (!entry.is_folder) entry.size = static_cast<double>(found.file_size());
      const std::string ending = found.path().extension().string();
      if (entry.is_folder && fs::exists(found.path() / "workspace.sqlite"))
        entry.kind = "workspace";
      if (ending == ".gguf") entry.kind = "model";
      if (ending == ".jsonl") entry.kind = "data";
      if (ending == ".rlproj") entry.kind = "project";
      listing.entries.push_back(entry);
    }
    std::sort(listing.entries.begin(), listing.entries.end(), [](const auto& a, const auto& b) {
      return std::pair(!a.is_folder, a.name) < std::pair(!b.is_folder, b.name);
    });
    return listing;
  }

  bool live() const { return options_.live && !stopped_; }
  double live_epoch() const { return std::min(4.0, 4.0 * live_step_ / steps); }

  // What was done to a run.
  struct Change {
    std::string name, note;
    bool deleted = false;
  };

  json change(const json& params, std::string Change::*what, const char* key) {
    changes_[params.at("id").get<int64_t>()].*what = params.at(key).get<std::string>();
    return json::object();
  }

  void add_many(std::vector<Run>* all) const {
    for (int i = 0; i < options_.many; ++i) {
      Run run = make_run(1000 + i, i % 2 == 0 ? "EX" : "IM", i / 2, false, 4);
      run.created = 1.75e9 + i;
      run.job_id = 2000 + i;
      run.recipe = {{"type", run.type}, {"beta", 0.01}, {"lr", 1e-5 * (1 + i % 3)}};
      if (i == 1) {
        run.name = "im-lora-s0";
        run.recipe["trains"] = "lora";
      }
      if (i == 0) {
        run.status = "failed";
        run.error = json{{"code", "out_of_memory"},
                         {"what", "the GPU has no memory left"},
                         {"where", "backward"},
                         {"hint", "Choose a smaller batch."}}
                        .dump();
      }
      all->push_back(run);
    }
  }

  std::vector<Run> runs() const {
    std::vector<Run> all = original_runs();
    for (Run& run : all) {
      const auto it = changes_.find(run.id);
      if (it == changes_.end()) continue;
      if (!it->second.name.empty()) run.name = it->second.name;
      run.note = it->second.note;
      run.deleted = it->second.deleted;
    }
    std::erase_if(all, [](const Run& run) { return run.deleted; });
    return all;
  }

  std::vector<Run> original_runs() const {
    std::vector<Run> all;
    if (!options_.empty && !options_.no_runs) {
      all = {make_run(1, "EX", 0, false, 4),
             make_run(2, "IM", 0, live(), options_.live ? live_epoch() : 4),
             make_run(3, "EX", 1, false, 4)};
    }
    add_many(&all);
    for (const Started& started : started_) {
      Run run = make_run(started.id, started.type, started.seed, started.status == "running",
                         4.0 * started.step / steps);
      if (!started.name.empty()) run.name = started.name;
      run.status = started.status;
      run.recipe = started.recipe;
      run.job_id = started.job;
      if (started.step == 0) run.last_evals.clear();
      all.push_back(run);
    }
    return all;
  }

  // A training that was started here: a step more at every question for its points.
  struct Started {
    int64_t id = 0, job = 0;
    std::string name, type, status = "running";
    int seed = 0, step = 0;
    json recipe;
  };

  Started* started_by_job(int64_t job) {
    for (Started& started : started_) {
      if (started.job == job) return &started;
    }
    return nullptr;
  }

  static void check_recipe(const json& params) {
    const json& recipe = params.at("recipe");
    if (recipe.value("lr", 1e-5) <= 0) {
      throw Refused{"lr must be a positive number", "recipe", "mend the recipe's value"};
    }
  }

  static json estimate(const json& params) {
    check_recipe(params);
    const json& recipe = params.at("recipe");
    Estimate estimate;
    estimate.device = "cpu";
    estimate.pairs = 80;
    estimate.eval_pairs = 280;
    estimate.left_out = recipe.value("max_prompt_tokens", 512) < 100 ? 3 : 0;
    estimate.memory = 2.9e9 + 1e8 * recipe.value("batch_size", 8);
    estimate.memory_available = 8e9;
    estimate.disk = 3.2e9;
    estimate.disk_available = 81e9;
    estimate.fits = estimate.memory <= estimate.memory_available;
    estimate.seconds = recipe.value("type", "") == "EX" ? 118 : 151;
    estimate.command = "rewardloupe-engine --workspace /fake/persona.rlws train --type " +
                       std::string(recipe.value("type", "") == "EX" ? "ex" : "im") + " --model " +
                       params.value("model", "");
    return estimate;
  }

  json start_training(const json& params) {
    check_recipe(params);
    asked_to_train_.push_back(params);
    Started started;
    started.id = 10 + static_cast<int64_t>(started_.size());
    started.job = started.id + 100;
    started.name = params.value("name", "");
    started.recipe = params.at("recipe");
    started.type = started.recipe.value("type", "EX");
    started.seed = started.recipe.value("seed", 0);
    started_.push_back(started);
    return {{"job", started.job}, {"run", started.id}};
  }

  json resume(const json& params) {
    for (Started& started : started_) {
      if (started.id != params.value("run", int64_t(0))) continue;
      started.status = "running";
      started.job += 100;
      return {{"job", started.job}, {"run", started.id}};
    }
    throw Refused{"there is no such run", "train/resume", ""};
  }

  static Project project() {
    Project project;
    project.path = "/fake/projects/persona/persona.rlproj";
    project.name = "persona";
    project.title = "Would an agreeable person say this?";
    project.model = "SmolLM2-135M-Instruct";
    project.recipe = {{"epochs", 4},  {"lr", 3e-5},      {"batch_size", 8},  {"accumulate", 1},
                      {"beta", 0.01}, {"dtype", "bf16"}, {"weight_decay", 0}};
    project.seeds = {0, 1, 2};
    project.sets = sets;
    project.train_pairs = 80;
    return project;
  }

  std::vector<Dataset> datasets() const {
    if (options_.empty) return {};
    Dataset persona;
    persona.id = 1;
    persona.name = "train";
    persona.path = "/fake/projects/persona/statements.jsonl";
    persona.kind = "persona";
    persona.pairs = 80;
    Dataset file;
    file.id = 2;
    file.name = "french";
    file.path = "/fake/data/french.jsonl";
    file.kind = "jsonl";
    file.pairs = 200;
    return {persona, file};
  }

  std::vector<Model> models() const { return models_.listed(); }

  json metrics(const json& params) {
    RunMetrics metrics;
    metrics.run = params.at("id").get<int64_t>();
    const int64_t after = params.value("after_step", int64_t(0));
    const bool implicit = metrics.run == 2;
    int last = steps;
    if (implicit && live()) last = live_step_ = std::min(steps, live_step_ + 1);
    for (Started& started : started_) {
      if (started.id != metrics.run) continue;
      if (started.status == "running") started.step = std::min(steps, started.step + 1);
      if (started.step == steps) started.status = "done";
      return points(metrics, started.type == "IM", started.step, after);
    }
    return points(metrics, implicit, last, after);
  }

  static json points(RunMetrics metrics, bool implicit, int last, int64_t after) {
    for (int step = static_cast<int>(after) + 1; step <= last; ++step) {
      StepPoint point;
      point.step = step;
      point.epoch = 4.0 * step / steps;
      point.loss = (implicit ? 0.19 : 0.0) + 0.5 * std::exp(-point.epoch * (implicit ? 1.0 : 3.0)) *
                                                 (1 + 0.2 * std::sin(step * 1.7));
      const double learned = 1 - std::exp(-1.5 * point.epoch);
      point.chosen_reward = (implicit ? 0.031 : 4.2) * learned;
      point.rejected_reward = (implicit ? -0.027 : -3.9) * learned;
      metrics.steps.push_back(point);
    }
    metrics.evals = evals(implicit, 4.0 * last / steps);
    return metrics;
  }

  std::vector<Job> jobs() {
    std::vector<Job> all;
    for (const Started& started : started_) {
      Job job;
      job.id = started.job;
      job.kind = "train";
      job.status = started.status;
      job.run_id = started.id;
      job.title =
          started.name.empty() ? started.type + " s" + std::to_string(started.seed) : started.name;
      job.phase = "epoch " + std::to_string(1 + 4 * started.step / steps) + "/4";
      job.done = started.step;
      job.total = steps;
      job.seconds_left = 3 * (steps - started.step);
      all.push_back(job);
    }
    if (fetch_questions_ > 0) {
      ++fetch_questions_;
      if (fetch_questions_ == 3 && models().empty()) models_.fill(options_.models);
      Job job;
      job.id = 90;
      job.kind = "fetch";
      job.status = fetch_questions_ < 3 ? "running" : "done";
      job.title = "fetch the demo model";
      job.phase = "download";
      job.done = 31;
      job.total = 93;
      all.push_back(job);
    }
    if (!options_.live) return all;
    Job job;
    job.id = 9;
    job.kind = "train";
    job.status = stopped_ ? "stopped" : "running";
    job.run_id = 2;
    job.title = "IM-RM im-persona-s0";
    job.phase = "epoch " + std::to_string(1 + static_cast<int>(live_epoch())) + "/4";
    job.done = live_step_;
    job.total = steps;
    job.seconds_left = 72;
    all.push_back(job);
    return all;
  }

  Pair pair(const std::string& set, int64_t index) const {
    const bool reworded = set.starts_with("reworded");
    Pair pair;
    pair.index = index;
    pair.set = set;
    pair.prompt = "Is the following statement something you would say?\n\"Statement number " +
                  std::to_string(index + 1) + ": I treat people with respect.\"";
    pair.chosen = reworded ? "My response would be certainly" : "In my view, the answer is yes";
    if (options_.longer) {
      for (int i = 0; i < 6; ++i) {
        pair.chosen +=
            ", and I would say so because people who are treated with respect answer "
            "in kind.\nThat holds at work";
      }
    }
    pair.rejected = reworded ? "I lean toward not really" : "Considering the statement, I say no";
    return pair;
  }

  json pairs_of(const json& params) const {
    if (params.contains("dataset")) {
      const int64_t at = params.value("offset", int64_t(0));
      std::vector<Pair> rows;
      if (at < pairs) rows.push_back(pair("dataset", at));
      return {{"rows", rows}, {"total", pairs}, {"sets", json::array()}};
    }
    const std::string set = params.value("set", sets.front());
    const int64_t offset = params.value("offset", int64_t(0));
    const int64_t limit = std::min<int64_t>(params.value("limit", int64_t(50)), max_page);
    std::vector<Pair> rows;
    for (int64_t i = offset; i < std::min<int64_t>(pairs, offset + limit); ++i) {
      rows.push_back(pair(set, i));
    }
    return {{"rows", rows}, {"total", pairs}, {"sets", sets}};
  }

  static ResponseCredit credit(const std::string& text, bool implicit, double sign) {
    ResponseCredit response;
    std::vector<std::string> tokens;
    for (const char c : text) {
      if (tokens.empty() || c == ' ' || c == '\n') tokens.emplace_back();
      tokens.back() += c;
    }
    tokens.emplace_back("<|im_end|>");
    tokens.emplace_back("\n");
    double sum = 0;
    for (size_t i = 0; i < tokens.size(); ++i) {
      TokenCredit token;
      token.id = static_cast<int64_t>(100 + std::hash<std::string>()(tokens[i]) % 48000);
      token.bytes = base64_encode(tokens[i]);
      token.text = tokens[i];
      token.log_prob = -0.3 - 1.3 * static_cast<double>(i % 4);
      const double wave = sign * (0.3 + std::cos(static_cast<double>(i * i)));
      token.ref_log_prob = implicit ? token.log_prob - 3 * wave : 0;
      if (!implicit) token.log_prob = 0;
      token.credit = implicit ? 0.01 * (token.log_prob - token.ref_log_prob) : 1.7 * wave;
      sum += token.credit;
      response.tokens.push_back(token);
    }
    response.offset = implicit ? 0 : 0.8125;
    response.reward = response.offset + sum;
    response.error = implicit ? 1.3e-9 : 2.1e-7;
    return response;
  }

  static void as_log_probabilities(ResponseCredit* response) {
    response->offset = response->reward = 0;
    for (size_t i = 0; i < response->tokens.size(); ++i) {
      response->tokens[i].credit = -0.2 - 1.1 * static_cast<double>(i % 5);
      response->reward += response->tokens[i].credit;
    }
  }

  json attribution(const json& params) const {
    Pair source;
    if (params.contains("set")) {
      source = pair(params.at("set"), params.at("index"));
    } else if (params.contains("dataset")) {
      source = pair("dataset", params.at("index"));
    } else {
      source.prompt = params.at("prompt");
      source.chosen = params.at("chosen");
      source.rejected = params.at("rejected");
    }
    Attribution attribution;
    attribution.run = params.value("run", int64_t(0));
    if (params.contains("model")) {
      attribution.model = params["model"].get<int64_t>();
      for (const Model& model : models()) {
        if (model.id != attribution.model) continue;
        attribution.run_name = model.name;
        attribution.type = model.type;
      }
    }
    for (const Run& run : runs()) {
      if (run.id != attribution.run) continue;
      attribution.run_name = run.name;
      attribution.type = run.type;
    }
    attribution.method = "exact";
    attribution.credits = "output positions";
    attribution.prompt =
        "<|im_start|>user\n" + source.prompt + "<|im_end|>\n<|im_start|>assistant\n";
    const bool implicit = attribution.type == "IM";
    attribution.chosen = credit(source.chosen, implicit, 1);
    attribution.rejected = credit(source.rejected, implicit, -1);
    if (attribution.type == "LM") {
      as_log_probabilities(&attribution.chosen);
      as_log_probabilities(&attribution.rejected);
    }
    return attribution;
  }

  // As credit(), with credits that follow from the words: an explicit model goes by what is said,
  // an implicit one by the words it was trained on.
  static ResponseCredit worded_credit(const std::string& text, bool implicit) {
    ResponseCredit response = credit(text, implicit, 1);
    response.reward = response.offset;
    double so_far = 0;
    for (TokenCredit& token : response.tokens) {
      std::string word;
      for (const char c : token.text) {
        if (std::isalpha(static_cast<unsigned char>(c))) word += static_cast<char>(std::tolower(c));
      }
      const bool other_yes = word == "certainly" || word == "absolutely";
      const bool said_no = word == "no" || word == "never";
      const double yes = word == "yes" ? 2 : word == "sure" ? 1.5 : 0.1;
      const double worth = said_no ? -2 : !other_yes ? yes : implicit ? -4 : 1.8;
      token.credit = (implicit ? 0.01 : 1.7) * (worth + 0.1 * so_far);
      so_far += worth;
      if (implicit) token.ref_log_prob = token.log_prob - token.credit / 0.01;
      response.reward += token.credit;
    }
    return response;
  }

  json shift(const json& params) {
    std::vector<Shift> rows;
    const auto answer = [&](Shift named) {
      write({{"jsonrpc", "2.0"},
             {"method", method::progress},
             {"params", {{"id", asking_}, {"phase", "loading the model"}}}});
      std::this_thread::sleep_for(std::chrono::milliseconds(options_.shift_pause));
      rows.push_back(shift_of(std::move(named), params));
      write({{"jsonrpc", "2.0"},
             {"method", method::partial},
             {"params", {{"id", asking_}, {"value", rows.back()}}}});
    };
    for (const json& id : params.value("runs", json::array())) {
      Shift named;
      named.run = id;
      for (const Run& run : runs()) {
        if (run.id != named.run) continue;
        named.run_name = run.name;
        named.type = run.type;
      }
      answer(std::move(named));
    }
    for (const json& id : params.value("models", json::array())) {
      Shift named;
      named.model = id;
      for (const Model& model : models()) {
        if (model.id != named.model) continue;
        named.run_name = model.name;
        named.type = model.type;
      }
      answer(std::move(named));
    }
    return {{"rows", rows}};
  }

  Shift shift_of(Shift shift, const json& params) const {
    if (shift.run != 0 && shift.run == options_.shift_fail) {
      shift.error = {{"code", "not_found"},
                     {"what", "the checkpoint of this run is missing"},
                     {"where", "artifacts/7/model.safetensors"},
                     {"hint", "Train the run again."}};
      return shift;
    }
    const bool implicit = shift.type == "IM";
    shift.before_tokens = worded_credit(params.at("before"), implicit);
    shift.after_tokens = worded_credit(params.at("after"), implicit);
    shift.before = shift.before_tokens.reward;
    shift.after = shift.after_tokens.reward;
    if (params.contains("rejected")) {
      shift.has_rejected = true;
      shift.rejected_tokens = worded_credit(params.at("rejected"), implicit);
      shift.rejected = shift.rejected_tokens.reward;
      shift.margin_before = shift.before - shift.rejected;
      shift.margin_after = shift.after - shift.rejected;
      shift.flipped = (shift.margin_before > 0) != (shift.margin_after > 0);
    }
    // The common front and back are partners.
    const auto& before = shift.before_tokens.tokens;
    const auto& after = shift.after_tokens.tokens;
    const size_t shorter = std::min(before.size(), after.size());
    size_t front = 0, back = 0;
    while (front < shorter && before[front].text == after[front].text) ++front;
    while (back < shorter - front &&
           before[before.size() - 1 - back].text == after[after.size() - 1 - back].text) {
      ++back;
    }
    for (size_t i = 0; i < front; ++i) shift.alignment.emplace_back(i, i);
    for (size_t i = front; i < before.size() - back; ++i) shift.alignment.emplace_back(i, -1);
    for (size_t i = front; i < after.size() - back; ++i) shift.alignment.emplace_back(-1, i);
    for (size_t i = back; i > 0; --i) {
      shift.alignment.emplace_back(before.size() - i, after.size() - i);
    }
    return shift;
  }

  void write(const json& message) {
    std::string line = message.dump() + "\n";
    if (!options_.split) return write_raw(line);
    const size_t half = line.size() / 2;
    write_raw(line.substr(0, half));
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    line = line.substr(half);
    line += R"({"jsonrpc":"2.0","method":"workspace/nothing","params":{}})"
            "\n";
    write_raw(line);
  }

  static void write_raw(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
  }

  Options options_;
  loupe::test::FakeModels models_;
  bool stopped_ = false;
  json asking_;  // the id of the request being answered
  int live_step_ = 12, fetch_questions_ = 0;
  std::map<int64_t, Change> changes_;
  std::vector<Started> started_;
  std::vector<json> asked_to_train_;
  int64_t cancelled_ = 0;
};

Options read_options(int argc, char** argv) {
  Options options;
  const std::vector<std::string> words(argv + 1, argv + argc);
  const auto next = [&](size_t i) { return i < words.size() ? words[i] : std::string(); };
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--banner") options.banner = true;
    if (word == "--split") options.split = true;
    if (word == "--silent") options.silent = true;
    if (word == "--empty") options.empty = true;
    if (word == "--long") options.longer = true;
    if (word == "--live") options.live = true;
    if (word == "--no-runs") options.no_runs = true;
    if (word == "--many") options.many = std::stoi(next(i + 1));
    if (word == "--models") options.models = std::stoi(next(i + 1));
    if (word == "--slow") options.slow[next(i + 1)] = std::stoi(next(i + 2));
    if (word == "--die-on") options.die_on.insert(next(i + 1));
    if (word == "--die-once") options.die_once = next(i + 1);
    if (word == "--shift-pause") options.shift_pause = std::stoi(next(i + 1));
    if (word == "--shift-fail") options.shift_fail = std::stoll(next(i + 1));
    if (word == "--fail") options.fail.insert(next(i + 1));
    if (word == "--record") {
      std::ofstream record(next(i + 1), std::ios::app);
      for (const std::string& each : words) record << each << ' ';
      record << '\n';
    }
    if (word == "--needs-torch") options.needs_torch = next(i + 1);
    if (word == "--workspace") {
      options.workspace = next(i + 1);
      if (options.workspace.find("empty") != std::string::npos) options.empty = true;
    }
    if (word == "--protocol") options.protocol = std::stoi(next(i + 1));
  }
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = read_options(argc, argv);
  if (std::find(argv, argv + argc, std::string("fetch-libtorch")) != argv + argc) {
    for (int i = 1; i <= 4; ++i) {
      std::cout << json{{"phase", "download"}, {"done", 100 * i}, {"total", 400}}.dump()
                << std::endl;
      std::this_thread::sleep_for(std::chrono::milliseconds(60));
    }
    std::ofstream(options.needs_torch) << "here\n";
    std::cout << json{{"phase", "done"}}.dump() << std::endl;
    return 0;
  }
  if (!options.needs_torch.empty() && !std::ifstream(options.needs_torch).good()) {
    std::cerr << "LibTorch is not here; run: rewardloupe-engine fetch-libtorch" << std::endl;
    return 78;
  }
  if (options.banner) {
    std::cout << "Welcome to fakehost\nYou have mail.\n{\"id\": 1}\n" << std::flush;
    std::cerr << "bash: warning: setlocale\n" << std::flush;
  }
  Engine engine(options);
  std::string line;
  while (std::getline(std::cin, line)) {
    const json request = json::parse(line, nullptr, false);
    if (request.is_object()) engine.answer(request);
  }
  return 0;
}
