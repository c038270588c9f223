// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/service/lane.h"

#include <algorithm>

#include "core/api/server.h"
#include "core/engine/wire.h"

namespace loupe::engine {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

Lane::Lane(const Service& service, store::Workspace workspace, Answered answered, Notify notify)
    : service_(service),
      workspace_(std::move(workspace)),
      answered_(std::move(answered)),
      notify_(std::move(notify)),
      thread_([this] { loop(); }) {}

Lane::~Lane() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
    for (auto* request : running_) request->cancel.cancel();
  }
  wake_.notify_all();
  thread_.join();
}

void Lane::add(Pending request) {
  const std::lock_guard lock(mutex_);
  if (!request.slot.empty()) {
    for (auto& waiting : queue_)
      if (waiting.slot == request.slot) waiting.cancel.supersede();
    for (auto* running : running_)
      if (running->slot == request.slot) running->cancel.supersede();
  }
  queue_.push_back(std::move(request));
  wake_.notify_one();
}

void Lane::cancel(const json& id) {
  const std::lock_guard lock(mutex_);
  for (auto& waiting : queue_)
    if (waiting.id == id) waiting.cancel.cancel();
  for (auto* running : running_)
    if (running->id == id) running->cancel.cancel();
}

bool Lane::take_interactive(Pending& request) {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(queue_.begin(), queue_.end(),
                                  [](const Pending& waiting) { return !waiting.batch; });
  if (closing_ || found == queue_.end()) return false;
  request = std::move(*found);
  queue_.erase(found);
  return true;
}

void Lane::loop() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return closing_ || !queue_.empty(); });
      if (closing_) return;
    }
    Pending request;
    if (!take_interactive(request)) {
      const std::lock_guard lock(mutex_);
      if (queue_.empty()) continue;
      request = std::move(queue_.front());
      queue_.pop_front();
    }
    run(std::move(request));
  }
}

void Lane::run(Pending request) {
  {
    const std::lock_guard lock(mutex_);
    if (closing_) request.cancel.cancel();
    running_.push_back(&request);
  }
  auto last = Clock::time_point{};
  CallContext context{workspace_, request.cancel, {}, {}, {}};
  context.progress = [&](const Progress& p) {
    if (Clock::now() - last < std::chrono::milliseconds(100)) return;
    last = Clock::now();
    json params = progress_json(p);
    params["id"] = request.id;
    notify_(api::method::progress, params);
  };
  context.partial = [&](const json& value) {
    notify_(api::method::partial, {{"id", request.id}, {"value", value}});
  };
  if (request.batch)
    context.yield = [&] {
      Pending other;
      while (take_interactive(other)) run(std::move(other));
      request.cancel.check();
    };
  auto result = Result<json>(Error{ErrorCode::cancelled, "stopped before it was done", "", ""});
  const auto stopped = guard([&]() -> Result<void> {
    request.cancel.check();
    result = service_.answer(request.method, request.params, context);
    return {};
  });
  if (!stopped) result = stopped.error();
  {
    const std::lock_guard lock(mutex_);
    running_.pop_back();
  }
  answered_(request.id, result);
}

}  // namespace loupe::engine
