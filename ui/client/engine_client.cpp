// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/client/engine_client.h"

#include <algorithm>
#include <utility>

#include "ui/client/process_reaper.h"

namespace loupe::ui {
namespace {

constexpr int kept_log_lines = 200;
constexpr int default_ping_ms = 10'000;
constexpr int restart_grace_ms = 300;  // for an engine that can still end by itself

QString text_of(const api::json& object, const char* key) {
  const auto it = object.find(key);
  if (it == object.end() || it->is_null()) return {};
  return it->is_string() ? qstr(it->get<std::string>()) : qstr(it->dump());
}

Failure failure_of(const api::json& error) {
  Failure failure;
  if (!error.is_object()) {
    failure.what = qstr(error.dump());
    return failure;
  }
  const auto code = error.find("code");
  if (code != error.end() && code->is_number_integer()) failure.rpc_code = code->get<int>();
  failure.what = text_of(error, "message");
  const auto data = error.find("data");
  if (data != error.end() && data->is_object()) {
    failure.code = text_of(*data, "code");
    if (const QString what = text_of(*data, "what"); !what.isEmpty()) failure.what = what;
    failure.where = text_of(*data, "where");
    failure.hint = text_of(*data, "hint");
  }
  return failure;
}

}  // namespace

QString Failure::details() const {
  QStringList lines{what};
  if (!where.isEmpty()) lines << where;
  if (!hint.isEmpty()) lines << hint;
  if (!code.isEmpty()) lines << QStringLiteral("code: ") + code;
  if (rpc_code != 0) lines << QStringLiteral("rpc: %1").arg(rpc_code);
  return lines.join(QLatin1Char('\n'));
}

Failure failure_from_text(const std::string& text) {
  const api::json parsed = api::json::parse(text, nullptr, /*allow_exceptions=*/false);
  Failure failure;
  if (parsed.is_object() && parsed.contains("what")) {
    failure.code = text_of(parsed, "code");
    failure.what = text_of(parsed, "what");
    failure.where = text_of(parsed, "where");
    failure.hint = text_of(parsed, "hint");
  } else {
    failure.what = qstr(text);
  }
  return failure;
}

EngineClient::EngineClient(QStringList command, QObject* parent)
    : QObject(parent), command_(std::move(command)) {
  ping_timer_.setInterval(default_ping_ms);
  connect(&ping_timer_, &QTimer::timeout, this, &EngineClient::ping);
}

EngineClient::~EngineClient() {
  // Whoever listens may be half gone already: an owner deletes its children last.
  blockSignals(true);
  stop();
}

void EngineClient::start() {
  stop(restart_grace_ms);
  ++generation_;
  output_.clear();
  errors_.clear();
  log_.clear();
  death_reason_.clear();
  exit_code_ = -1;
  server_ = {};
  process_ = new QProcess(this);
  connect(process_, &QProcess::readyReadStandardOutput, this, &EngineClient::read_output);
  connect(process_, &QProcess::readyReadStandardError, this, &EngineClient::read_errors);
  connect(process_, &QProcess::errorOccurred, this, &EngineClient::process_failed);
  connect(process_, &QProcess::finished, this, &EngineClient::process_finished);
  connect(process_, &QProcess::started, this, &EngineClient::initialize);
  set_state(State::starting);
  process_->start(command_.value(0), command_.mid(1));
}

void EngineClient::stop(int grace_ms) {
  ping_timer_.stop();
  if (process_ != nullptr) {
    QProcess* process = std::exchange(process_, nullptr);
    if (process->state() == QProcess::Running) {
      process->write("{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"shutdown\",\"params\":{}}\n");
    }
    reap(process, grace_ms);
  }
  drop_all(tr("The engine was stopped."));
  set_state(State::stopped);
}

void EngineClient::initialize() {
  initialize_id_ = next_id_++;
  write({{"jsonrpc", "2.0"},
         {"id", initialize_id_},
         {"method", api::method::initialize},
         {"params", {{"protocol", api::protocol_version}}}});
  ping_id_ = 0;
}

int EngineClient::pending() const {
  int count = 0;
  for (const Pending& pending : pending_) count += pending.internal ? 0 : 1;
  return count;
}

EngineClient::RequestId EngineClient::request(const char* method, api::json params,
                                              QObject* context, Answered answered, Failed failed,
                                              const QString& slot) {
  const RequestId id = next_id_++;
  if (!params.is_object()) params = api::json::object();
  Pending pending;
  pending.generation = generation_;
  pending.method = QString::fromLatin1(method);
  pending.slot = slot;
  pending.context = context;
  pending.has_context = context != nullptr;
  pending.answered = std::move(answered);
  pending.failed = std::move(failed);
  for (const char* key : {"of", "run", "path", "name"}) {
    if (const auto it = params.find(key); it != params.end()) pending.about[key] = *it;
  }
  if (!slot.isEmpty()) {
    if (const auto older = slots_.constFind(slot); older != slots_.cend()) cancel(older.value());
    slots_.insert(slot, id);
  }
  api::json message{
      {"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", std::move(params)}};
  if (!slot.isEmpty()) message["slot"] = stdstr(slot);
  const bool lost = state_ == State::dead || state_ == State::stopped;
  pending_.insert(id, std::move(pending));
  if (state_ == State::ready) {
    write(message);
  } else if (state_ == State::starting) {
    unsent_.emplace_back(id, std::move(message));
  }
  if (lost) {
    QMetaObject::invokeMethod(
        this,
        [this, id] {
          Pending dropped = pending_.take(id);
          if (!dropped.failed || (dropped.has_context && !dropped.context)) return;
          Failure failure;
          failure.what = tr("The engine is not running.");
          failure.hint = tr("Restart it with the button in the top bar.");
          dropped.failed(failure);
        },
        Qt::QueuedConnection);
  }
  emit pending_changed(this->pending());
  return id;
}

void EngineClient::cancel(RequestId id) {
  const auto it = pending_.constFind(id);
  if (it == pending_.cend()) return;
  if (!it->slot.isEmpty() && slots_.value(it->slot) == id) slots_.remove(it->slot);
  pending_.erase(it);
  const auto unsent = std::find_if(unsent_.begin(), unsent_.end(),
                                   [&](const auto& entry) { return entry.first == id; });
  if (unsent != unsent_.end()) {
    unsent_.erase(unsent);
  } else if (state_ == State::ready) {
    write({{"jsonrpc", "2.0"}, {"method", api::method::cancel}, {"params", {{"id", id}}}});
  }
  emit pending_changed(pending());
}

void EngineClient::set_ping_interval(int ms) {
  ping_timer_.setInterval(ms);
  if (state_ == State::ready) ping_timer_.start();
}

void EngineClient::write(const api::json& message) {
  if (process_ == nullptr) return;
  // Text typed by the user may hold unpaired surrogates; they travel as U+FFFD instead of throwing.
  std::string line = message.dump(-1, ' ', false, api::json::error_handler_t::replace);
  line += '\n';
  process_->write(line.data(), static_cast<qint64>(line.size()));
}

void EngineClient::read_output() {
  if (process_ == nullptr) return;
  const int generation = generation_;
  for (const QByteArray& line : output_.feed(process_->readAllStandardOutput())) {
    const api::json message = api::json::parse(line.constData(), line.constData() + line.size(),
                                               nullptr, /*allow_exceptions=*/false);
    if (message.is_discarded() || !message.is_object() || !message.contains("jsonrpc")) {
      append_log(QString::fromUtf8(line));
    } else {
      handle(message);
    }
    // A callback may have restarted the engine, or the message been its last.
    if (generation != generation_ || process_ == nullptr) return;
  }
}

void EngineClient::read_errors() {
  if (process_ == nullptr) return;
  for (const QByteArray& line : errors_.feed(process_->readAllStandardError())) {
    append_log(QString::fromUtf8(line));
  }
}

void EngineClient::handle(const api::json& message) {
  const auto id = message.find("id");
  if (id == message.end() || !id->is_number_integer()) {
    const auto method = message.find("method");
    if (method != message.end() && method->is_string() && state_ == State::ready) {
      const api::json params = message.value("params", api::json::object());
      if (*method == api::method::progress) take_progress(params);
      emit notified(qstr(method->get<std::string>()), params);
    }
    return;
  }
  const RequestId number = id->get<RequestId>();
  if (state_ == State::starting) {
    if (number != initialize_id_) return;
    if (message.contains("error")) {
      const Failure failure = failure_of(message["error"]);
      append_log(failure.details());
      die(failure.what);
      return;
    }
    try {
      server_ = message.at("result").get<api::ServerInfo>();
    } catch (const std::exception& error) {
      die(tr("The engine's greeting could not be read: %1").arg(QString::fromUtf8(error.what())));
      return;
    }
    if (server_.protocol != api::protocol_version) {
      die(tr("The engine speaks protocol %1, this window speaks %2; install matching versions.")
              .arg(server_.protocol)
              .arg(api::protocol_version));
      return;
    }
    set_responsive(true);
    ping_timer_.start();
    set_state(State::ready);
    const auto unsent = std::exchange(unsent_, {});
    for (const auto& [waiting, text] : unsent) {
      if (pending_.contains(waiting)) write(text);
    }
    return;
  }
  const auto it = pending_.constFind(number);
  if (it == pending_.cend()) return;  // cancelled, or its slot was taken
  Pending pending = pending_.take(number);
  if (!pending.slot.isEmpty() && slots_.value(pending.slot) == number) slots_.remove(pending.slot);
  if (!pending.internal) emit pending_changed(this->pending());
  deliver(std::move(pending), message);
}

void EngineClient::deliver(Pending pending, const api::json& message) {
  if (pending.generation != generation_) return;
  if (pending.has_context && !pending.context) return;
  if (message.contains("error")) {
    const Failure failure = failure_of(message["error"]);
    const bool quiet =
        failure.rpc_code == api::error_cancelled || failure.rpc_code == api::error_superseded;
    if (pending.failed && !quiet) pending.failed(failure);
    return;
  }
  const auto result = message.find("result");
  static const api::json nothing;
  if (pending.answered) pending.answered(result == message.end() ? nothing : *result);
}

void EngineClient::process_failed(QProcess::ProcessError error) {
  if (error != QProcess::FailedToStart) return;  // the others end in finished()
  die(tr("The engine could not be started: %1 (%2)")
          .arg(process_->errorString(), command_.join(QLatin1Char(' '))));
}

void EngineClient::process_finished(int code, QProcess::ExitStatus status) {
  read_output();
  read_errors();
  if (process_ == nullptr) return;
  // The last line may lack its line end.
  for (const QByteArray& line : errors_.feed("\n")) append_log(QString::fromUtf8(line));
  if (status == QProcess::NormalExit) exit_code_ = code;
  die(status == QProcess::CrashExit ? tr("The engine crashed (signal %1).").arg(code)
                                    : tr("The engine ended with code %1.").arg(code));
}

void EngineClient::die(const QString& reason) {
  ping_timer_.stop();
  if (process_ != nullptr) reap(std::exchange(process_, nullptr), 0);
  death_reason_ = reason;
  set_responsive(true);
  drop_all(reason);
  set_state(State::dead);
}

void EngineClient::drop_all(const QString& reason) {
  unsent_.clear();
  slots_.clear();
  ping_id_ = 0;
  const auto dropped = std::exchange(pending_, {});
  for (const Pending& pending : dropped) {
    if (!pending.failed || (pending.has_context && !pending.context)) continue;
    Failure failure;
    failure.what = tr("The engine was lost before it answered.");
    failure.where = reason;
    QMetaObject::invokeMethod(
        this,
        [pending, failure] {
          if (!pending.has_context || pending.context) pending.failed(failure);
        },
        Qt::QueuedConnection);
  }
  if (!dropped.isEmpty()) emit pending_changed(0);
}

void EngineClient::set_state(State state) {
  if (state_ == state) return;
  state_ = state;
  emit state_changed(state);
}

void EngineClient::append_log(const QString& line) {
  log_.append(line);
  if (log_.size() > kept_log_lines) log_.removeFirst();
}

void EngineClient::take_progress(const api::json& params) {
  const auto id = params.find("id");
  if (id == params.end() || !id->is_number_integer()) return;
  const auto it = pending_.find(id->get<RequestId>());
  if (it == pending_.end()) return;
  const auto number = [&](const char* key) {
    const auto value = params.find(key);
    return value != params.end() && value->is_number() ? value->get<double>() : 0;
  };
  it->phase = text_of(params, "phase");
  it->done = number("done");
  it->total = number("total");
  told_id_ = it.key();
  emit work_changed();
}

std::optional<EngineClient::Work> EngineClient::work() const {
  RequestId oldest = 0;
  for (auto it = pending_.cbegin(); it != pending_.cend(); ++it) {
    if (!it->internal && (oldest == 0 || it.key() < oldest)) oldest = it.key();
  }
  if (oldest == 0) return {};
  auto it = pending_.constFind(told_id_);
  if (it == pending_.cend()) it = pending_.constFind(oldest);
  return Work{it->method, it->about, it->phase, it->done, it->total, pending() - 1};
}

void EngineClient::ping() {
  if (state_ != State::ready) return;
  if (ping_id_ != 0 && pending_.contains(ping_id_)) {
    set_responsive(false);
    return;
  }
  ping_id_ = next_id_++;
  Pending pending;
  pending.generation = generation_;
  pending.internal = true;
  pending.answered = [this](const api::json&) { set_responsive(true); };
  pending_.insert(ping_id_, std::move(pending));
  write({{"jsonrpc", "2.0"},
         {"id", ping_id_},
         {"method", api::method::ping},
         {"params", api::json::object()}});
}

void EngineClient::set_responsive(bool responsive) {
  if (responsive_ == responsive) return;
  responsive_ = responsive;
  emit responsive_changed(responsive);
}

}  // namespace loupe::ui
