// SPDX-License-Identifier: GPL-3.0-or-later
// Where one begins: which workspace, a model to work with, and the sample projects. Shown by itself
// while the workspace has no model or no run.
#pragma once

#include <vector>

#include "ui/client/workspace_mirror.h"
#include "ui/frame/session.h"
#include "ui/widgets/page.h"

class QLabel;
class QProgressBar;
class QPushButton;
class QVBoxLayout;

namespace loupe::ui {

class RecentList;

class StartPage : public Page {
  Q_OBJECT
 public:
  StartPage(EngineClient* client, WorkspaceMirror* mirror, QWidget* parent = nullptr);

  bool settled() const override;
  void go(const Place&) override {}
  void set_workspaces(const std::vector<RecentWorkspace>& recent, const QString& current);
  // Asks for a model's file or folder and takes it into the workspace.
  void import_model();
  void fetch_demo();

 signals:
  void new_workspace_wanted();
  void open_workspace_wanted();
  void workspace_wanted(const QString& path);
  void remove_wanted(const QString& path);

 protected:
  void showEvent(QShowEvent*) override;
  void changeEvent(QEvent*) override;

 private:
  QWidget* make_workspaces();
  QWidget* make_models();
  QWidget* make_projects();
  void show_models();
  void show_projects();
  void import(const QString& path);
  void take_progress(const QString& method, const api::json& params);
  void say_model(const Failure& failure);
  void restyle();

  EngineClient* client_;
  WorkspaceMirror* mirror_;
  RecentList* recent_;
  QLabel* current_;
  QLabel* models_;
  QLabel* model_trouble_;
  QLabel* model_phase_;
  QProgressBar* model_progress_;
  QPushButton* fetch_;
  QPushButton* import_;
  QPushButton* new_;
  QPushButton* open_;
  QVBoxLayout* projects_;
  QLabel* no_projects_;
  std::vector<QWidget*> cards_;
  EngineClient::RequestId importing_ = 0;
  bool asking_fetch_ = false;
};

}  // namespace loupe::ui
