// SPDX-License-Identifier: GPL-3.0-or-later
// How the Train page is put together: where its parts lie, and what each says to the others.
#include "ui/train/train_page.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QSplitter>
#include <QStackedWidget>
#include <QTimer>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/client/workspace_mirror.h"
#include "ui/train/choice_bar.h"
#include "ui/train/estimate_box.h"
#include "ui/train/eval_sets.h"
#include "ui/train/live_runs.h"
#include "ui/train/preset_bar.h"
#include "ui/train/recipe_form.h"
#include "ui/widgets/empty_models.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/error_label.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {

QWidget* TrainPage::make_form() {
  auto* page = new QWidget(this);
  choice_ = new ChoiceBar(mirror_, page);
  presets_ = new PresetBar(page);
  evals_ = new EvalSets(mirror_, page);

  form_ = new RecipeForm(page);
  auto* recipe = upper_left_ = new QScrollArea(page);
  recipe->setObjectName(QStringLiteral("train-recipe"));
  recipe->setFrameShape(QFrame::NoFrame);
  recipe->setWidgetResizable(true);
  recipe->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  recipe->setFocusPolicy(Qt::NoFocus);
  recipe->setWidget(form_);

  auto* right = upper_right_ = new QWidget(page);
  estimate_ = new EstimateBox(client_, right);
  name_ = new QLineEdit(right);
  name_->setObjectName(QStringLiteral("train-name"));
  name_->setAccessibleName(tr("Name of the run"));
  name_->setToolTip(
      tr("Empty: the name shown. Several runs of one name get their type and seed "
         "added."));
  auto* name_label = new QLabel(tr("&Name"), right);
  name_label->setBuddy(name_);
  start_ = new QPushButton(tr("Start"), right);
  start_->setObjectName(QStringLiteral("train-start"));
  start_->setDefault(true);
  start_->setMinimumWidth(14 * theme::grid);
  start_error_ = new ErrorLabel(right);
  start_error_->setObjectName(QStringLiteral("train-start-error"));
  auto* line = new QHBoxLayout;
  line->setSpacing(theme::grid);
  line->addWidget(name_label);
  line->addWidget(name_, 1);
  line->addWidget(start_);
  auto* right_lines = new QVBoxLayout(right);
  right_lines->setContentsMargins(0, 0, 0, 0);
  right_lines->setSpacing(theme::grid);
  right_lines->addWidget(estimate_);
  right_lines->addWidget(start_error_);
  right_lines->addLayout(line);
  right_lines->addStretch(1);

  auto* rule = new QFrame(page);
  rule->setFrameShape(QFrame::VLine);
  rule->setForegroundRole(QPalette::Mid);
  auto* upper = new QWidget(page);
  auto* across = new QHBoxLayout(upper);
  across->setContentsMargins(0, 0, 0, 0);
  across->setSpacing(theme::grid);
  across->addWidget(recipe, 3);
  across->addWidget(rule);
  across->addWidget(right, 2);

  auto* nothing = new EmptyState(QStringLiteral("runs"), page);
  nothing->set_content(
      tr("Nothing in training"),
      tr("The curves of the runs started here appear as they are measured: accuracy on every set,\n"
         "loss, and the mean rewards of chosen and rejected responses."));
  live_ = new LiveRuns(mirror_, page);
  lower_ = new QStackedWidget(page);
  lower_->addWidget(nothing);
  lower_->addWidget(live_);
  splitter_ = new QSplitter(Qt::Vertical, page);
  splitter_->setObjectName(QStringLiteral("train-splitter"));
  splitter_->setChildrenCollapsible(false);
  splitter_->setHandleWidth(theme::grid);
  splitter_->addWidget(upper);
  splitter_->addWidget(lower_);
  splitter_->setStretchFactor(0, 0);
  splitter_->setStretchFactor(1, 1);

  auto* settings = new QHBoxLayout;
  settings->setSpacing(3 * theme::grid);
  settings->addWidget(presets_, 0, Qt::AlignTop);
  settings->addWidget(evals_, 1);
  auto* layout = new QVBoxLayout(page);
  layout->setContentsMargins(2 * theme::grid, theme::grid, 2 * theme::grid, theme::grid);
  layout->setSpacing(theme::grid);
  layout->addWidget(choice_);
  layout->addLayout(settings);
  layout->addWidget(splitter_, 1);
  page->setFocusProxy(choice_);
  return page;
}

void TrainPage::make_actions() {
  const auto add = [&](const QString& text, const QString& why, auto done) {
    auto* action = new QAction(text, this);
    action->setToolTip(why);
    connect(action, &QAction::triggered, this, done);
    addAction(action);
    return action;
  };
  start_action_ = add(tr("Start training"), tr("Start the runs that the Train page describes"),
                      [this] { start(); });
  start_action_->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_Return));
  start_action_->setShortcutContext(Qt::WidgetWithChildrenShortcut);
  reset_action_ = add(tr("Reset the recipe to its preset"), tr("Every value as the preset has it"),
                      [this] { reset_to_preset(); });
  add(tr("Import a model…"), tr("Add a model of the engine's machine to the workspace"),
      [this] { import_model(); });
  add(tr("Export the training curves as CSV…"), tr("Every point of the curves, full precision"),
      [this] { live_->export_csv(); });
}

void TrainPage::connect_parts() {
  connect(choice_, &ChoiceBar::model_changed, this, [this](bool by_user) {
    model_decided_ = model_decided_ || by_user;
    edited();
  });
  connect(choice_, &ChoiceBar::source_changed, this, &TrainPage::source_changed);
  connect(choice_, &ChoiceBar::types_changed, this, &TrainPage::edited);
  connect(choice_, &ChoiceBar::import_wanted, this, &TrainPage::import_model);
  connect(choice_, &ChoiceBar::project_file_wanted, this, &TrainPage::choose_project);
  connect(choice_, &ChoiceBar::data_file_wanted, this, &TrainPage::choose_data);
  connect(evals_, &EvalSets::edited, this, &TrainPage::edited);
  connect(evals_, &EvalSets::file_wanted, this, &TrainPage::choose_eval_file);
  connect(presets_, &PresetBar::picked, this, [this] {
    wanted_preset_.clear();
    use_preset();
    // What a project says is its seeds as well.
    const api::Project* project = choice_->project();
    if (presets_->name() == PresetBar::project_name() && project != nullptr) {
      QList<quint64> seeds;
      for (const int64_t seed : project->seeds) seeds.append(static_cast<quint64>(seed));
      if (!seeds.isEmpty()) form_->set_seeds(seeds);
    }
    recipe_decided_ = true;
    edited();
  });
  connect(presets_, &PresetBar::reset_wanted, this, &TrainPage::reset_to_preset);
  const auto compare = [this] {
    form_->set_preset(presets_->preset().recipe);
    edited();
  };
  connect(presets_, &PresetBar::save_wanted, this, [this, compare](const QString& name) {
    presets_->save(name, form_->recipe());
    compare();
  });
  connect(presets_, &PresetBar::deleted, this, compare);
  connect(form_, &RecipeForm::edited, this, [this] {
    recipe_decided_ = true;
    form_->clear_errors();
    edited();
  });
  connect(form_, &RecipeForm::height_changed, this, &TrainPage::fit_upper);
  connect(name_, &QLineEdit::textChanged, this, &TrainPage::edited);
  connect(start_, &QPushButton::clicked, this, &TrainPage::start);
  connect(estimate_, &EstimateBox::changed, this, [this] {
    form_->clear_errors();
    show_state();
  });
  connect(estimate_, &EstimateBox::failed, this, [this](const Failure& failure) {
    if (form_->show_failure(failure)) estimate_->say(tr("A value of the recipe is refused."));
    show_state();
  });
  connect(no_model_, &EmptyModels::import_wanted, this, &TrainPage::import_model);
  connect(no_model_, &EmptyModels::importing, choice_, &ChoiceBar::set_importing);
  connect(no_model_, &EmptyModels::imported, this, [this](const api::Model& model) {
    model_decided_ = true;
    choice_->set_model(qstr(model.name));
    emit message_over(QStringLiteral("train-import"));
  });
  connect(no_model_, &EmptyModels::import_failed, this,
          [this](const Failure& failure) { report(QStringLiteral("train-import"), failure); });
  connect(live_, &LiveRuns::changed, this, [this] {
    lower_->setCurrentIndex(live_->runs().isEmpty() ? 0 : 1);
    emit place_changed();
  });
  connect(live_, &LiveRuns::runs_wanted, this, [this](qint64 run) {
    emit open_wanted({{"page", "runs"}, {"runs", {run}}});
  });
  connect(live_, &LiveRuns::inspect_wanted, this, [this](qint64 run) {
    emit open_wanted({{"page", "inspect"}, {"runs", {run}}});
  });
  connect(live_, &LiveRuns::export_failed, this, &TrainPage::report_export);
  const auto changed = [this] { lists_.want(); };
  connect(mirror_, &WorkspaceMirror::runs_changed, this, changed);
  connect(mirror_, &WorkspaceMirror::models_changed, this, changed);
  connect(mirror_, &WorkspaceMirror::projects_changed, this, changed);
  connect(client_, &EngineClient::state_changed, this, [this](EngineClient::State state) {
    if (state == EngineClient::State::ready) {
      form_->set_devices(client_->server().devices);
    } else {
      // What was being asked was dropped with the engine.
      reading_project_ = false;
      asked_project_.clear();
    }
    lists_.want();
  });
}

// The upper half takes the height that its content needs, as far as the curves keep theirs. Only
// when that content changes: the user may have moved the handle.
void TrainPage::fit_upper() {
  if (std::exchange(fitting_, true)) return;
  QTimer::singleShot(0, this, [this] {
    fitting_ = false;
    const int all = splitter_->height() - splitter_->handleWidth();
    // It scrolls up and down only.
    upper_left_->setMinimumWidth(form_->minimumSizeHint().width());
    const int left_height = form_->sizeHint().height();
    const int right_height = upper_right_->layout()->hasHeightForWidth()
                                 ? upper_right_->heightForWidth(upper_right_->width())
                                 : upper_right_->sizeHint().height();
    const int wanted = std::max(left_height, right_height) + 2;
    const int most = all - lower_->minimumSizeHint().height();
    const int height = std::max(std::min(wanted, most), std::min(right_height, all / 2));
    if (height == fitted_ || height <= 0) return;
    fitted_ = height;
    splitter_->setSizes({height, all - height});
  });
}

void TrainPage::resizeEvent(QResizeEvent* event) {
  Page::resizeEvent(event);
  fitted_ = 0;
  fit_upper();
}

}  // namespace loupe::ui
