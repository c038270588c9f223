// SPDX-License-Identifier: GPL-3.0-or-later
// The Runs page: the table of every run, and under it the curves of the chosen ones, live while
// they train.
#pragma once

#include <QSet>
#include <QWidget>

#include "ui/client/workspace_mirror.h"

class QLabel;
class QLineEdit;
class QSplitter;
class QStackedWidget;
class QTableView;

namespace loupe::ui {

class EmptyState;
class RunCurves;
class RunFilter;
class RunTableModel;

class RunsPage : public QWidget {
  Q_OBJECT
 public:
  explicit RunsPage(WorkspaceMirror* mirror, QWidget* parent = nullptr);

  // Whether everything there is to show is shown.
  bool settled() const;
  QSet<qint64> selected() const;
  void select(const QSet<qint64>& runs);
  // Draws what waits for its timer.
  void flush();

 signals:
  void inspect_wanted(qint64 run);
  void export_failed(const QString& path, const QString& reason);

 private:
  QWidget* make_top();
  void runs_changed();
  void fit_columns();
  void selection_changed();
  void draw_curves();
  void show_empty_or_table();
  void export_table();
  void export_chart(bool accuracy);
  void export_curves();
  void copy_rows() const;
  QList<int> shown_rows() const;

  WorkspaceMirror* mirror_;
  RunTableModel* model_;
  RunFilter* filter_;
  QStackedWidget* stack_;
  EmptyState* empty_;
  QLineEdit* filter_line_;
  QLabel* count_;
  QTableView* table_;
  RunCurves* curves_;
  QSplitter* splitter_;
  QSet<qint64> wanted_;  // selection to keep across a reset of the model
  bool restoring_ = false, chosen_by_user_ = false;
};

}  // namespace loupe::ui
