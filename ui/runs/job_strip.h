// SPDX-License-Identifier: GPL-3.0-or-later
// What is running now, at the bottom of the window: title, progress, time left, Stop. Hidden while
// nothing runs.
#pragma once

#include <QHash>
#include <QWidget>
#include <vector>

#include "core/api/messages.h"

class QHBoxLayout;
class QLabel;
class QProgressBar;
class QPushButton;

namespace loupe::ui {

class JobStrip : public QWidget {
  Q_OBJECT
 public:
  explicit JobStrip(QWidget* parent = nullptr);
  void set_jobs(const std::vector<api::Job>& jobs);

 signals:
  void stop_wanted(qint64 job);
  // A job seen running before has failed.
  void job_failed(const loupe::api::Job& job);

 protected:
  void paintEvent(QPaintEvent*) override;

 private:
  struct Entry {
    QWidget* area;
    QLabel* title;
    QProgressBar* progress;
    QLabel* left;
    QPushButton* stop;
  };
  Entry make_entry(qint64 job);
  static void fill(const Entry& entry, const api::Job& job);

  QHBoxLayout* layout_;
  QLabel* count_;
  QLabel* more_;
  QHash<qint64, Entry> entries_;
  QHash<qint64, QString> seen_;  // status by job
};

}  // namespace loupe::ui
