// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/client/workspace_mirror.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>
#include <type_traits>
#include <utility>

#include "core/api/models.h"

namespace loupe::ui {
namespace {

constexpr int changed_delay_ms = 150;  // a burst of notifications costs one question
constexpr int running_interval_ms = 1000;
// Of runs: read and compared in well under a frame, evaluations and all.
constexpr int page_rows = 100;

Failure unreadable(const std::exception& error) {
  return {0,
          {},
          WorkspaceMirror::tr("A list of the workspace could not be read."),
          QString::fromUtf8(error.what()),
          {}};
}

qint64 id_in(const api::json& row) {
  const auto id = row.find("id");
  return id != row.end() && id->is_number_integer() ? id->get<qint64>() : 0;
}

// Of two lists of rows with ids.
ListChanges changes_between(const api::json& before, const api::json& after) {
  ListChanges changes;
  QHash<qint64, const api::json*> known;
  for (const api::json& row : before) known.insert(id_in(row), &row);
  for (const api::json& row : after) {
    const api::json* old = known.take(id_in(row));
    if (old == nullptr) {
      changes.added.insert(id_in(row));
    } else if (*old != row) {
      changes.changed.insert(id_in(row));
    }
  }
  for (auto it = known.cbegin(); it != known.cend(); ++it) changes.removed.insert(it.key());
  return changes;
}

template <size_t n>
bool same_numbers(const std::array<double, n>& a, const std::array<double, n>& b) {
  return std::equal(a.begin(), a.end(), b.begin(),
                    [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}

}  // namespace

bool is_active(const std::string& status) {
  return status == "queued" || status == "running";
}

bool alike(const api::Run& a, const api::Run& b) {
  const auto words = [](const api::Run& r) {
    return std::tie(r.id, r.name, r.type, r.model, r.dataset, r.seed, r.status, r.device, r.note,
                    r.error, r.job_id, r.deleted);
  };
  const auto numbers = [](const api::Run& r) {
    return std::array{r.created, r.started, r.ended, r.seconds, r.epochs, r.epochs_done, r.loss};
  };
  const auto same_eval = [](const api::EvalSummary& x, const api::EvalSummary& y) {
    const auto all = [](const api::EvalSummary& e) {
      return std::array{e.epoch,     e.accuracy,          e.low,  e.high,        e.margin_mean,
                        e.margin_sd, e.normalised_margin, e.loss, e.chosen_mean, e.rejected_mean};
    };
    return std::tie(x.set, x.step, x.n, x.ties) == std::tie(y.set, y.step, y.n, y.ties) &&
           same_numbers(all(x), all(y));
  };
  return words(a) == words(b) && same_numbers(numbers(a), numbers(b)) && a.recipe == b.recipe &&
         std::equal(a.last_evals.begin(), a.last_evals.end(), b.last_evals.begin(),
                    b.last_evals.end(), same_eval);
}

WorkspaceMirror::WorkspaceMirror(EngineClient* client, QObject* parent)
    : QObject(parent), client_(client) {
  changed_timer_.setSingleShot(true);
  changed_timer_.setInterval(changed_delay_ms);
  running_timer_.setInterval(running_interval_ms);
  connect(&changed_timer_, &QTimer::timeout, this, &WorkspaceMirror::follow);
  connect(&running_timer_, &QTimer::timeout, this, &WorkspaceMirror::follow);
  connect(client_, &EngineClient::notified, this, [this](const QString& method) {
    if (method == QLatin1String(api::method::changed) && !changed_timer_.isActive()) {
      changed_timer_.start();
    }
  });
  connect(client_, &EngineClient::state_changed, this, [this](EngineClient::State state) {
    if (state == EngineClient::State::ready) {
      metrics_.clear();
      new_engine_ = true;
      if (job_is_active()) running_timer_.start();
      refresh();
    } else {
      running_timer_.stop();
      unanswered_.clear();
      asking_.clear();
      wanted_again_.clear();
    }
  });
}

const api::Run* WorkspaceMirror::run(qint64 id) const {
  const auto place = run_places_.constFind(id);
  return place == run_places_.cend() ? nullptr : &runs_[*place];
}

const api::Model* WorkspaceMirror::model(qint64 id) const {
  const auto it = std::find_if(models_.begin(), models_.end(),
                               [&](const api::Model& model) { return model.id == id; });
  return it == models_.end() ? nullptr : &*it;
}

const api::RunMetrics* WorkspaceMirror::metrics(qint64 run) const {
  const auto it = metrics_.constFind(run);
  return it == metrics_.cend() ? nullptr : &it.value();
}

bool WorkspaceMirror::settled() const {
  return loaded_ && std::all_of(watched_.begin(), watched_.end(),
                                [&](qint64 run) { return metrics_.contains(run); });
}

void WorkspaceMirror::watch(QObject* owner, const QSet<qint64>& runs) {
  if (owner != nullptr && !wanted_by_.contains(owner)) {
    connect(owner, &QObject::destroyed, this, [this, owner] {
      wanted_by_.remove(owner);
      watch_all();
    });
  }
  wanted_by_[owner] = runs;
  watch_all();
}

void WorkspaceMirror::watch_all() {
  watched_.clear();
  for (const QSet<qint64>& runs : std::as_const(wanted_by_)) watched_ += runs;
  for (const qint64 run : watched_) {
    if (!metrics_.contains(run)) ask_metrics(run);
  }
}

void WorkspaceMirror::refresh() {
  if (client_->state() == EngineClient::State::ready) ask_projects();
  follow();
}

void WorkspaceMirror::follow() {
  if (client_->state() != EngineClient::State::ready) return;
  ask_runs();
  ask_jobs();
  ask_models();
  ask_datasets();
  for (const qint64 run : watched_) {
    const api::Run* known = this->run(run);
    if (!metrics_.contains(run) || (known != nullptr && is_active(known->status))) ask_metrics(run);
  }
}

void WorkspaceMirror::forget() {
  const auto gone = [](const auto& list) {
    ListChanges changes;
    for (const auto& row : list) changes.removed.insert(row.id);
    return changes;
  };
  const ListChanges runs = gone(runs_), jobs = gone(jobs_), models = gone(models_),
                    datasets = gone(datasets_);
  put_runs({});
  jobs_.clear();
  models_.clear();
  datasets_.clear();
  projects_.clear();
  metrics_.clear();
  answers_.clear();
  loaded_ = false;
  emit runs_changed(runs);
  emit jobs_changed(jobs);
  emit models_changed(models);
  emit datasets_changed(datasets);
  emit projects_changed();
}

void WorkspaceMirror::stop_job(qint64 job) {
  change(api::method::jobs_stop, {{"id", job}});
}

void WorkspaceMirror::rename_run(qint64 run, const QString& name) {
  change(api::method::runs_rename, {{"id", run}, {"name", stdstr(name)}});
}

void WorkspaceMirror::set_run_note(qint64 run, const QString& note) {
  change(api::method::runs_note, {{"id", run}, {"note", stdstr(note)}});
}

void WorkspaceMirror::set_run_deleted(qint64 run, bool deleted) {
  change(api::method::runs_delete, {{"id", run}, {"deleted", deleted}});
}

void WorkspaceMirror::resume_run(qint64 run) {
  change(api::method::train_resume, {{"run", run}});
}

void WorkspaceMirror::rename_model(qint64 model, const QString& name) {
  change(api::method::models_rename, {{"id", model}, {"name", stdstr(name)}});
}

void WorkspaceMirror::set_model_note(qint64 model, const QString& note) {
  change(api::method::models_note, {{"id", model}, {"note", stdstr(note)}});
}

void WorkspaceMirror::set_model_removed(qint64 model, bool removed) {
  change(api::method::models_remove, {{"id", model}, {"removed", removed}});
}

void WorkspaceMirror::change(const char* method, api::json params) {
  client_->request(
      method, std::move(params), this, [this](const api::json&) { follow(); }, report());
}

EngineClient::Failed WorkspaceMirror::report(const char* method) {
  return [this, method](const Failure& failure) {
    if (method != nullptr) asking_.remove(QLatin1String(method));
    if (client_->state() == EngineClient::State::ready) emit failed(failure);
  };
}

// Never a new question before the answer: on a slow line the list would never arrive.
bool WorkspaceMirror::may_ask(const char* method) {
  const QLatin1String name(method);
  if (asking_.contains(name)) {
    wanted_again_.insert(name);
    return false;
  }
  asking_.insert(name);
  return true;
}

void WorkspaceMirror::asked(const char* method) {
  asking_.remove(QLatin1String(method));
  if (wanted_again_.remove(QLatin1String(method)) && !changed_timer_.isActive()) {
    changed_timer_.start();
  }
}

void WorkspaceMirror::ask_runs() {
  if (may_ask(api::method::runs_list)) ask_runs_page(std::make_shared<RunPages>());
}

void WorkspaceMirror::ask_runs_page(std::shared_ptr<RunPages> pages) {
  const auto answered = [this, pages](const api::json& result) {
    qint64 total = 0, rows = 0;
    try {
      for (const api::json& row : result.at("rows")) {
        ++rows;
        auto fresh = row.get<api::Run>();
        // The list grows at its head while it is read: a row may come in two pages.
        if (fresh.deleted || pages->seen.contains(fresh.id)) continue;
        pages->seen.insert(fresh.id);
        const api::Run* known = run(fresh.id);
        if (known == nullptr) {
          pages->changes.added.insert(fresh.id);
        } else if (!alike(*known, fresh)) {
          pages->changes.changed.insert(fresh.id);
        }
        pages->rows.push_back(std::move(fresh));
      }
      pages->asked += rows;
      total = result.value("total", pages->asked);
    } catch (const std::exception& error) {
      asked(api::method::runs_list);
      emit failed(unreadable(error));
      return;
    }
    if (rows > 0 && pages->asked < total) {
      ask_runs_page(pages);
    } else {
      asked(api::method::runs_list);
      take_runs(std::move(*pages));
    }
  };
  client_->request(api::method::runs_list, {{"offset", pages->asked}, {"limit", page_rows}}, this,
                   answered, report(api::method::runs_list));
}

void WorkspaceMirror::follow_resumed(const api::Run& known, const api::Run& fresh) {
  if (!metrics_.contains(fresh.id)) return;
  if (!is_active(known.status) && is_active(fresh.status)) {
    // Resumed: it goes on from a checkpoint, so steps we hold may be written anew.
    metrics_.remove(fresh.id);
  } else if (is_active(known.status) && !is_active(fresh.status)) {
    ask_metrics(fresh.id);  // the last points, written as it ended
  }
}

void WorkspaceMirror::take_runs(RunPages pages) {
  for (const api::Run& known : runs_) {
    if (!pages.seen.contains(known.id)) pages.changes.removed.insert(known.id);
  }
  const bool first = std::exchange(new_engine_, false) || !loaded_;
  loaded_ = true;
  if (!first && !pages.changes.any()) return;
  for (const api::Run& fresh : pages.rows) {
    if (pages.changes.changed.contains(fresh.id)) follow_resumed(*run(fresh.id), fresh);
  }
  put_runs(std::move(pages.rows));
  emit runs_changed(pages.changes);
}

void WorkspaceMirror::put_runs(std::vector<api::Run> runs) {
  runs_ = std::move(runs);
  run_places_.clear();
  for (size_t place = 0; place < runs_.size(); ++place) run_places_[runs_[place].id] = place;
}

template <class T, class Changed>
void WorkspaceMirror::ask_list(const char* method, std::vector<T> WorkspaceMirror::*list,
                               Changed changed) {
  if (!may_ask(method)) return;
  const auto answered = [this, method, list, changed](const api::json& result) {
    asked(method);
    try {
      const api::json& rows = result.at("rows");
      const auto before = answers_.constFind(QLatin1String(method));
      // Read only where it says something new.
      if (before != answers_.cend() && *before == rows) return;
      auto fresh = rows.get<std::vector<T>>();
      if constexpr (std::is_same_v<T, api::Model>) {
        std::erase_if(fresh, [](const api::Model& model) { return model.removed; });
      }
      const ListChanges changes =
          changes_between(before == answers_.cend() ? api::json::array() : *before, rows);
      answers_[QLatin1String(method)] = rows;
      this->*list = std::move(fresh);
      changed(changes);
    } catch (const std::exception& error) {
      emit failed(unreadable(error));
    }
  };
  client_->request(method, api::json::object(), this, answered, report(method));
}

void WorkspaceMirror::ask_models() {
  ask_list(api::method::models_list, &WorkspaceMirror::models_,
           [this](const ListChanges& changes) { emit models_changed(changes); });
}

void WorkspaceMirror::ask_datasets() {
  ask_list(api::method::datasets_list, &WorkspaceMirror::datasets_,
           [this](const ListChanges& changes) { emit datasets_changed(changes); });
}

void WorkspaceMirror::ask_projects() {
  ask_list(api::method::projects_list, &WorkspaceMirror::projects_,
           [this](const ListChanges&) { emit projects_changed(); });
}

bool WorkspaceMirror::job_is_active() const {
  return std::any_of(jobs_.begin(), jobs_.end(),
                     [](const api::Job& job) { return is_active(job.status); });
}

void WorkspaceMirror::ask_jobs() {
  ask_list(api::method::jobs_list, &WorkspaceMirror::jobs_, [this](const ListChanges& changes) {
    if (!job_is_active()) {
      running_timer_.stop();
    } else if (!running_timer_.isActive()) {
      running_timer_.start();
    }
    emit jobs_changed(changes);
  });
}

void WorkspaceMirror::ask_metrics(qint64 run) {
  // One question at a time for a run, or the same points would be added twice.
  if (client_->state() != EngineClient::State::ready || unanswered_.contains(run)) return;
  unanswered_.insert(run);
  const auto known = metrics_.constFind(run);
  const qint64 after =
      known == metrics_.cend() || known->steps.empty() ? 0 : known->steps.back().step;
  const auto report_failure = [this, run](const Failure& failure) {
    unanswered_.remove(run);
    if (client_->state() == EngineClient::State::ready) emit failed(failure);
  };
  client_->call<api::RunMetrics>(
      api::method::runs_metrics, {{"id", run}, {"after_step", after}}, this,
      [this, run](api::RunMetrics fresh) { take_metrics(run, std::move(fresh)); }, report_failure);
}

void WorkspaceMirror::take_metrics(qint64 run, api::RunMetrics fresh) {
  unanswered_.remove(run);
  api::RunMetrics& kept = metrics_[run];
  kept.run = run;
  const bool full = fresh.steps.size() >= static_cast<size_t>(api::max_page);
  const size_t before = kept.steps.size();
  for (api::StepPoint& point : fresh.steps) {
    if (kept.steps.empty() || point.step > kept.steps.back().step) {
      kept.steps.push_back(std::move(point));
    }
  }
  kept.evals = std::move(fresh.evals);
  emit metrics_changed(run);
  if (full && kept.steps.size() > before) ask_metrics(run);
}

}  // namespace loupe::ui
