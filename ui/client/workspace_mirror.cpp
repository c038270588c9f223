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

template <class T>
std::vector<T> rows_of(const api::json& result) {
  return result.at("rows").get<std::vector<T>>();
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
      refresh();
    } else {
      running_timer_.stop();
      unanswered_.clear();
      asking_runs_ = asking_jobs_ = false;
    }
  });
}

const api::Run* WorkspaceMirror::run(qint64 id) const {
  const auto it =
      std::find_if(runs_.begin(), runs_.end(), [&](const api::Run& run) { return run.id == id; });
  return it == runs_.end() ? nullptr : &*it;
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
  ask_lists();
  for (const qint64 run : watched_) {
    const api::Run* known = this->run(run);
    if (!metrics_.contains(run) || (known != nullptr && is_active(known->status))) ask_metrics(run);
  }
}

void WorkspaceMirror::forget() {
  runs_.clear();
  jobs_.clear();
  models_.clear();
  datasets_.clear();
  projects_.clear();
  metrics_.clear();
  arrived_.clear();
  loaded_ = false;
  emit runs_changed();
  emit jobs_changed();
  emit models_changed();
  emit datasets_changed();
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

EngineClient::Failed WorkspaceMirror::report(bool* asking) {
  return [this, asking](const Failure& failure) {
    if (asking != nullptr) *asking = false;
    if (client_->state() == EngineClient::State::ready) emit failed(failure);
  };
}

void WorkspaceMirror::ask_runs() {
  // Never a new question before the answer: on a slow line the list would never arrive.
  if (std::exchange(asking_runs_, true)) return;
  ask_runs_page(0, std::make_shared<std::vector<api::Run>>());
}

void WorkspaceMirror::ask_runs_page(qint64 offset,
                                    std::shared_ptr<std::vector<api::Run>> collected) {
  const auto answered = [this, collected](const api::json& result) {
    asking_runs_ = false;
    std::vector<api::Run> rows;
    qint64 total = 0;
    try {
      rows = rows_of<api::Run>(result);
      total = result.value("total", static_cast<qint64>(rows.size()));
    } catch (const std::exception& error) {
      emit failed(
          {0, {}, tr("The list of runs could not be read."), QString::fromUtf8(error.what()), {}});
      return;
    }
    const bool last = rows.empty();
    std::move(rows.begin(), rows.end(), std::back_inserter(*collected));
    if (!last && static_cast<qint64>(collected->size()) < total) {
      ask_runs_page(static_cast<qint64>(collected->size()), collected);
    } else {
      take_runs(std::move(*collected));
    }
  };
  asking_runs_ = true;
  client_->request(api::method::runs_list, {{"offset", offset}, {"limit", api::max_page}}, this,
                   answered, report(&asking_runs_));
}

void WorkspaceMirror::take_runs(std::vector<api::Run> runs) {
  std::erase_if(runs, [](const api::Run& run) { return run.deleted; });
  for (const api::Run& fresh : runs) {
    const api::Run* known = run(fresh.id);
    if (known == nullptr || !metrics_.contains(fresh.id)) continue;
    if (!is_active(known->status) && is_active(fresh.status)) {
      // Resumed: it goes on from a checkpoint, so steps we hold may be written anew.
      metrics_.remove(fresh.id);
    } else if (is_active(known->status) && !is_active(fresh.status)) {
      ask_metrics(fresh.id);  // the last points, written as it ended
    }
  }
  runs_ = std::move(runs);
  loaded_ = true;
  emit runs_changed();
}

// A slot each: a slow answer is overtaken by the next question instead of piling up.
template <class T>
void WorkspaceMirror::ask_list(const char* method, std::vector<T> WorkspaceMirror::*list,
                               void (WorkspaceMirror::*changed)()) {
  const auto answered = [this, method, list, changed](const api::json& result) {
    try {
      auto rows = rows_of<T>(result);
      if constexpr (std::is_same_v<T, api::Model>) {
        std::erase_if(rows, [](const api::Model& model) { return model.removed; });
      }
      const bool first = !arrived_.contains(QLatin1String(method));
      arrived_.insert(QLatin1String(method));
      const bool same = !first && api::json(rows) == api::json(this->*list);
      this->*list = std::move(rows);
      if (!same) emit(this->*changed)();
    } catch (const std::exception& error) {
      emit failed({0,
                   {},
                   tr("A list of the workspace could not be read."),
                   QString::fromUtf8(error.what()),
                   {}});
    }
  };
  client_->request(method, api::json::object(), this, answered, report(),
                   QStringLiteral("mirror-") + QLatin1String(method));
}

void WorkspaceMirror::ask_lists() {
  ask_list(api::method::models_list, &WorkspaceMirror::models_, &WorkspaceMirror::models_changed);
  ask_list(api::method::datasets_list, &WorkspaceMirror::datasets_,
           &WorkspaceMirror::datasets_changed);
}

void WorkspaceMirror::ask_projects() {
  ask_list(api::method::projects_list, &WorkspaceMirror::projects_,
           &WorkspaceMirror::projects_changed);
}

void WorkspaceMirror::ask_jobs() {
  if (std::exchange(asking_jobs_, true)) return;
  const auto answered = [this](const api::json& result) {
    asking_jobs_ = false;
    try {
      jobs_ = rows_of<api::Job>(result);
    } catch (const std::exception& error) {
      emit failed(
          {0, {}, tr("The list of jobs could not be read."), QString::fromUtf8(error.what()), {}});
      return;
    }
    if (job_is_active()) {
      if (!running_timer_.isActive()) running_timer_.start();
    } else {
      running_timer_.stop();
    }
    emit jobs_changed();
  };
  client_->request(api::method::jobs_list, api::json::object(), this, answered,
                   report(&asking_jobs_));
}

bool WorkspaceMirror::job_is_active() const {
  return std::any_of(jobs_.begin(), jobs_.end(),
                     [](const api::Job& job) { return is_active(job.status); });
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
