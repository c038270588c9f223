// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/serve.h"

#include <fcntl.h>
#include <torch/torch.h>
#include <unistd.h>

#include <condition_variable>
#include <csignal>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "core/base/log.h"
#include "core/engine/compute_requests.h"
#include "core/engine/guarded.h"
#include "core/engine/installation.h"
#include "core/engine/model_requests.h"
#include "core/engine/models.h"
#include "core/engine/placement.h"
#include "core/engine/requests.h"
#include "core/engine/wire.h"

namespace loupe::engine {

namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

class Writer {
 public:
  explicit Writer(int fd) : fd_(fd) {}
  void send(const json& message) {
    const std::string line = dump(message) + "\n";
    const std::lock_guard lock(mutex_);
    size_t done = 0;
    while (done < line.size()) {
      const ssize_t written = ::write(fd_, line.data() + done, line.size() - done);
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return;  // the window is gone; stdin ends next
      done += static_cast<size_t>(written);
    }
  }
  void result(const json& id, const json& value) {
    send({{"jsonrpc", "2.0"}, {"id", id}, {"result", value}});
  }
  void error(const json& id, int code, const std::string& message, const json& data = nullptr) {
    json body = {{"code", code}, {"message", message}};
    if (!data.is_null()) body["data"] = data;
    send({{"jsonrpc", "2.0"}, {"id", id}, {"error", body}});
  }
  void answer(const json& id, const Result<json>& result_or_error) {
    if (result_or_error) return result(id, *result_or_error);
    const Error& e = result_or_error.error();
    const int code = e.code == ErrorCode::cancelled    ? api::error_cancelled
                     : e.code == ErrorCode::superseded ? api::error_superseded
                                                       : api::error_request;
    error(id, code, e.text(), error_json(e));
  }
  void notify(const char* method, const json& params) {
    send({{"jsonrpc", "2.0"}, {"method", method}, {"params", params}});
  }

 private:
  int fd_;
  std::mutex mutex_;
};

struct Pending {
  json id;
  std::string method;
  json params;
  std::string slot;
  CancelToken cancel;
};

// A thread and its queue. A newer request of a slot supersedes the older one, waiting or running.
class Lane {
 public:
  using Work = std::function<Result<json>(const Pending&, const Asker&)>;
  Lane(Writer& writer, Work work)
      : writer_(writer), work_(std::move(work)), thread_([this] { loop(); }) {}
  ~Lane() {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
      if (running_) running_->cancel.cancel();
    }
    wake_.notify_all();
    thread_.join();
  }
  void add(Pending request) {
    const std::lock_guard lock(mutex_);
    if (!request.slot.empty()) {
      for (auto& waiting : queue_)
        if (waiting.slot == request.slot) waiting.cancel.supersede();
      if (running_ && running_->slot == request.slot) running_->cancel.supersede();
    }
    queue_.push_back(std::move(request));
    wake_.notify_one();
  }
  void cancel(const json& id) {
    const std::lock_guard lock(mutex_);
    for (auto& waiting : queue_)
      if (waiting.id == id) waiting.cancel.cancel();
    if (running_ && running_->id == id) running_->cancel.cancel();
  }

 private:
  void loop() {
    while (true) {
      Pending request;
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [&] { return closing_ || !queue_.empty(); });
        if (closing_) return;
        request = std::move(queue_.front());
        queue_.pop_front();
        running_ = &request;
      }
      auto last = Clock::time_point{};
      Asker asker;
      asker.cancel = request.cancel;
      asker.progress = [&](const Progress& p) {
        if (Clock::now() - last < std::chrono::milliseconds(100)) return;
        last = Clock::now();
        json params = progress_json(p);
        params["id"] = request.id;
        writer_.notify(api::method::progress, params);
      };
      asker.partial = [&](const json& value) {
        writer_.notify(api::method::partial, {{"id", request.id}, {"value", value}});
      };
      const auto result = guarded([&]() -> Result<json> {
        request.cancel.check();
        return work_(request, asker);
      });
      {
        const std::lock_guard lock(mutex_);
        running_ = nullptr;
      }
      writer_.answer(request.id, result);
    }
  }

  Writer& writer_;
  Work work_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Pending> queue_;
  Pending* running_ = nullptr;
  bool closing_ = false;
  std::thread thread_;
};

// Tells the window that the store changed, whoever changed it, twice a second at most.
class Watcher {
 public:
  Watcher(store::Workspace workspace, Writer& writer)
      : workspace_(std::move(workspace)), writer_(writer), thread_([this] { loop(); }) {}
  ~Watcher() {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }

 private:
  void loop() {
    auto seen = workspace_.change_counter();
    std::unique_lock lock(mutex_);
    while (!wake_.wait_for(lock, std::chrono::milliseconds(500), [&] { return closing_; })) {
      const auto now = workspace_.change_counter();
      if (now && seen && *now != *seen) writer_.notify(api::method::changed, json::object());
      if (now) seen = now;
    }
  }
  store::Workspace workspace_;
  Writer& writer_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool closing_ = false;
  std::thread thread_;
};

// Lines from a file descriptor; false at its end.
class LineInput {
 public:
  bool next(std::string& line) {
    while (true) {
      const auto end = buffer_.find('\n', searched_);
      if (end != std::string::npos) {
        line = buffer_.substr(0, end);
        buffer_.erase(0, end + 1);
        searched_ = 0;
        return true;
      }
      searched_ = buffer_.size();
      char chunk[65536];
      const ssize_t got = ::read(0, chunk, sizeof(chunk));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return false;
      buffer_.append(chunk, static_cast<size_t>(got));
    }
  }

 private:
  std::string buffer_;
  size_t searched_ = 0;
};

}  // namespace

int serve(const ServeOptions& options) {
  const int out = ::fcntl(1, F_DUPFD_CLOEXEC, 3);
  ::dup2(2, 1);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  Writer writer(out);
  const auto open = [&] { return store::Workspace::open(options.workspace); };
  auto main_store = open();
  const auto device = choose_device(options.device);
  // The first message must be answered even when nothing works, so that the window can say why.
  std::optional<Error> broken;
  if (!main_store) broken = main_store.error();
  if (!device) broken = device.error();
  std::optional<store::Workspace> workspace;
  std::unique_ptr<StoreRequests> store_requests;
  std::optional<store::Workspace> compute_workspace;
  std::unique_ptr<ComputeRequests> compute;
  std::optional<store::Workspace> models_workspace;
  std::unique_ptr<ModelRequests> models;
  std::unique_ptr<Lane> lane, files, looking;
  std::unique_ptr<Watcher> watcher;
  set_threads(options.threads);
  if (!broken) {
    workspace.emplace(std::move(main_store).value());
    (void)workspace->reap_dead_jobs().ok();
    store_requests = std::make_unique<StoreRequests>(*workspace);
    auto compute_store = open();
    auto models_store = open();
    auto watch_store = open();
    if (compute_store && models_store && watch_store) {
      compute_workspace.emplace(std::move(compute_store).value());
      compute = std::make_unique<ComputeRequests>(*compute_workspace, *device, options.cache_limit);
      lane = std::make_unique<Lane>(writer, [&](const Pending& request, const Asker& asker) {
        return compute->answer(request.method, request.params, asker);
      });
      models_workspace.emplace(std::move(models_store).value());
      models = std::make_unique<ModelRequests>(*models_workspace, *device);
      looking = std::make_unique<Lane>(writer, [&](const Pending& request, const Asker& asker) {
        return models->answer(request.method, request.params, asker);
      });
      files = std::make_unique<Lane>(writer, [](const Pending& request, const Asker&) {
        return FileRequests::answer(request.method, request.params);
      });
      watcher = std::make_unique<Watcher>(std::move(watch_store).value(), writer);
    } else {
      broken = !compute_store  ? compute_store.error()
               : !models_store ? models_store.error()
                               : watch_store.error();
    }
  }
  LineInput input;
  std::string line;
  while (input.next(line)) {
    if (line.empty()) continue;
    const json message = json::parse(line, nullptr, false);
    if (!message.is_object() || !message.contains("method") || !message["method"].is_string()) {
      writer.error(nullptr, message.is_discarded() ? -32700 : -32600, "not a JSON-RPC request");
      continue;
    }
    const std::string method = message["method"];
    const json id = message.value("id", json());
    const json params = message.value("params", json::object());
    if (!params.is_object()) {
      writer.error(id, -32602, "params must be an object");
      continue;
    }
    if (method == api::method::cancel) {
      for (auto* one : {lane.get(), files.get(), looking.get()})
        if (one != nullptr) one->cancel(params.value("id", json()));
    } else if (method == api::method::ping) {
      writer.result(id, json::object());
    } else if (method == api::method::shutdown) {
      writer.result(id, json::object());
      break;
    } else if (method == api::method::initialize) {
      if (broken) {
        writer.answer(id, *broken);
        continue;
      }
      if (params.value("protocol", json(api::protocol_version)) != api::protocol_version) {
        writer.answer(
            id, Error{ErrorCode::newer_version, "the window speaks another version of the protocol",
                      "", "use the window and the engine of the same release"});
        continue;
      }
      api::ServerInfo info;
      info.version = LOUPE_VERSION;
      info.torch = TORCH_VERSION;
      info.workspace = workspace->folder().string();
      info.host = host_name();
      info.pid = ::getpid();
      info.devices = device_names();
      info.threads = at::get_num_threads();
      info.cores = std::thread::hardware_concurrency();
      info.memory = static_cast<double>(total_memory());
      info.cache_limit = static_cast<double>(compute->cache_limit());
      info.device = device->str();
      writer.result(id, info);
    } else if (broken) {
      writer.answer(id, *broken);
    } else if (ComputeRequests::knows(method) || FileRequests::knows(method) ||
               ModelRequests::knows(method)) {
      const json slot = params.value("slot", json(""));
      if (!slot.is_string()) {
        writer.error(id, -32602, "\"slot\" must be a text");
        continue;
      }
      Lane& goes_to = FileRequests::knows(method)    ? *files
                      : ModelRequests::knows(method) ? *looking
                                                     : *lane;
      goes_to.add({id, method, params, slot.get<std::string>(), {}});
    } else if (auto answer = store_requests->answer(method, params)) {
      writer.answer(id, *answer);
    } else {
      writer.error(id, -32601, "there is no method \"" + method + "\"");
    }
  }
  return 0;
}

}  // namespace loupe::engine
