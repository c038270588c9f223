// SPDX-License-Identifier: GPL-3.0-or-later
// The jobs in one line at the bottom of the window: how many, what runs now, how far it is, Stop.
#pragma once

#include <QHash>
#include <QWidget>
#include <vector>

#include "core/api/messages.h"

class QHBoxLayout;
class QLabel;
class QProgressBar;
class QPushButton;
class QToolButton;

namespace loupe::ui {

class JobLine : public QWidget {
  Q_OBJECT
 public:
  explicit JobLine(QWidget* parent = nullptr);
  void set_jobs(const std::vector<api::Job>& jobs);
  void set_open(bool open);

 signals:
  void stop_wanted(qint64 job);
  void toggle_wanted();

 protected:
  void paintEvent(QPaintEvent*) override;
  void mouseReleaseEvent(QMouseEvent*) override;
  void changeEvent(QEvent*) override;

 private:
  struct Entry {
    QWidget* area;
    QLabel* title;
    QProgressBar* progress;
    QLabel* left;
    QPushButton* stop;
  };
  Entry make_entry(qint64 job);
  void fill(const Entry& entry, const api::Job& job, int widest);
  void restyle();

  QHBoxLayout* layout_;
  QLabel* count_;
  QLabel* said_;
  QToolButton* toggle_;
  QHash<qint64, Entry> entries_;
  bool open_ = false;
};

}  // namespace loupe::ui
