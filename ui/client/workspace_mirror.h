// SPDX-License-Identifier: GPL-3.0-or-later
// What the window knows of the workspace: runs, jobs, and the curves of the runs being watched. It
// asks again when the engine says that something changed, and every second while a job runs. Pages
// read from it and follow its signals.
#pragma once

#include <QHash>
#include <QObject>
#include <QSet>
#include <QTimer>
#include <memory>
#include <vector>

#include "ui/client/engine_client.h"

namespace loupe::ui {

class WorkspaceMirror : public QObject {
  Q_OBJECT
 public:
  explicit WorkspaceMirror(EngineClient* client, QObject* parent = nullptr);

  // In the engine's order; deleted runs are left out.
  const std::vector<api::Run>& runs() const { return runs_; }
  const api::Run* run(qint64 id) const;
  const std::vector<api::Job>& jobs() const { return jobs_; }
  // nullptr until the first answer.
  const api::RunMetrics* metrics(qint64 run) const;
  // Whether the list of runs has arrived from this engine.
  bool loaded() const { return loaded_; }
  // Loaded, and the curves of every watched run as well.
  bool settled() const;

  // The runs whose curves are kept up to date.
  void watch(const QSet<qint64>& runs);
  void refresh();
  void stop_job(qint64 job);

 signals:
  void runs_changed();
  void jobs_changed();
  void metrics_changed(qint64 run);
  void failed(const loupe::ui::Failure& failure);

 private:
  void ask_runs();
  void ask_runs_page(qint64 offset, std::shared_ptr<std::vector<api::Run>> collected);
  void take_runs(std::vector<api::Run> runs);
  void ask_jobs();
  void ask_metrics(qint64 run);
  void take_metrics(qint64 run, api::RunMetrics fresh);
  bool job_is_active() const;
  // asking: the flag to lower when the question failed.
  EngineClient::Failed report(bool* asking = nullptr);

  EngineClient* client_;
  std::vector<api::Run> runs_;
  std::vector<api::Job> jobs_;
  QHash<qint64, api::RunMetrics> metrics_;
  QSet<qint64> watched_, unanswered_;
  QTimer changed_timer_, running_timer_;
  bool loaded_ = false, asking_runs_ = false, asking_jobs_ = false;
};

// queued or running
bool is_active(const std::string& status);

}  // namespace loupe::ui
