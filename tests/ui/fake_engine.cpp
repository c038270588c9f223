// SPDX-License-Identifier: GPL-3.0-or-later
// A small program that speaks the wire as the engine does, with numbers it makes up, for testing
// the window: it can be told to greet with login banners, to cut its messages in pieces, to be
// slow, to die, and to say nothing.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <thread>
#include <utility>

#include "core/api/messages.h"
#include "tests/ui/fake_data.h"
#include "tests/ui/fake_models.h"
#include "tests/ui/fake_options.h"
#include "tests/ui/fake_runs.h"
#include "tests/ui/fake_scores.h"

using namespace loupe::api;
using namespace loupe::test;

namespace {

class Engine {
 public:
  explicit Engine(FakeOptions options) : options_(std::move(options)) {
    if (!options_.empty) models_.fill(options_.models);
    models_.set_write([](const json& message) { write_raw(message.dump() + "\n"); });
    service_.add<RunMethods>(runs_);
    service_.add<JobMethods>(runs_);
    service_.add<TrainMethods>(runs_);
    service_.add<DataMethods>(data_);
    service_.add<ScoreMethods>(scores_);
    service_.add<ModelMethods>(models_);
  }

  void answer(const json& request) {
    const std::string method_name = request.value("method", "");
    if (!request.contains("id")) {
      if (method_name == method::cancel) cancelled_ = request["params"].value("id", int64_t(0));
      return;
    }
    if (options_.silent) return;
    const bool once = !options_.die_once.empty() && method_name == Attribute::name &&
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
    if (service_.knows(name)) return service_.answer(name, params, asking_);
    if (const auto own = conversation_.find(name); own != conversation_.end())
      return own->second(params);
    return json::object();
  }

  ServerInfo info() const {
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

  FakeOptions options_;
  FakeService service_;
  // What the conversation itself needs, and what the tests ask.
  std::map<std::string, std::function<json(const json&)>> conversation_{
      {method::initialize, [this](const json&) { return json(info()); }},
      {"test/cancelled",
       [this](const json&) {
         return json{{"id", cancelled_}};
       }},
      {"test/asked_to_train",
       [this](const json&) {
         return json{{"rows", runs_.asked_to_train()}};
       }},
      {"test/echo", [](const json& params) { return params; }}};
  json asking_;  // the id of the request being answered
  int64_t cancelled_ = 0;
  FakeModels models_;
  FakeData data_{options_};
  FakeRuns runs_{options_, &models_, [this](const json& message) { write(message); }};
  FakeScores scores_{options_, data_, models_, runs_,
                     [this](const json& message) { write(message); }};
};

}  // namespace

int main(int argc, char** argv) {
  const FakeOptions options = read_options(argc, argv);
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
