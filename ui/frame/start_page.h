// SPDX-License-Identifier: GPL-3.0-or-later
// Where one begins: which workspace, a model to work with, and the sample projects. Shown by itself
// while the workspace has no model or no run.
#pragma once

#include <vector>

#include "ui/client/workspace_mirror.h"
#include "ui/frame/session.h"
#include "ui/widgets/page.h"
#include "ui/widgets/when_shown.h"

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace loupe::ui {

class EmptyModels;
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
  void restyle();

  EngineClient* client_;
  WorkspaceMirror* mirror_;
  WhenShown models_news_, projects_news_;  // show_models(), show_projects()
  RecentList* recent_;
  QLabel* current_;
  QLabel* models_;
  EmptyModels* getting_;
  QPushButton* new_;
  QPushButton* open_;
  QVBoxLayout* projects_;
  QLabel* no_projects_;
  std::vector<QWidget*> cards_;
};

}  // namespace loupe::ui
