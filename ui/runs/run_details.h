// SPDX-License-Identifier: GPL-3.0-or-later
// What there is to know of the selected runs, under the table: curves, rewards while training,
// recipes side by side, the last evaluation, the job's log, and a note. Log and note belong to one
// run, the current one.
#pragma once

#include <QTimer>
#include <QWidget>
#include <vector>

#include "ui/client/engine_client.h"
#include "ui/runs/run_curves.h"

class QLabel;
class QPlainTextEdit;
class QTabWidget;
class QTableView;
class QTreeView;

namespace loupe::ui {

class EvalTableModel;
class JobLogView;
class RecipeModel;
class RewardCurves;

class RunDetails : public QWidget {
  Q_OBJECT
 public:
  // More curves than this tell nothing and take long.
  static constexpr int most_runs = 12;

  explicit RunDetails(EngineClient* client, QWidget* parent = nullptr);

  // selected: how many runs are selected, of which `runs` are the first. current: 0 for none.
  void show_runs(const std::vector<RunCurves::Shown>& runs, int selected, const api::Run* current);
  // "curves", "rewards", "recipe", "evaluations", "log", "note"
  QString tab() const;
  void set_tab(const QString& name);
  bool settled() const;
  void flush();

  RunCurves* curves() const { return curves_; }
  RewardCurves* rewards() const { return rewards_; }
  RecipeModel* recipe() const { return recipe_; }
  EvalTableModel* evaluations() const { return evaluations_; }
  JobLogView* log() const { return log_; }

 signals:
  void note_written(qint64 run, const QString& note);
  void save_failed(const QString& path);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  QWidget* make_recipe();
  QWidget* make_evaluations();
  QWidget* make_note();
  void show_recipe(const std::vector<api::Run>& runs);
  void show_note(const api::Run* run);
  void save_note();
  void show_trouble(const api::Run* run, int shown, int selected);

  QLabel* trouble_;
  QTabWidget* tabs_;
  RunCurves* curves_;
  RewardCurves* rewards_;
  RecipeModel* recipe_;
  QTreeView* recipe_view_;
  EvalTableModel* evaluations_;
  QTableView* evaluation_view_;
  JobLogView* log_;
  QLabel* note_title_;
  QPlainTextEdit* note_;
  QTimer note_timer_;
  qint64 note_run_ = 0;
  bool note_unsaved_ = false;
  QString recipe_shown_;  // what the recipe view was filled from
};

}  // namespace loupe::ui
