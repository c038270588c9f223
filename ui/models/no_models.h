// SPDX-License-Identifier: GPL-3.0-or-later
// The Models page of a workspace without a model: what the page is for, and the ways to get one.
#pragma once

#include <QWidget>

#include "ui/client/workspace_mirror.h"

class QLabel;
class QProgressBar;
class QPushButton;

namespace loupe::ui {

class EmptyState;
class FailureView;

class NoModels : public QWidget {
  Q_OBJECT
 public:
  NoModels(EngineClient* client, WorkspaceMirror* mirror, QWidget* parent = nullptr);
  void fetch();
  bool settled() const { return !asking_; }

 signals:
  void import_wanted();

 private:
  void update_state();

  EngineClient* client_;
  WorkspaceMirror* mirror_;
  EmptyState* empty_;
  QPushButton* import_;
  QPushButton* fetch_;
  QWidget* under_way_;
  QLabel* phase_;
  QProgressBar* progress_;
  FailureView* failure_;
  bool asking_ = false;
};

}  // namespace loupe::ui
