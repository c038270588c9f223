// SPDX-License-Identifier: GPL-3.0-or-later
// Where long work lives: one line while it is closed, every job of the workspace with its log once
// it is opened (F8).
#pragma once

#include <QHash>
#include <QTimer>
#include <QWidget>

#include "ui/client/workspace_mirror.h"

class QLabel;
class QPlainTextEdit;
class QPushButton;
class QTableView;

namespace loupe::ui {

class JobLine;
class JobTableModel;
class WhenShown;

class JobsPanel : public QWidget {
  Q_OBJECT
 public:
  JobsPanel(EngineClient* client, WorkspaceMirror* mirror, QWidget* parent = nullptr);
  bool is_open() const { return open_; }
  void set_open(bool open);
  JobTableModel* model() const { return model_; }
  // Of another workspace nothing is known yet: no job of it has been seen running.
  void forget();

 signals:
  void toggled(bool open);
  void show_run_wanted(qint64 run);
  // A job seen running before has failed, or is done.
  void job_failed(const loupe::api::Job& job);
  void job_done(const loupe::api::Job& job);

 protected:
  void changeEvent(QEvent*) override;

 private:
  QWidget* make_body();
  void jobs_changed();
  void show_rows();
  const api::Job* current() const;
  void current_changed();
  void ask_log();
  void take_log(qint64 job, const QString& text);
  void restyle();

  EngineClient* client_;
  WorkspaceMirror* mirror_;
  JobTableModel* model_;
  JobLine* line_;
  QWidget* body_;
  WhenShown* rows_;  // show_rows()
  QTableView* table_;
  QPushButton* stop_;
  QPushButton* resume_;
  QPushButton* show_run_;
  QPushButton* log_;
  QWidget* log_area_;
  QLabel* log_title_;
  QPlainTextEdit* log_text_;
  QTimer follow_;
  QHash<qint64, QString> seen_;  // status by job
  qint64 current_ = 0, log_of_ = 0;
  bool open_ = false;
};

}  // namespace loupe::ui
