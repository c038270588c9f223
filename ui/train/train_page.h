// SPDX-License-Identifier: GPL-3.0-or-later
// Training by point and click: which model, which pairs, which recipe; what it will take; the
// curves as they come.
//   place {"model", one of "project" (a file), "data" (a file) and "dataset" (an id), "sets",
//   "eval": {name: file}, "eval_datasets": [id], "types", "seeds", "recipe", "preset", "name",
//   "live": [run]}, or {"recipe_of": run}: the form as that run had it.
#pragma once

#include <QList>
#include <utility>

#include "ui/train/train_setup.h"
#include "ui/widgets/page.h"
#include "ui/widgets/when_shown.h"

class QAction;
class QLineEdit;
class QPushButton;
class QScrollArea;
class QSplitter;
class QStackedWidget;

namespace loupe::ui {

class ChoiceBar;
class EmptyModels;
class ErrorLabel;
class EstimateBox;
class EvalSets;
class LiveRuns;
class PresetBar;
class RecipeForm;
class WorkspaceMirror;

class TrainPage : public Page {
  Q_OBJECT
 public:
  TrainPage(EngineClient* client, WorkspaceMirror* mirror, QWidget* parent = nullptr);

  bool settled() const override;
  void flush() override;
  Place place() const override;
  void go(const Place& place) override;

  LiveRuns* live() const { return live_; }
  // Why nothing can be started now; empty when it can.
  QString obstacle() const;
  void start();
  void reset_to_preset();

 protected:
  void resizeEvent(QResizeEvent*) override;

 private:
  QWidget* make_form();
  void make_actions();
  void connect_parts();

  void edited();
  void show_state();
  void fit_upper();
  void source_changed(bool by_user);
  void take_project(bool by_user);
  void use_preset();
  void apply(const TrainSetup& setup, const QString& preset, bool new_data);
  void lists_changed();
  void runs_changed();
  void show_recipe_of(qint64 run);
  QString default_name() const;

  void import_model();
  void choose_project();
  void choose_data();
  void choose_eval_file();
  void read_project(const QString& path);

  void start_next();
  void refused(const Failure& failure);

  EngineClient* client_;
  WorkspaceMirror* mirror_;
  WhenShown lists_;  // lists_changed()
  QStackedWidget* stack_;
  EmptyModels* no_model_;
  ChoiceBar* choice_;
  PresetBar* presets_;
  EvalSets* evals_;
  QSplitter* splitter_;
  QScrollArea* upper_left_;
  QWidget* upper_right_;
  RecipeForm* form_;
  EstimateBox* estimate_;
  QLineEdit* name_;
  QPushButton* start_;
  ErrorLabel* start_error_;
  QStackedWidget* lower_;
  LiveRuns* live_;
  QAction* start_action_;
  QAction* reset_action_;
  TrainSetup setup_;
  // What has been decided by the user or a place, and is not to be filled in from the project.
  bool model_decided_ = false, recipe_decided_ = false;
  QString wanted_preset_;  // of a project that has not arrived
  QString asked_project_;  // a project file being read
  qint64 wanted_recipe_of_ = 0;
  bool fitting_ = false;
  int fitted_ = 0;  // the upper half's height as fitted last
  bool adopted_ = false, reading_project_ = false;
  TrainSetup starting_;
  QList<std::pair<QString, quint64>> queue_;  // type and seed still to be started
};

}  // namespace loupe::ui
