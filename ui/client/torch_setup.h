// SPDX-License-Identifier: GPL-3.0-or-later
// Fetches LibTorch for an engine that has none: runs `ENGINE fetch-libtorch --json` and reads its
// progress. As the engine does it, it also works where the engine is on another machine.
//
// Nothing is fetched before start() is called; asking the user is the window's task. From a slot of
// its signals it must be deleted with deleteLater only.
#pragma once

#include <QObject>
#include <QProcess>
#include <QStringList>

#include "ui/client/line_reader.h"

namespace loupe::ui {

class TorchSetup : public QObject {
  Q_OBJECT
 public:
  // engine: what comes before the verb, e.g. {"ssh", "host", "rewardloupe-engine"}.
  explicit TorchSetup(QStringList engine, QObject* parent = nullptr);
  ~TorchSetup() override;

  // Whether an engine that ended so would start if LibTorch were fetched. `log_tail`: its last
  // lines on stderr, for a connection to another machine that passes on no exit code.
  static bool needs_torch(int exit_code, const QString& log_tail);
  // The part of an engine's command that comes before "serve".
  static QStringList engine_of(const QStringList& serve_command);

  // Does nothing while it runs.
  void start();
  // Ends it; finished(false, …) follows. What came whole is kept for the next start.
  void cancel();
  bool running() const { return process_ != nullptr; }

 signals:
  // phase: "waiting" (for another fetch), "download" or "unpack"; done and total in bytes, total 0
  // where it is not known.
  void progress(const QString& phase, qint64 done, qint64 total);
  // message: for the user; why it failed, or that it was cancelled; empty when ok.
  void finished(bool ok, const QString& message);

 private:
  void read_output();
  void read_errors();
  void read_message(const QByteArray& line);
  void process_failed(QProcess::ProcessError error);
  void process_finished(int code, QProcess::ExitStatus status);
  void end(bool ok, const QString& message);

  QStringList engine_;
  QProcess* process_ = nullptr;
  LineReader output_, errors_;
  QString failure_, last_error_;
  bool done_ = false, cancelled_ = false;
};

}  // namespace loupe::ui
