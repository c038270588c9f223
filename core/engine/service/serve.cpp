// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/service/serve.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <condition_variable>
#include <csignal>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "core/api/server.h"
#include "core/engine/installation.h"
#include "core/engine/jobs.h"
#include "core/engine/placement.h"
#include "core/engine/service/lane.h"
#include "core/engine/service/session.h"
#include "core/engine/wire.h"

namespace loupe::engine {

namespace {

using nlohmann::json;

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

// The service with a thread for each lane; interactive and batch work share one, since loaded
// models belong to one thread.
class Lanes {
 public:
  static Result<std::unique_ptr<Lanes>> open(const ServeOptions& options, Writer& writer) {
    const auto open_store = [&] { return store::Workspace::open(options.workspace); };
    LOUPE_TRY(auto own, open_store());
    (void)dispatch(own).ok();
    auto out = std::unique_ptr<Lanes>(new Lanes(std::move(own)));
    LOUPE_TRY(out->session_, Session::open(out->store_, options.device, options.cache_limit));
    out->service_ = make_service(*out->session_);
    const auto answered = [&writer](const json& id, const Result<json>& result) {
      writer.answer(id, result);
    };
    const auto notify = [&writer](const char* method, const json& params) {
      writer.notify(method, params);
    };
    for (auto& lane : out->lanes_) {
      LOUPE_TRY(auto connection, open_store());
      lane = std::make_unique<Lane>(out->service_, std::move(connection), answered, notify);
    }
    LOUPE_TRY(auto watched, open_store());
    out->watcher_ = std::make_unique<Watcher>(std::move(watched), writer);
    return out;
  }

  void cancel(const json& id) {
    for (auto& lane : lanes_) lane->cancel(id);
  }
  // False: there is no such method.
  bool add(Pending request) {
    const auto* lane = service_.lane_of(request.method);
    if (lane == nullptr) return false;
    request.batch = *lane == api::Lane::batch;
    const auto thread = static_cast<size_t>(request.batch ? api::Lane::interactive : *lane);
    lanes_[thread]->add(std::move(request));
    return true;
  }
  api::ServerInfo info() const {
    api::ServerInfo out;
    out.version = LOUPE_VERSION;
    out.torch = torch_version();
    out.workspace = store_.folder().string();
    out.host = host_name();
    out.pid = ::getpid();
    out.devices = device_names();
    out.threads = thread_count();
    out.cores = std::thread::hardware_concurrency();
    out.memory = static_cast<double>(total_memory());
    out.cache_limit = static_cast<double>(session_->cache_limit());
    out.device = session_->device();
    return out;
  }

 private:
  explicit Lanes(store::Workspace workspace) : store_(std::move(workspace)) {}
  store::Workspace store_;  // of the session: read by the computing thread
  std::unique_ptr<Session> session_;
  Service service_;
  std::array<std::unique_ptr<Lane>, 4> lanes_;  // store, files, models, computing
  std::unique_ptr<Watcher> watcher_;
};

}  // namespace

int serve(const ServeOptions& options) {
  const int out = ::fcntl(1, F_DUPFD_CLOEXEC, 3);
  ::dup2(2, 1);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  Writer writer(out);
  set_threads(options.threads);
  // The first message must be answered even when nothing works, so that the window can say why.
  auto lanes = Lanes::open(options, writer);
  bool open = true;
  // What the conversation itself needs; the reading thread answers nothing else.
  const std::map<std::string, std::function<void(const Pending&)>> conversation{
      {api::method::ping, [&](const Pending& asked) { writer.result(asked.id, json::object()); }},
      {api::method::shutdown,
       [&](const Pending& asked) {
         writer.result(asked.id, json::object());
         open = false;
       }},
      {api::method::cancel,
       [&](const Pending& asked) {
         if (lanes) (*lanes)->cancel(asked.params.value("id", json()));
       }},
      {api::method::initialize, [&](const Pending& asked) {
         if (!lanes)
           writer.answer(asked.id, lanes.error());
         else if (asked.params.value("protocol", json(api::protocol_version)) !=
                  api::protocol_version)
           writer.answer(asked.id, Error{ErrorCode::newer_version,
                                         "the window speaks another version of the protocol", "",
                                         "use the window and the engine of the same release"});
         else
           writer.result(asked.id, (*lanes)->info());
       }}};
  LineInput input;
  std::string line;
  while (open && input.next(line)) {
    if (line.empty()) continue;
    const json message = json::parse(line, nullptr, false);
    if (!message.is_object() || !message.contains("method") || !message["method"].is_string()) {
      writer.error(nullptr, message.is_discarded() ? -32700 : -32600, "not a JSON-RPC request");
      continue;
    }
    Pending request;
    request.method = message["method"];
    request.id = message.value("id", json());
    request.params = message.value("params", json::object());
    const json slot = message.value("slot", json(""));
    if (!request.params.is_object() || !slot.is_string()) {
      writer.error(request.id, -32602,
                   slot.is_string() ? "params must be an object" : "\"slot\" must be a text");
      continue;
    }
    request.slot = slot.get<std::string>();
    if (const auto own = conversation.find(request.method); own != conversation.end())
      own->second(request);
    else if (!lanes)
      writer.answer(request.id, lanes.error());
    else if (!(*lanes)->add(request))
      writer.error(request.id, -32601, "there is no method \"" + request.method + "\"");
  }
  return 0;
}

}  // namespace loupe::engine
