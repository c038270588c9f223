// SPDX-License-Identifier: GPL-3.0-or-later
// What the window knows of the workspace: models, data, runs, jobs, and the curves of the runs
// being watched. It asks again when the engine says that something changed, and every second while
// a job runs. Pages read from it and follow its signals.
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
  // Removed ones are left out.
  const std::vector<api::Model>& models() const { return models_; }
  const api::Model* model(qint64 id) const;
  // Newest first.
  const std::vector<api::Dataset>& datasets() const { return datasets_; }
  // The sample projects that come with the engine.
  const std::vector<api::Project>& projects() const { return projects_; }
  // nullptr until the first answer.
  const api::RunMetrics* metrics(qint64 run) const;
  // Whether the list of runs has arrived from this engine.
  bool loaded() const { return loaded_; }
  // Whether the list of models has arrived: an empty one may only be on its way.
  bool knows_models() const { return arrived_.contains(QLatin1String(api::method::models_list)); }
  // The same of the data.
  bool knows_datasets() const {
    return arrived_.contains(QLatin1String(api::method::datasets_list));
  }
  // Loaded, and the curves of every watched run as well.
  bool settled() const;

  // The runs whose curves are kept up to date: those of every owner together. An owner's newer set
  // replaces its older one, and goes with the owner.
  void watch(const QSet<qint64>& runs) { watch(nullptr, runs); }
  void watch(QObject* owner, const QSet<qint64>& runs);
  void refresh();
  // As refresh(), without what does not change by itself: the sample projects.
  void follow();
  // Nothing is known any more: what comes next is another workspace.
  void forget();
  void stop_job(qint64 job);
  // The list follows when the engine has done it. Deleting sets a flag, so that deleted = false
  // brings a run back whole.
  void rename_run(qint64 run, const QString& name);
  void set_run_note(qint64 run, const QString& note);
  void set_run_deleted(qint64 run, bool deleted);
  void resume_run(qint64 run);
  void rename_model(qint64 model, const QString& name);
  void set_model_note(qint64 model, const QString& note);
  void set_model_removed(qint64 model, bool removed);

 signals:
  void runs_changed();
  void models_changed();
  void datasets_changed();
  void projects_changed();
  void jobs_changed();
  void metrics_changed(qint64 run);
  void failed(const loupe::ui::Failure& failure);

 private:
  void ask_runs();
  void ask_runs_page(qint64 offset, std::shared_ptr<std::vector<api::Run>> collected);
  void take_runs(std::vector<api::Run> runs);
  void ask_jobs();
  void ask_lists();
  void ask_projects();
  template <class T>
  void ask_list(const char* method, std::vector<T> WorkspaceMirror::*list,
                void (WorkspaceMirror::*changed)());
  void change(const char* method, api::json params);
  void watch_all();
  void ask_metrics(qint64 run);
  void take_metrics(qint64 run, api::RunMetrics fresh);
  bool job_is_active() const;
  // asking: the flag to lower when the question failed.
  EngineClient::Failed report(bool* asking = nullptr);

  EngineClient* client_;
  std::vector<api::Run> runs_;
  std::vector<api::Job> jobs_;
  std::vector<api::Model> models_;
  std::vector<api::Dataset> datasets_;
  std::vector<api::Project> projects_;
  QHash<qint64, api::RunMetrics> metrics_;
  QHash<QObject*, QSet<qint64>> wanted_by_;
  QSet<qint64> watched_, unanswered_;  // watched_: by anyone
  QSet<QString> arrived_;              // methods whose list has been answered
  QTimer changed_timer_, running_timer_;
  bool loaded_ = false, asking_runs_ = false, asking_jobs_ = false;
};

// queued or running
bool is_active(const std::string& status);
// Whether nothing differs between two answers about one run. Numbers that are none are alike.
bool alike(const api::Run& a, const api::Run& b);

}  // namespace loupe::ui
