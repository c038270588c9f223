// SPDX-License-Identifier: GPL-3.0-or-later
// The engine process and the conversation with it: JSON-RPC 2.0, one message a line, over its stdin
// and stdout.
//
// Lives in the GUI thread and never blocks it. Requests may be made at any time: before the engine
// is ready they wait and are sent once it is. An answer reaches the caller through one of two
// callbacks, never both, always from the event loop; it reaches nobody when the caller's context
// object is gone, when the request was cancelled, when a newer request took its slot, or when the
// engine was restarted meanwhile (the generation counter).
#pragma once

#include <QHash>
#include <QObject>
#include <QPointer>
#include <QProcess>
#include <QStringList>
#include <QTimer>
#include <functional>
#include <optional>

#include "core/api/messages.h"
#include "ui/client/line_reader.h"
#include "ui/client/text.h"

namespace loupe::ui {

// Why a request got no result.
struct Failure {
  int rpc_code = 0;  // JSON-RPC code; 0 when the engine was lost or its answer was unreadable
  QString code;      // the engine's error code, e.g. "not_found"
  QString what, where, hint;
  QString details() const;  // everything known, for the Details view and the clipboard
};

// An error as the store keeps it: the JSON of an engine's error, or plain words.
Failure failure_from_text(const std::string& text);

class EngineClient : public QObject {
  Q_OBJECT
 public:
  enum class State { stopped, starting, ready, dead };
  Q_ENUM(State)

  using RequestId = qint64;
  using Answered = std::function<void(const api::json&)>;
  using Failed = std::function<void(const Failure&)>;

  // command: program and arguments, whole.
  explicit EngineClient(QStringList command, QObject* parent = nullptr);
  ~EngineClient() override;

  // For the next start.
  void set_command(QStringList command) { command_ = std::move(command); }
  // Starts the process; a running one is ended first, and everything asked of it is dropped.
  void start();
  // Asks the engine to end and returns at once; it is killed when it has not ended after
  // `grace_ms`. Jobs are processes of their own and go on.
  void stop(int grace_ms = 1500);

  State state() const { return state_; }
  const api::ServerInfo& server() const { return server_; }
  const QStringList& command() const { return command_; }
  // How many starts there were; answers of an older generation are dropped.
  int generation() const { return generation_; }
  // Requests of the present generation that await an answer, pings left out.
  int pending() const;
  bool responsive() const { return responsive_; }
  // What the engine is at: of the requests that await an answer the one it last told the progress
  // of, or the oldest.
  struct Work {
    QString method;
    api::json about;  // "of", "run", "path", "name" of its parameters, where they are there
    QString phase;
    double done = 0, total = 0;
    int others = 0;  // requests besides this one
  };
  std::optional<Work> work() const;
  // The last lines the engine wrote to stderr (and what it wrote to stdout that is no message).
  QString log_tail() const { return log_.join(QLatin1Char('\n')); }
  // Why the engine is dead, in one sentence.
  QString death_reason() const { return death_reason_; }
  // Of the engine that died; -1 when it had none (a signal, or it never started).
  int exit_code() const { return exit_code_; }

  // slot: a newer request of the same slot takes the older one's place. Empty: none.
  RequestId request(const char* method, api::json params, QObject* context, Answered answered,
                    Failed failed = {}, const QString& slot = {});
  // The method M of the wire. A result that cannot be read is a Failure.
  template <class M>
  RequestId call(const typename M::Params& params, QObject* context,
                 std::function<void(typename M::Result)> answered, Failed failed = {},
                 const QString& slot = {}) {
    return call<typename M::Result>(M::name, api::json(params), context, std::move(answered),
                                    std::move(failed), slot);
  }
  // As request, with the result read into a value of the wire.
  template <class T>
  RequestId call(const char* method, api::json params, QObject* context,
                 std::function<void(T)> answered, Failed failed = {}, const QString& slot = {});
  // Neither callback will come; the engine is told to stop working on it.
  void cancel(RequestId id);

  // How long the engine may leave a ping unanswered before it counts as not responsive.
  void set_ping_interval(int ms);

 signals:
  void state_changed(loupe::ui::EngineClient::State state);
  void pending_changed(int pending);
  void responsive_changed(bool responsive);
  void notified(const QString& method, const loupe::api::json& params);
  // work() has moved on.
  void work_changed();

 private:
  struct Pending {
    int generation = 0;
    QString method, slot;
    QPointer<QObject> context;
    bool has_context = false;
    Answered answered;
    Failed failed;
    bool internal = false;
    api::json about;
    QString phase;
    double done = 0, total = 0;
  };

  void initialize();
  void write(const api::json& message);
  void read_output();
  void read_errors();
  void handle(const api::json& message);
  void deliver(Pending pending, const api::json& message);
  void process_failed(QProcess::ProcessError error);
  void process_finished(int code, QProcess::ExitStatus status);
  void die(const QString& reason);
  void drop_all(const QString& reason);
  void set_state(State state);
  void append_log(const QString& line);
  void take_progress(const api::json& params);
  void ping();
  void set_responsive(bool responsive);

  QStringList command_;
  QProcess* process_ = nullptr;
  LineReader output_, errors_;
  QStringList log_;
  State state_ = State::stopped;
  QString death_reason_;
  api::ServerInfo server_;
  int generation_ = 0, exit_code_ = -1;
  RequestId next_id_ = 1;
  RequestId initialize_id_ = 0, ping_id_ = 0, told_id_ = 0;
  QHash<RequestId, Pending> pending_;
  QHash<QString, RequestId> slots_;
  QList<std::pair<RequestId, api::json>> unsent_;
  QTimer ping_timer_;
  bool responsive_ = true;
};

template <class T>
EngineClient::RequestId EngineClient::call(const char* method, api::json params, QObject* context,
                                           std::function<void(T)> answered, Failed failed,
                                           const QString& slot) {
  auto read = [answered = std::move(answered), failed, method](const api::json& result) {
    T value;
    try {
      value = result.get<T>();
    } catch (const std::exception& error) {
      if (failed) {
        Failure failure;
        failure.what = tr("The engine's answer to %1 could not be read.").arg(QString(method));
        failure.where = QString::fromUtf8(error.what());
        failure.hint = tr("The window and the engine may be of different versions.");
        failed(failure);
      }
      return;
    }
    answered(std::move(value));
  };
  return request(method, std::move(params), context, std::move(read), std::move(failed), slot);
}

}  // namespace loupe::ui
