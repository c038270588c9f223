// SPDX-License-Identifier: GPL-3.0-or-later
// `rewardloupe-engine serve`, spoken to by hand.
#pragma once

#include <map>

#include "tests/engine/engine_driver.h"

namespace loupe::test {

// A pair's words, the prompt one turn of the user's.
inline json words(const json& prompt, const json& chosen = "", const json& rejected = "") {
  return {{"text",
           {{"prompt", {{{"role", "user"}, {"content", prompt}}}},
            {"chosen", chosen},
            {"rejected", rejected}}}};
}

inline std::string run_name(int id) {
  return "run:" + std::to_string(id);
}
inline std::string model_name(const json& id) {
  return "model:" + id.dump();
}

class Server {
 public:
  explicit Server(const Place& place) {
    process_.setProcessEnvironment(engine_environment());
    process_.start(QStringLiteral(LOUPE_ENGINE),
                   {QStringLiteral("--workspace"), place.workspace(), QStringLiteral("serve")});
  }
  ~Server() {
    process_.closeWriteChannel();
    if (!process_.waitForFinished(10000)) process_.kill();
    process_.waitForFinished();
  }

  void write(const std::string& bytes) {
    process_.write(bytes.data(), static_cast<qint64>(bytes.size()));
    process_.waitForBytesWritten(5000);
  }
  // A request as a line; its id is next.
  std::string line(const std::string& method, const json& params, const json& slot = nullptr) {
    json message{{"jsonrpc", "2.0"}, {"id", ++id_}, {"method", method}, {"params", params}};
    if (!slot.is_null()) message["slot"] = slot;
    return message.dump() + "\n";
  }
  int last_id() const { return id_; }
  // The whole answer: {"result": …} or {"error": …}; null when none came.
  json ask(const std::string& method, const json& params = json::object()) {
    write(line(method, params));
    return answer(id_);
  }
  json answer(int id, int seconds = 30) {
    QElapsedTimer clock;
    clock.start();
    while (!answers_.contains(id)) {
      read();
      if (answers_.contains(id)) break;
      if (clock.elapsed() > seconds * 1000 || process_.state() != QProcess::Running) return {};
      process_.waitForReadyRead(100);
    }
    return answers_[id];
  }
  // The next answer to something that was no request: its id is null.
  json orphan(int seconds = 10) {
    QElapsedTimer clock;
    clock.start();
    for (read(); orphans_.empty(); read()) {
      if (clock.elapsed() > seconds * 1000 || process_.state() != QProcess::Running) return {};
      process_.waitForReadyRead(100);
    }
    const json first = orphans_.front();
    orphans_.erase(orphans_.begin());
    return first;
  }
  json job(int id) {
    const json answer = ask("jobs/list");
    if (answer.contains("result"))
      for (const auto& row : answer["result"]["rows"])
        if (row["id"] == id) return row;
    return {};
  }
  bool wait_for_status(int job_id, const std::string& status) {
    return wait_until([&] { return job(job_id).value("status", "") == status; }, 40, 20000);
  }

  QProcess& process() { return process_; }
  bool alive() const { return process_.state() == QProcess::Running; }
  bool only_json() const { return only_json_; }
  int notifications(const std::string& method) const {
    const auto found = notifications_.find(method);
    return found == notifications_.end() ? 0 : found->second;
  }
  // Of every request, in the order they came.
  const std::vector<json>& partials() const { return partials_; }

 private:
  void read() {
    buffer_ += process_.readAllStandardOutput();
    for (auto end = buffer_.indexOf('\n'); end >= 0; end = buffer_.indexOf('\n')) {
      const json message = json::parse(buffer_.left(end).toStdString(), nullptr, false);
      buffer_.remove(0, end + 1);
      if (!message.is_object() || message.value("jsonrpc", "") != "2.0") {
        only_json_ = false;
      } else if (message.contains("method")) {
        ++notifications_[message["method"].get<std::string>()];
        if (message["method"] == "$/partial") partials_.push_back(message["params"]);
      } else if (message.value("id", json()).is_number_integer()) {
        answers_[message["id"].get<int>()] = message;
      } else {
        orphans_.push_back(message);
      }
    }
  }

  QProcess process_;
  QByteArray buffer_;
  int id_ = 0;
  std::map<int, json> answers_;
  std::vector<json> orphans_;
  std::map<std::string, int> notifications_;
  std::vector<json> partials_;
  bool only_json_ = true;
};

inline int error_code(const json& answer) {
  return answer.contains("error") ? answer["error"].value("code", 0) : 0;
}

}  // namespace loupe::test
