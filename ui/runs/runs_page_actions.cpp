// SPDX-License-Identifier: GPL-3.0-or-later
// What can be done with the selected runs: the page's actions, its menus and its exports.
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QLineEdit>
#include <QMenu>
#include <QTableView>

#include "ui/runs/eval_table_model.h"
#include "ui/runs/model_export.h"
#include "ui/runs/recipe_model.h"
#include "ui/runs/reward_curves.h"
#include "ui/runs/run_details.h"
#include "ui/runs/run_filter.h"
#include "ui/runs/run_table_model.h"
#include "ui/runs/runs_page.h"
#include "ui/widgets/line_chart.h"
#include "ui/widgets/save_file.h"
#include "ui/widgets/undo_bar.h"

namespace loupe::ui {

void RunsPage::make_actions() {
  // keys_on: the widget that must have the focus for the keys to count; the page: anything in it.
  const auto add = [this](const QString& text, const QString& tooltip, const QKeySequence& keys,
                          QWidget* keys_on, auto act) {
    auto* action = new QAction(text, this);
    action->setToolTip(tooltip);
    action->setShortcut(keys);
    action->setShortcutContext(keys_on == this ? Qt::WidgetWithChildrenShortcut
                                               : Qt::WidgetShortcut);
    if (keys_on != this) keys_on->addAction(action);
    addAction(action);
    connect(action, &QAction::triggered, this, act);
    return action;
  };
  inspect_ = add(tr("Open in Inspect"), tr("What each token adds to a reward (Enter)"), {}, table_,
                 [this] { open("inspect", 3); });
  shift_ = add(tr("Open in Shift"), tr("Edit a response and see the reward move"), {}, table_,
               [this] { open("shift", 3); });
  train_ = add(tr("Train with this recipe"),
               tr("Opens the Train page with this run's recipe, to change and start again"), {},
               table_, &RunsPage::train_again);
  rename_ = add(tr("Rename"), tr("Give the run another name, in its cell"), Qt::Key_F2, table_,
                [this] { edit(RunTableModel::name); });
  note_ = add(tr("Edit the note"), tr("A line on the run, in its cell; longer ones below"),
              QKeySequence(Qt::SHIFT | Qt::Key_F2), table_,
              [this] { edit(model_->column_of(RunTableModel::note)); });
  remove_ =
      add(tr("Delete"), tr("Takes the selected runs out of the list; Ctrl+Z brings them back"),
          QKeySequence::Delete, table_, &RunsPage::remove_selected);
  undo_ = add(tr("Undo the deletion"), tr("Brings back the runs that were deleted last"),
              QKeySequence::Undo, this, &RunsPage::undo);
  stop_ = add(tr("Stop"), tr("The run writes a checkpoint and ends; it can be resumed"), {}, table_,
              &RunsPage::stop_selected);
  resume_ = add(tr("Resume"), tr("Goes on from the last checkpoint"), {}, table_,
                &RunsPage::resume_selected);
  copy_ = add(tr("Copy"), tr("The selected rows as CSV, full precision"), QKeySequence::Copy,
              table_, &RunsPage::copy_rows);
  export_model_ = add(tr("Export model…"),
                      tr("Its model as a folder that transformers opens, on the engine's machine"),
                      {}, table_, &RunsPage::export_model);
  add(tr("Filter the runs"), tr("Type words to keep the runs that contain them"),
      QKeySequence::Find, this, [this] {
        filter_line_->setFocus(Qt::ShortcutFocusReason);
        filter_line_->selectAll();
      });
}

void RunsPage::update_actions() {
  bool any_active = false, any_resumable = false, any_idle = false;
  for (const qint64 id : wanted_) {
    const api::Run* run = mirror_->run(id);
    if (run == nullptr) continue;
    const bool active = is_active(run->status);
    any_active = any_active || (active && run->job_id != 0);
    any_idle = any_idle || !active;
    any_resumable = any_resumable || run->status == "stopped" || run->status == "interrupted" ||
                    run->status == "failed";
  }
  const bool any = !wanted_.isEmpty();
  for (QAction* action : {inspect_, shift_, rename_, note_, copy_}) action->setEnabled(any);
  train_->setEnabled(current() != 0);
  const api::Run* one = mirror_->run(current());
  export_model_->setEnabled(one != nullptr && !is_active(one->status) && one->epochs_done > 0);
  remove_->setEnabled(any_idle);
  undo_->setEnabled(!undoes_.empty());
  stop_->setEnabled(any_active);
  resume_->setEnabled(any_resumable);
}

void RunsPage::show_menu(const QPoint& place) {
  QMenu menu(table_);
  menu.setObjectName(QStringLiteral("runs-menu"));
  menu.setToolTipsVisible(true);
  menu.addActions({inspect_, shift_, train_});
  menu.addSeparator();
  menu.addActions({rename_, note_, remove_, undo_});
  menu.addSeparator();
  menu.addActions({stop_, resume_});
  menu.addSeparator();
  menu.addActions({copy_, export_model_});
  menu.exec(table_->viewport()->mapToGlobal(place));
}

void RunsPage::open(const char* page, size_t most) {
  std::vector<qint64> runs = ordered();
  // The current one is what was meant, when there are too many.
  if (runs.size() > most) {
    std::erase(runs, current());
    runs.insert(runs.begin(), current());
    runs.resize(most);
  }
  if (runs.empty()) return;
  Place place = Place::object();
  place["page"] = page;
  place["runs"] = runs;
  emit open_wanted(place);
}

void RunsPage::train_again() {
  if (current() == 0) return;
  Place place = Place::object();
  place["page"] = "train";
  place["recipe_of"] = current();
  emit open_wanted(place);
}

void RunsPage::edit(int column) {
  const QModelIndex index = index_of(current(), column);
  if (!index.isValid() || table_->isColumnHidden(column)) {
    // The column is hidden: the note has a field below.
    if (column != RunTableModel::name) details_->set_tab(QStringLiteral("note"));
    return;
  }
  table_->scrollTo(index);
  table_->selectionModel()->setCurrentIndex(index, QItemSelectionModel::NoUpdate);
  table_->edit(index);
}

void RunsPage::remove_selected() {
  QList<qint64> removed;
  int active = 0;
  for (const qint64 id : ordered()) {
    const api::Run* run = mirror_->run(id);
    if (run == nullptr) continue;
    if (is_active(run->status)) {
      ++active;
    } else {
      removed << id;
    }
  }
  if (removed.isEmpty()) return;
  // The selection moves to the row behind the last one deleted, or else before the first.
  const QSet<qint64> gone(removed.begin(), removed.end());
  qint64 before = 0, behind = 0;
  bool passed = false;
  for (int row = 0; row < filter_->rowCount(); ++row) {
    const qint64 id = filter_->index(row, 0).data(RunTableModel::id_role).toLongLong();
    if (gone.contains(id)) {
      passed = true;
      behind = 0;
    } else if (!passed) {
      before = id;
    } else if (behind == 0) {
      behind = id;
    }
  }
  const qint64 next = behind != 0 ? behind : before;
  undoes_.push_back(removed);
  deleting_ += gone;
  returning_ -= gone;
  for (const qint64 id : removed) mirror_->set_run_deleted(id, true);
  wanted_ = next != 0 ? QSet<qint64>{next} : QSet<qint64>{};
  chosen_by_user_ = true;
  QString text =
      removed.size() == 1 ? tr("Deleted 1 run.") : tr("Deleted %1 runs.").arg(removed.size());
  if (active > 0) text += QLatin1Char(' ') + tr("Runs in training stay; stop them first.");
  undo_bar_->say(text);
  runs_changed();
}

void RunsPage::undo() {
  if (undoes_.empty()) return;
  const QList<qint64> runs = undoes_.back();
  undoes_.pop_back();
  for (const qint64 id : runs) {
    deleting_.remove(id);
    mirror_->set_run_deleted(id, false);
  }
  undo_bar_->hide();
  wanted_ = QSet<qint64>(runs.begin(), runs.end());
  returning_ += wanted_;
  runs_changed();
}

void RunsPage::stop_selected() {
  for (const qint64 id : ordered()) {
    const api::Run* run = mirror_->run(id);
    if (run != nullptr && is_active(run->status) && run->job_id != 0) {
      mirror_->stop_job(run->job_id);
    }
  }
}

void RunsPage::resume_selected() {
  for (const qint64 id : ordered()) {
    const api::Run* run = mirror_->run(id);
    if (run != nullptr && !is_active(run->status) && run->status != "done") {
      mirror_->resume_run(id);
    }
  }
}

void RunsPage::export_model() {
  if (const api::Run* run = mirror_->run(current())) model_export_->choose(*run);
}

QList<int> RunsPage::shown_rows() const {
  QList<int> rows;
  for (int row = 0; row < filter_->rowCount(); ++row) {
    rows.append(filter_->mapToSource(filter_->index(row, 0)).row());
  }
  return rows;
}

void RunsPage::copy_rows() const {
  QList<int> rows;
  for (int row = 0; row < filter_->rowCount(); ++row) {
    if (table_->selectionModel()->isRowSelected(row)) {
      rows.append(filter_->mapToSource(filter_->index(row, 0)).row());
    }
  }
  QApplication::clipboard()->setText(QString::fromUtf8(model_->csv(rows)));
}

QMenu* RunsPage::make_export_menu() {
  auto* menu = new QMenu(this);
  menu->addAction(tr("Table as CSV…"), this, [this] {
    export_text(tr("Export the table"), QStringLiteral("runs.csv"), model_->csv(shown_rows()));
  });
  menu->addAction(tr("Recipes of the selected runs as CSV…"), this, [this] {
    export_text(tr("Export the recipes"), QStringLiteral("recipes.csv"), details_->recipe()->csv());
  });
  menu->addAction(tr("Evaluations of the selected runs as CSV…"), this, [this] {
    export_text(tr("Export the evaluations"), QStringLiteral("evaluations.csv"),
                details_->evaluations()->csv());
  });
  menu->addSeparator();
  menu->addAction(export_model_);
  menu->addSeparator();
  menu->addAction(tr("Loss curves (PNG, PDF, SVG, CSV)…"), this,
                  [this] { export_chart(details_->curves()->loss(), QStringLiteral("loss.png")); });
  menu->addAction(tr("Accuracy curves (PNG, PDF, SVG, CSV)…"), this, [this] {
    export_chart(details_->curves()->accuracy(), QStringLiteral("accuracy.png"));
  });
  menu->addAction(tr("Rewards of explicit models (PNG, PDF, SVG, CSV)…"), this, [this] {
    export_chart(details_->rewards()->explicit_chart(), QStringLiteral("rewards-explicit.png"));
  });
  menu->addAction(tr("Rewards of implicit models (PNG, PDF, SVG, CSV)…"), this, [this] {
    export_chart(details_->rewards()->implicit_chart(), QStringLiteral("rewards-implicit.png"));
  });
  return menu;
}

void RunsPage::export_text(const QString& title, const QString& suggested, const QByteArray& csv) {
  const QString path = ask_save_path(this, title, suggested, tr("CSV (*.csv)"));
  if (path.isEmpty()) return;
  const QString reason = save_bytes(path, csv);
  if (!reason.isEmpty()) report_export(path, reason);
}

void RunsPage::export_chart(LineChart* chart, const QString& suggested) {
  const QString path =
      ask_save_path(this, tr("Export the curves"), suggested,
                    tr("PNG picture (*.png);;PDF (*.pdf);;SVG drawing (*.svg);;CSV (*.csv)"));
  if (path.isEmpty()) return;
  chart->flush();
  if (!chart->save(path)) report_export(path, tr("The file could not be written."));
}

}  // namespace loupe::ui
