// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/client/process_reaper.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QObject>
#include <QPointer>
#include <QProcess>
#include <QTimer>

namespace loupe::ui {
namespace {

constexpr int leave_ms = 500;  // for all of them together, when the program ends

// A child of the application, so that it goes while processes can still be waited for.
class Reaper : public QObject {
 public:
  using QObject::QObject;
  ~Reaper() override {
    QElapsedTimer clock;
    clock.start();
    for (QProcess* process : findChildren<QProcess*>()) {
      process->disconnect();
      if (process->state() == QProcess::NotRunning) continue;
      process->waitForFinished(static_cast<int>(qMax(qint64(0), leave_ms - clock.elapsed())));
      if (process->state() == QProcess::NotRunning) continue;
      process->kill();
      process->waitForFinished(leave_ms);
    }
  }
};

QPointer<Reaper>& reaper() {
  static QPointer<Reaper> instance;
  return instance;
}

}  // namespace

void reap(QProcess* process, int grace_ms) {
  process->disconnect();
  if (process->state() == QProcess::NotRunning) {
    process->deleteLater();
    return;
  }
  if (reaper() == nullptr) reaper() = new Reaper(QCoreApplication::instance());
  process->setParent(reaper());
  QObject::connect(process, &QProcess::finished, process, &QObject::deleteLater);
  QObject::connect(process, &QProcess::errorOccurred, process, [process] {
    if (process->state() == QProcess::NotRunning) process->deleteLater();
  });
  // Nobody reads what it still says; it must not block on a full pipe.
  QObject::connect(process, &QProcess::readyReadStandardOutput, process,
                   [process] { process->readAllStandardOutput(); });
  QObject::connect(process, &QProcess::readyReadStandardError, process,
                   [process] { process->readAllStandardError(); });
  process->closeWriteChannel();
  if (grace_ms <= 0) {
    process->kill();
  } else {
    QTimer::singleShot(grace_ms, process, &QProcess::kill);
  }
}

int processes_being_reaped() {
  return reaper() == nullptr ? 0 : static_cast<int>(reaper()->findChildren<QProcess*>().size());
}

}  // namespace loupe::ui
