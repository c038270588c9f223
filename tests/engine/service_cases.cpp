// SPDX-License-Identifier: GPL-3.0-or-later
// The table of handlers, and the lane that works requests off.
#include <atomic>
#include <map>
#include <semaphore>
#include <thread>

#include "core/api/describe_json.h"
#include "core/api/methods.h"
#include "core/engine/service/lane.h"
#include "core/engine/service/local.h"
#include "tests/support/case.h"
#include "tests/support/temporary_folder.h"

// The conversions are found by the namespace of a value.
namespace loupe::api {

struct Word {
  std::string text;
  LOUPE_ASKED(Word, (text), ())
};
struct Quick : Method<Word, Word> {
  static constexpr const char* name = "test/quick";
  static constexpr Lane lane = Lane::interactive;
};
struct Long : Method<Word, Word> {
  static constexpr const char* name = "test/long";
  static constexpr Lane lane = Lane::batch;
};

}  // namespace loupe::api

namespace {

using namespace loupe;
using namespace loupe::test;
using nlohmann::json;

Result<store::Workspace> workspace(const TemporaryFolder& folder) {
  return store::Workspace::open(folder.path() / "ws", store::Workspace::Mode::create_or_open);
}

std::string every_method_has_a_handler() {
  Failures failures;
  TemporaryFolder folder;
  auto store = workspace(folder);
  if (!store) return store.error().text();
  const auto session = engine::Session::open(*store, "cpu");
  if (!session) return session.error().text();
  const auto service = engine::make_service(**session);
  api::each_method(api::AllMethods(), [&]<class M>() {
    const auto* lane = service.lane_of(M::name);
    failures.check(lane != nullptr && *lane == M::lane, std::string("no handler: ") + M::name);
  });
  failures.check(service.lane_of("runs/paint") == nullptr, "a method that is none");
  return failures.text();
}

std::string parameters_are_read_strictly() {
  Failures failures;
  TemporaryFolder folder;
  auto store = workspace(folder);
  if (!store) return store.error().text();
  const auto local = engine::Local::open(std::move(*store));
  if (!local) return local.error().text();
  const auto session = engine::Session::open((*local)->store, "cpu");
  const auto service = engine::make_service(**session);
  const auto refused = [&](const char* method, const json& params, const std::string& word) {
    const auto answer = service.answer(method, params, (*local)->context);
    failures.check(!answer && answer.error().code == ErrorCode::invalid_input &&
                       answer.error().what.find(word) != std::string::npos,
                   std::string(method) + params.dump() + ": " +
                       (answer ? answer->dump() : answer.error().text()));
  };
  refused("runs/export", {{"of", "run:1"}, {"path", "x"}, {"refrence", false}}, "refrence");
  refused("runs/show", json::object(), "\"id\" is missing");
  refused("models/memory", {{"id", 1}, {"length", 0}, {"batch", 1}}, "from 1 to 1048576");
  refused("attribute", {{"of", "run:1"}, {"pair", {{"indx", 3}}}}, "pair.indx");
  const auto typed = (*local)->ask<api::RunsShow>({12});
  failures.check(!typed && typed.error().code == ErrorCode::not_found, "a run that is not there");
  return failures.text();
}

// Two methods: a long one in steps, which lets others in between them, and a quick one.
struct Bench {
  TemporaryFolder folder;
  engine::Service service;
  std::mutex mutex;
  std::vector<std::string> order;  // what was done, step by step
  std::map<int, Result<json>> answers;
  std::condition_variable answered;
  std::counting_semaphore<> begun{0}, go_on{0};
  std::unique_ptr<engine::Lane> lane;

  void note(const std::string& what) {
    const std::lock_guard lock(mutex);
    order.push_back(what);
  }
  Bench() {
    service.on<api::Long>([this](const api::Word& asked, engine::CallContext& context) {
      note(asked.text + " begins");
      begun.release();
      go_on.acquire();
      context.yield();
      note(asked.text + " ends");
      return Result<api::Word>(asked);
    });
    service.on<api::Quick>([this](const api::Word& asked, engine::CallContext& context) {
      if (context.yield) note("an interactive request can yield");
      note(asked.text);
      return Result<api::Word>(asked);
    });
    auto store = workspace(folder);
    lane = std::make_unique<engine::Lane>(
        service, std::move(store).value(),
        [this](const json& id, const Result<json>& result) {
          const std::lock_guard lock(mutex);
          answers.emplace(id.get<int>(), result);
          answered.notify_all();
        },
        [](const char*, const json&) {});
  }
  void ask(int id, const std::string& method, const std::string& text, bool batch,
           const std::string& slot = "") {
    lane->add({id, method, {{"text", text}}, slot, batch, {}});
  }
  // "ok", or the error's code; "nothing" after ten seconds.
  std::string answer(int id) {
    std::unique_lock lock(mutex);
    if (!answered.wait_for(lock, std::chrono::seconds(10), [&] { return answers.contains(id); }))
      return "nothing";
    const auto& result = answers.at(id);
    return result ? "ok" : error_code_name(result.error().code);
  }
};

std::string interactive_work_goes_before_batch_work() {
  Failures failures;
  Bench bench;
  bench.ask(1, "test/long", "long", true);
  bench.begun.acquire();
  bench.ask(2, "test/long", "second", true);
  bench.ask(3, "test/quick", "quick", false);
  bench.ask(4, "test/quick", "quicker", false);
  bench.go_on.release();
  failures.check(bench.answer(1) == "ok" && bench.answer(3) == "ok", "not answered");
  bench.go_on.release();
  failures.check(bench.answer(2) == "ok", "the second was not answered");
  const std::vector<std::string> want{"long begins", "quick",         "quicker",
                                      "long ends",   "second begins", "second ends"};
  std::string got;
  for (const auto& step : bench.order) got += step + ", ";
  failures.check(bench.order == want, got);
  return failures.text();
}

std::string slots_and_cancel_reach_what_waits_and_what_runs() {
  Failures failures;
  Bench bench;
  bench.ask(1, "test/long", "long", true, "slot");
  bench.begun.acquire();
  bench.ask(2, "test/quick", "old", false, "slot");
  bench.ask(3, "test/quick", "new", false, "slot");
  bench.ask(4, "test/quick", "unwanted", false);
  bench.lane->cancel(4);
  bench.go_on.release();
  failures.check(bench.answer(1) == "superseded", "running: " + bench.answer(1));
  failures.check(bench.answer(2) == "superseded", "waiting: " + bench.answer(2));
  failures.check(bench.answer(3) == "ok", "newest: " + bench.answer(3));
  failures.check(bench.answer(4) == "cancelled", "cancelled: " + bench.answer(4));
  return failures.text();
}

}  // namespace

std::vector<Case> loupe::test::cases() {
  return {{"every method has a handler", every_method_has_a_handler},
          {"parameters are read strictly", parameters_are_read_strictly},
          {"interactive work goes before batch work", interactive_work_goes_before_batch_work},
          {"slots and cancel reach what waits and what runs",
           slots_and_cancel_reach_what_waits_and_what_runs}};
}
