// SPDX-License-Identifier: GPL-3.0-or-later
// The Train page of a workspace without a model: what the page is for, and the two ways to get one.
#pragma once

#include <QWidget>

#include "ui/client/engine_client.h"

class QLabel;
class QProgressBar;
class QPushButton;

namespace loupe::ui {

class ErrorLabel;
class WorkspaceMirror;

class NoModel : public QWidget {
  Q_OBJECT
 public:
  NoModel(EngineClient* client, WorkspaceMirror* mirror, QWidget* parent = nullptr);

  void show_failure(const Failure& failure);
  void set_importing(bool importing);
  bool settled() const { return !asking_; }

 signals:
  void import_wanted();

 private:
  void fetch();
  void follow_job();
  void update_buttons();

  EngineClient* client_;
  WorkspaceMirror* mirror_;
  QPushButton* import_;
  QPushButton* fetch_;
  QWidget* under_way_;
  QLabel* phase_;
  QProgressBar* progress_;
  QPushButton* stop_;
  ErrorLabel* error_;
  qint64 job_ = 0;
  bool asking_ = false, importing_ = false;
};

}  // namespace loupe::ui
