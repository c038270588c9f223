// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/client/torch_setup.h"

#include <QTimer>
#include <nlohmann/json.hpp>
#include <utility>

namespace loupe::ui {
namespace {

using Json = nlohmann::json;

constexpr int no_torch_code = 78;  // the engine's launcher, see packaging/rewardloupe-engine.in
constexpr int cancel_grace_ms = 3'000;  // for tidying up, before it is killed
constexpr int destructor_wait_ms = 500;

QString text_of(const Json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_string() ? QString::fromStdString(it->get<std::string>())
                                               : QString();
}

qint64 number_of(const Json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_number() ? it->get<qint64>() : 0;
}

}  // namespace

TorchSetup::TorchSetup(QStringList engine, QObject* parent)
    : QObject(parent), engine_(std::move(engine)) {}

TorchSetup::~TorchSetup() {
  if (process_ == nullptr) return;
  process_->disconnect(this);
  process_->terminate();
  if (!process_->waitForFinished(destructor_wait_ms)) process_->kill();
}

bool TorchSetup::needs_torch(int exit_code, const QString& log_tail) {
  if (exit_code == no_torch_code) return true;
  // Only the last line: earlier ones may be from before it was fetched.
  const QString last = log_tail.trimmed().section(QLatin1Char('\n'), -1);
  return exit_code != 0 && last.contains(QLatin1String("rewardloupe-engine fetch-libtorch"));
}

QStringList TorchSetup::engine_of(const QStringList& serve_command) {
  return serve_command.mid(0, serve_command.indexOf(QStringLiteral("serve")));
}

void TorchSetup::start() {
  if (process_ != nullptr || engine_.isEmpty()) return;
  output_.clear();
  errors_.clear();
  failure_.clear();
  last_error_.clear();
  done_ = cancelled_ = false;
  process_ = new QProcess(this);
  process_->setStandardInputFile(QProcess::nullDevice());
  connect(process_, &QProcess::readyReadStandardOutput, this, &TorchSetup::read_output);
  connect(process_, &QProcess::readyReadStandardError, this, &TorchSetup::read_errors);
  connect(process_, &QProcess::errorOccurred, this, &TorchSetup::process_failed);
  connect(process_, &QProcess::finished, this, &TorchSetup::process_finished);
  process_->start(engine_.first(),
                  engine_.mid(1) << QStringLiteral("fetch-libtorch") << QStringLiteral("--json"));
}

void TorchSetup::cancel() {
  if (process_ == nullptr || cancelled_) return;
  cancelled_ = true;
  process_->terminate();
  QTimer::singleShot(cancel_grace_ms, process_, &QProcess::kill);
}

void TorchSetup::read_output() {
  for (const QByteArray& line : output_.feed(process_->readAllStandardOutput())) read_message(line);
}

void TorchSetup::read_errors() {
  for (const QByteArray& line : errors_.feed(process_->readAllStandardError())) {
    last_error_ = QString::fromUtf8(line).trimmed();
  }
}

void TorchSetup::read_message(const QByteArray& line) {
  const Json message = Json::parse(line.constData(), line.constData() + line.size(), nullptr,
                                   /*allow_exceptions=*/false);
  if (!message.is_object()) return;  // a login banner
  const QString phase = text_of(message, "phase");
  if (phase == QLatin1String("failed")) {
    failure_ = text_of(message, "message");
  } else if (phase == QLatin1String("done")) {
    done_ = true;
  } else if (!phase.isEmpty() && !cancelled_) {
    emit progress(phase, number_of(message, "done"), number_of(message, "total"));
  }
}

void TorchSetup::process_failed(QProcess::ProcessError error) {
  if (error != QProcess::FailedToStart) return;  // the others end in finished()
  end(false, tr("%1 could not be started: %2").arg(engine_.first(), process_->errorString()));
}

void TorchSetup::process_finished(int code, QProcess::ExitStatus status) {
  read_output();
  read_errors();
  // The last line may lack its line end.
  for (const QByteArray& line : errors_.feed("\n")) last_error_ = QString::fromUtf8(line).trimmed();
  if (done_ && code == 0 && status == QProcess::NormalExit) {
    end(true, {});
  } else if (cancelled_) {
    end(false, tr("Cancelled. What was downloaded whole is kept for the next time."));
  } else if (!failure_.isEmpty() || !last_error_.isEmpty()) {
    end(false, failure_.isEmpty() ? last_error_ : failure_);
  } else {
    end(false, status == QProcess::CrashExit
                   ? tr("Fetching LibTorch was ended by signal %1.").arg(code)
                   : tr("Fetching LibTorch ended with code %1.").arg(code));
  }
}

void TorchSetup::end(bool ok, const QString& message) {
  std::exchange(process_, nullptr)->deleteLater();
  emit finished(ok, message);
}

}  // namespace loupe::ui
