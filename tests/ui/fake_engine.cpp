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
//   --long            every chosen response is long
//   --live            run 2 is in training: a step more at every question
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "core/api/messages.h"

using namespace loupe::api;

namespace {

struct Options {
  bool banner = false, split = false, silent = false, empty = false, live = false, longer = false;
  std::map<std::string, int> slow;
  std::set<std::string> die_on, fail;
  std::string die_once;
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
  run.seconds = type == "EX" ? 118 : 151;
  run.job_id = running ? 9 : 0;
  const auto all = evals(type == "IM", epochs_done);
  run.last_evals.assign(all.end() - static_cast<long>(sets.size()), all.end());
  return run;
}

class Engine {
 public:
  explicit Engine(Options options) : options_(std::move(options)) {}

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
      response["result"] = result_of(method_name, request.value("params", json::object()));
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
      info.workspace = "/fake/persona.rlws";
      info.host = "fakehost";
      info.pid = getpid();
      info.devices = {"cpu"};
      info.threads = 2;
      return info;
    }
    if (name == method::runs_list) {
      std::vector<Run> rows;
      if (!options_.empty) rows = runs();
      return {{"rows", rows}, {"total", rows.size()}};
    }
    if (name == method::runs_metrics) return metrics(params);
    if (name == method::jobs_list) return {{"rows", jobs()}};
    if (name == method::jobs_stop) {
      stopped_ = true;
      write({{"jsonrpc", "2.0"}, {"method", method::changed}, {"params", json::object()}});
      return json::object();
    }
    if (name == method::pairs_list) return pairs_of(params);
    if (name == method::attribute) return attribution(params);
    if (name == "test/cancelled") return {{"id", cancelled_}};
    if (name == "test/echo") return params;
    return json::object();
  }

  bool live() const { return options_.live && !stopped_; }
  double live_epoch() const { return std::min(4.0, 4.0 * live_step_ / steps); }

  std::vector<Run> runs() const {
    return {make_run(1, "EX", 0, false, 4),
            make_run(2, "IM", 0, live(), options_.live ? live_epoch() : 4),
            make_run(3, "EX", 1, false, 4)};
  }

  json metrics(const json& params) {
    RunMetrics metrics;
    metrics.run = params.at("id").get<int64_t>();
    const int64_t after = params.value("after_step", int64_t(0));
    const bool implicit = metrics.run == 2;
    int last = steps;
    if (implicit && live()) last = live_step_ = std::min(steps, live_step_ + 1);
    for (int step = static_cast<int>(after) + 1; step <= last; ++step) {
      StepPoint point;
      point.step = step;
      point.epoch = 4.0 * step / steps;
      point.loss = (implicit ? 0.19 : 0.0) + 0.5 * std::exp(-point.epoch * (implicit ? 1.0 : 3.0)) *
                                                 (1 + 0.2 * std::sin(step * 1.7));
      metrics.steps.push_back(point);
    }
    metrics.evals = evals(implicit, 4.0 * last / steps);
    return metrics;
  }

  std::vector<Job> jobs() const {
    if (!options_.live) return {};
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
    return {job};
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

  json attribution(const json& params) const {
    Pair source;
    if (params.contains("set")) {
      source = pair(params.at("set"), params.at("index"));
    } else {
      source.prompt = params.at("prompt");
      source.chosen = params.at("chosen");
      source.rejected = params.at("rejected");
    }
    Attribution attribution;
    attribution.run = params.at("run").get<int64_t>();
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
    return attribution;
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
  bool stopped_ = false;
  int live_step_ = 12;
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
    if (word == "--slow") options.slow[next(i + 1)] = std::stoi(next(i + 2));
    if (word == "--die-on") options.die_on.insert(next(i + 1));
    if (word == "--die-once") options.die_once = next(i + 1);
    if (word == "--fail") options.fail.insert(next(i + 1));
    if (word == "--protocol") options.protocol = std::stoi(next(i + 1));
  }
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = read_options(argc, argv);
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
