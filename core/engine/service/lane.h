// SPDX-License-Identifier: GPL-3.0-or-later
// A thread and its queue of requests. A newer request of a slot supersedes the older one, waiting
// or running; interactive requests go before batch ones, and a batch handler lets them in between
// its chunks (CallContext::yield).
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "core/engine/service/service.h"

namespace loupe::engine {

struct Pending {
  nlohmann::json id;
  std::string method;
  nlohmann::json params;
  std::string slot;
  bool batch = false;
  CancelToken cancel;
};

class Lane {
 public:
  using Answered = std::function<void(const nlohmann::json& id, const Result<nlohmann::json>&)>;
  using Notify = std::function<void(const char* method, const nlohmann::json& params)>;
  // The callbacks are called from the lane's thread.
  Lane(const Service& service, store::Workspace workspace, Answered answered, Notify notify);
  ~Lane();  // cancels what is running, drops what waits
  void add(Pending request);
  void cancel(const nlohmann::json& id);

 private:
  void loop();
  void run(Pending request);
  bool take_interactive(Pending& request);

  const Service& service_;
  store::Workspace workspace_;
  Answered answered_;
  Notify notify_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Pending> queue_;
  std::vector<Pending*> running_;  // the batch request, then the interactive one that it let in
  bool closing_ = false;
  std::thread thread_;
};

}  // namespace loupe::engine
