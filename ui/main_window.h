// SPDX-License-Identifier: GPL-3.0-or-later
// The frame: navigation rail, top bar with workspace and engine state, banner, pages, jobs. Usable
// at once; the engine comes up beside it, and is started again when it dies.
#pragma once

#include <QElapsedTimer>
#include <QMainWindow>
#include <QTimer>

#include "ui/client/engine_client.h"

class QLabel;
class QSettings;
class QStackedWidget;

namespace loupe::ui {

class Banner;
class EngineBadge;
class InspectPage;
class JobStrip;
class NavigationRail;
class RunsPage;
class WorkspaceMirror;

class MainWindow : public QMainWindow {
  Q_OBJECT
 public:
  enum Page { runs_page, inspect_page, page_count };

  // engine_command: program and arguments, whole. workspace: shown until the engine names its own.
  MainWindow(const QStringList& engine_command, const QString& workspace,
             QWidget* parent = nullptr);

  // Starts the engine; the window need not be shown yet.
  void start();
  void show_page(Page page);
  Page page() const;

  EngineClient* client() const { return client_; }
  RunsPage* runs() const { return runs_; }
  InspectPage* inspect() const { return inspect_; }
  Banner* banner() const { return banner_; }
  EngineBadge* badge() const { return badge_; }
  // Every page has what it can show.
  bool settled() const;
  // Reads and writes size, place and theme; off for screenshots, which look alike everywhere.
  void remember_geometry();

 protected:
  void closeEvent(QCloseEvent*) override;

 private:
  QWidget* make_top_bar();
  void make_menus();
  void connect_engine();
  void engine_state_changed(EngineClient::State state);
  void engine_died();
  void update_badge();
  void refresh();
  void show_failure(const QString& key, const Failure& failure);
  void show_about();

  EngineClient* client_;
  WorkspaceMirror* mirror_;
  NavigationRail* rail_;
  QLabel* workspace_;
  QLabel* devices_;
  EngineBadge* badge_;
  Banner* banner_;
  QStackedWidget* pages_;
  RunsPage* runs_;
  InspectPage* inspect_;
  JobStrip* jobs_;
  QTimer busy_timer_, slow_start_timer_;
  QElapsedTimer since_auto_restart_;
  bool was_ready_ = false, remembers_ = false;
};

}  // namespace loupe::ui
