// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/train_page.h"

#include <QAction>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/client/text.h"
#include "ui/client/workspace_mirror.h"
#include "ui/train/choice_bar.h"
#include "ui/train/estimate_box.h"
#include "ui/train/eval_sets.h"
#include "ui/train/live_curves.h"
#include "ui/train/live_runs.h"
#include "ui/train/preset_bar.h"
#include "ui/train/recipe_form.h"
#include "ui/train/run_origin.h"
#include "ui/widgets/empty_models.h"
#include "ui/widgets/error_label.h"

namespace loupe::ui {

TrainPage::TrainPage(EngineClient* client, WorkspaceMirror* mirror, QWidget* parent)
    : Page(parent), client_(client), mirror_(mirror), lists_(this, [this] { lists_changed(); }) {
  no_model_ = new EmptyModels(
      QStringLiteral("train-empty"),
      {QStringLiteral("train"), tr("Train"),
       tr("Here a language model becomes a reward model, explicit or implicit, on pairs of a "
          "chosen\n"
          "and a rejected response. Get the demo model, 93 MB, enough to see in minutes where the\n"
          "two kinds part; or import one of yours.")},
      client_, mirror_, this);
  stack_ = new QStackedWidget(this);
  stack_->addWidget(make_form());
  stack_->addWidget(no_model_);
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  outer->addWidget(stack_);
  make_actions();
  connect_parts();
  use_preset();
  form_->set_devices(client_->server().devices);
  if (choice_->source().kind != TrainSource::Kind::none) source_changed(false);
  runs_changed();
  edited();
}

bool TrainPage::settled() const {
  return mirror_->settled() && estimate_->settled() && no_model_->settled() && queue_.isEmpty() &&
         !reading_project_;
}

void TrainPage::flush() {
  live_->curves()->flush();
}

Place TrainPage::place() const {
  Place place = Place::object();
  // Never looked at, and nothing chosen: what is filled in once it is shown is nobody's decision.
  if (!lists_.waits() || model_decided_ || recipe_decided_) {
    place = train_place(setup_);
    place["preset"] = stdstr(wanted_preset_.isEmpty() ? presets_->name() : wanted_preset_);
  }
  const QList<qint64>& live = live_->runs();
  place["live"] = std::vector<qint64>(live.begin(), live.end());
  return place;
}

void TrainPage::go(const Place& place) {
  if (!place.is_object()) return;
  if (const auto run = place.find("recipe_of"); run != place.end() && run->is_number_integer()) {
    wanted_recipe_of_ = run->get<qint64>();
    runs_changed();
    return;
  }
  TrainSetup setup = setup_;
  read_train_place(place, setup);
  // By its id, as the command palette knows it.
  if (const auto id = place.find("model"); id != place.end() && id->is_number_integer()) {
    setup.model = setup_.model;
    for (const api::Model& model : mirror_->models()) {
      if (model.id == id->get<qint64>()) setup.model = qstr(model.name);
    }
  }
  const auto preset = place.find("preset");
  if (place.contains("model")) model_decided_ = true;
  if (place.contains("recipe")) recipe_decided_ = true;
  // Other data without a recipe: as if chosen by hand.
  const bool new_data = setup.source != setup_.source && !place.contains("recipe");
  apply(setup,
        preset != place.end() && preset->is_string() ? qstr(preset->get<std::string>()) : QString(),
        new_data);
  if (const auto live = place.find("live"); live != place.end() && live->is_array()) {
    // Runs started since are not forgotten.
    QList<qint64> runs;
    for (const auto& run : *live) {
      if (run.is_number_integer()) runs.append(run.get<qint64>());
    }
    for (const qint64 run : live_->runs()) {
      if (!runs.contains(run)) runs.append(run);
    }
    live_->set_runs(runs);
  }
}

void TrainPage::apply(const TrainSetup& setup, const QString& preset, bool new_data) {
  if (!setup.model.isEmpty()) choice_->set_model(setup.model);
  choice_->set_source(setup.source);
  choice_->set_types(setup.types);
  evals_->set_choice(setup);
  form_->set_recipe(setup.recipe);
  if (!setup.seeds.isEmpty()) form_->set_seeds(setup.seeds);
  const QSignalBlocker blocker(name_);
  name_->setText(setup.name);
  wanted_preset_ = preset;
  take_project(new_data);
  if (!preset.isEmpty() && presets_->set_preset(preset)) wanted_preset_.clear();
  form_->set_preset(presets_->preset().recipe);
  edited();
}

void TrainPage::lists_changed() {
  runs_changed();
  take_project(false);
  show_state();
}

void TrainPage::runs_changed() {
  if (!mirror_->loaded()) return;
  if (wanted_recipe_of_ != 0) show_recipe_of(std::exchange(wanted_recipe_of_, 0));
  if (!std::exchange(adopted_, true) && live_->runs().isEmpty()) {
    // A training goes on without its window, and is found again.
    QList<qint64> active;
    for (const api::Run& run : mirror_->runs()) {
      if (is_active(run.status)) active.append(run.id);
    }
    live_->set_runs(active);
  }
}

void TrainPage::show_recipe_of(qint64 id) {
  const api::Run* run = mirror_->run(id);
  if (run == nullptr) return;  // gone meanwhile: the form stays
  TrainSetup setup = setup_;
  read_train_place(origin_of(*run, mirror_->projects(), mirror_->datasets()), setup);
  setup.name.clear();
  model_decided_ = recipe_decided_ = true;
  apply(setup, {}, false);
}

void TrainPage::source_changed(bool by_user) {
  TrainSetup fresh = setup_;
  fresh.sets.reset();
  fresh.eval_files.clear();
  fresh.eval_datasets.clear();
  // Another project's own sets are all taken; what was added by hand stays.
  evals_->read_into(fresh);
  fresh.sets.reset();
  evals_->set_choice(fresh);
  take_project(by_user);
  edited();
}

void TrainPage::take_project(bool by_user) {
  const api::Project* project = choice_->project();
  const TrainSource source = choice_->source();
  if (source.kind == TrainSource::Kind::project && project == nullptr) {
    read_project(source.path);
    return;
  }
  QStringList sets;
  if (project != nullptr) {
    for (const std::string& set : project->sets) sets << qstr(set);
  }
  evals_->set_project_sets(sets);
  const bool untouched = !form_->is_changed();
  presets_->set_project(project != nullptr ? project->recipe : api::json());
  if (project != nullptr) {
    const QString model = qstr(project->model);
    const bool there =
        std::any_of(mirror_->models().begin(), mirror_->models().end(),
                    [&](const api::Model& known) { return known.name == project->model; });
    if (!model_decided_ && there && choice_->model() != model) choice_->set_model(model);
    if (!recipe_decided_ || (by_user && untouched)) {
      presets_->set_preset(PresetBar::project_name());
      use_preset();
      recipe_decided_ = true;
    }
  }
  if (!wanted_preset_.isEmpty() && presets_->set_preset(wanted_preset_)) wanted_preset_.clear();
  form_->set_preset(presets_->preset().recipe);
  edited();
}

void TrainPage::use_preset() {
  form_->set_preset(presets_->preset().recipe);
  form_->set_recipe(presets_->preset().recipe);
}

void TrainPage::reset_to_preset() {
  use_preset();
  edited();
}

void TrainPage::edited() {
  setup_.model = choice_->model();
  setup_.source = choice_->source();
  setup_.types = choice_->types();
  setup_.recipe = form_->recipe();
  setup_.seeds = form_->seeds().value_or(QList<quint64>());
  setup_.name = name_->text().trimmed();
  evals_->read_into(setup_);
  form_->set_types(setup_.types);
  presets_->set_changed(form_->is_changed());
  reset_action_->setEnabled(form_->is_changed());
  start_error_->set_error({});
  name_->setPlaceholderText(default_name());
  if (setup_.model.isEmpty()) {
    estimate_->clear(tr("choose a model"));
  } else if (setup_.source.kind == TrainSource::Kind::none) {
    estimate_->clear(tr("choose data"));
  } else if (!form_->is_readable()) {
    estimate_->clear(tr("fix the marked value"));
  } else {
    estimate_->ask(setup_);
  }
  show_state();
}

QString TrainPage::obstacle() const {
  switch (client_->state()) {
    case EngineClient::State::starting:
      return tr("The engine is starting.");
    case EngineClient::State::stopped:
    case EngineClient::State::dead:
      return tr("The engine is not running. Restart it with the button in the top bar.");
    case EngineClient::State::ready:
      break;
  }
  if (!queue_.isEmpty()) return tr("The runs are being started.");
  if (setup_.model.isEmpty()) return tr("Choose a model.");
  if (setup_.source.kind == TrainSource::Kind::none) return tr("Choose the data to train on.");
  if (!form_->is_readable()) return tr("A value of the recipe cannot be read; it is marked.");
  return estimate_->refusal();
}

void TrainPage::show_state() {
  const QString why = obstacle();
  const int runs = setup_.runs();
  start_->setEnabled(why.isEmpty());
  start_->setText(runs > 1 ? tr("Start %1 runs").arg(runs) : tr("Start"));
  start_->setToolTip(why.isEmpty() ? tr("Start training (Ctrl+Return)") : why);
  start_->setAccessibleDescription(why);
  start_action_->setEnabled(why.isEmpty());
  const bool none = mirror_->knows_models() && mirror_->models().empty();
  stack_->setCurrentIndex(none ? 1 : 0);
  fit_upper();
  setFocusProxy(none ? static_cast<QWidget*>(no_model_) : choice_);
}

// As the engine makes them.
QString TrainPage::default_name() const {
  QString source = QStringLiteral("train");
  if (const api::Project* project = choice_->project()) source = qstr(project->name);
  for (const api::Dataset& dataset : mirror_->datasets()) {
    if (setup_.source.kind != TrainSource::Kind::dataset || dataset.id != setup_.source.dataset) {
      continue;
    }
    source = dataset.kind == "persona" ? QStringLiteral("persona") : qstr(dataset.name);
  }
  QStringList names;
  for (const quint64 seed : setup_.seeds) {
    for (const QString& type : setup_.types) {
      names << QStringLiteral("%1-%2-s%3").arg(type.toLower(), source).arg(seed);
    }
  }
  return names.join(QStringLiteral(", "));
}

void TrainPage::start() {
  if (!obstacle().isEmpty()) return;
  start_error_->set_error({});
  form_->clear_errors();
  starting_ = setup_;
  for (const quint64 seed : setup_.seeds) {
    for (const QString& type : setup_.types) queue_.append({type, seed});
  }
  show_state();
  start_next();
}

void TrainPage::start_next() {
  if (queue_.isEmpty()) {
    emit message_over(QStringLiteral("train"));
    mirror_->refresh();
    show_state();
    return;
  }
  // One after the other, so that they run in this order, and a recipe that is refused is refused
  // once.
  const auto [type, seed] = queue_.front();
  api::json request = train_request(starting_, type, seed);
  const QString name = request.contains("name") ? qstr(request["name"].get<std::string>())
                                                : QStringLiteral("%1 s%2").arg(type).arg(seed);
  client_->request(
      api::method::train_start, std::move(request), this,
      [this, name](const api::json& answer) {
        if (!queue_.isEmpty()) queue_.removeFirst();
        const qint64 run = answer.is_object() ? answer.value("run", qint64(0)) : 0;
        if (run != 0) live_->add_run(run, name);
        start_next();
      },
      [this](const Failure& failure) {
        queue_.clear();
        mirror_->refresh();
        show_state();
        refused(failure);
      });
}

void TrainPage::refused(const Failure& failure) {
  const bool at_field = form_->show_failure(failure);
  start_error_->set_error(at_field ? tr("The engine refused the recipe: see the marked value.")
                          : failure.hint.isEmpty()
                              ? failure.what
                              : failure.what + QStringLiteral(" — ") + failure.hint);
  report(QStringLiteral("train"), failure);
}

}  // namespace loupe::ui
