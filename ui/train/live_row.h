// SPDX-License-Identifier: GPL-3.0-or-later
// One run that the Train page follows: how far it is, and what can be done with it.
#pragma once

#include <QWidget>

#include "core/api/messages.h"

class QLabel;
class QProgressBar;
class QToolButton;

namespace loupe::ui {

class LiveRow : public QWidget {
  Q_OBJECT
 public:
  explicit LiveRow(qint64 run, QWidget* parent = nullptr);

  // job: the one that works on it, or nullptr.
  void show_run(const api::Run& run, const api::Job* job);
  // Not yet in the list of runs.
  void show_starting(const QString& name);
  // The colour of its curves.
  void set_colour(const QColor& colour);

 signals:
  void stop_wanted(qint64 job);
  void resume_wanted(qint64 run);
  void runs_wanted(qint64 run);
  void inspect_wanted(qint64 run);

 protected:
  void paintEvent(QPaintEvent*) override;
  void changeEvent(QEvent*) override;

 private:
  QToolButton* add_button(const QString& text, const QString& name, const QString& why);
  void restyle();

  qint64 run_, job_ = 0;
  std::string status_;
  bool asked_ = false;  // to stop or resume; until the status changes
  QColor colour_;
  QLabel* name_;
  QLabel* state_;
  QProgressBar* progress_;
  QLabel* left_;
  QToolButton* stop_;
  QToolButton* resume_;
  QToolButton* inspect_;
  bool failed_ = false, restyling_ = false;
};

}  // namespace loupe::ui
