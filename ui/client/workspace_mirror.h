// SPDX-License-Identifier: GPL-3.0-or-later
// What the window knows of the workspace: models, data, runs, jobs, and the curves of the runs
// being watched. It asks again when the engine says that something changed, and every second while
// a job runs. Pages read from it and follow its signals, which come only when something is another
// than before. Long lists are taken a page at a time, with the window's events between.
#pragma once

#include <QHash>
#include <QObject>
#include <QSet>
#include <QTimer>
#include <memory>
#include <vector>

#include "ui/client/engine_client.h"

namespace loupe::ui {

// What an answer has changed of a list, by the ids of its rows.
struct ListChanges {
  QSet<qint64> added, changed, removed;
  bool any() const { return !added.isEmpty() || !changed.isEmpty() || !removed.isEmpty(); }
};

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
  bool knows_models() const { return answers_.contains(QLatin1String(api::method::models_list)); }
  // The same of the data.
  bool knows_datasets() const {
    return answers_.contains(QLatin1String(api::method::datasets_list));
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
  void runs_changed(const loupe::ui::ListChanges& changes);
  void models_changed(const loupe::ui::ListChanges& changes);
  void datasets_changed(const loupe::ui::ListChanges& changes);
  void projects_changed();
  void jobs_changed(const loupe::ui::ListChanges& changes);
  void metrics_changed(qint64 run);
  void failed(const loupe::ui::Failure& failure);

 private:
  // The list of runs while its pages arrive.
  struct RunPages {
    std::vector<api::Run> rows;
    QSet<qint64> seen;
    ListChanges changes;
    qint64 asked = 0;
  };
  void ask_runs();
  void ask_runs_page(std::shared_ptr<RunPages> pages);
  void take_runs(RunPages pages);
  void put_runs(std::vector<api::Run> runs);
  void follow_resumed(const api::Run& known, const api::Run& fresh);
  template <class T, class Changed>
  void ask_list(const char* method, std::vector<T> WorkspaceMirror::*list, Changed changed);
  void ask_jobs();
  void ask_models();
  void ask_datasets();
  void ask_projects();
  void change(const char* method, api::json params);
  void watch_all();
  bool job_is_active() const;
  void ask_metrics(qint64 run);
  void take_metrics(qint64 run, api::RunMetrics fresh);
  // One question at a time for a list; a wish that comes meanwhile is asked when it is answered.
  bool may_ask(const char* method);
  void asked(const char* method);
  EngineClient::Failed report(const char* method = nullptr);

  EngineClient* client_;
  std::vector<api::Run> runs_;
  QHash<qint64, size_t> run_places_;  // id to its place in runs_
  std::vector<api::Job> jobs_;
  std::vector<api::Model> models_;
  std::vector<api::Dataset> datasets_;
  std::vector<api::Project> projects_;
  QHash<QString, api::json> answers_;  // the last one to each method that lists
  QHash<qint64, api::RunMetrics> metrics_;
  QHash<QObject*, QSet<qint64>> wanted_by_;
  QSet<qint64> watched_, unanswered_;    // watched_: by anyone
  QSet<QString> asking_, wanted_again_;  // methods
  QTimer changed_timer_, running_timer_;
  bool loaded_ = false;
  bool new_engine_ = false;  // what it answers first is told even where it is nothing new
};

// queued or running
bool is_active(const std::string& status);
// Whether nothing differs between two answers about one run. Numbers that are none are alike.
bool alike(const api::Run& a, const api::Run& b);

}  // namespace loupe::ui
