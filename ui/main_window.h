// SPDX-License-Identifier: GPL-3.0-or-later
// The frame around the pages: navigation rail, top bar, banner, jobs, command palette; the way from
// one page to another and back. Usable at once; the engine comes up beside it.
#pragma once

#include <QHash>
#include <QMainWindow>
#include <QPointer>
#include <QTimer>
#include <memory>

#include "ui/client/engine_client.h"
#include "ui/frame/command_palette.h"
#include "ui/frame/engine_setup.h"
#include "ui/frame/place_history.h"
#include "ui/frame/session.h"

class QActionGroup;
class QMenu;
class QSplitter;
class QStackedWidget;

namespace loupe::ui {

class Banner;
class DropTarget;
class EngineBadge;
class EngineKeeper;
class HelpViewer;
class InspectPage;
class JobsPanel;
class ModelsPage;
class NavigationRail;
class RunsPage;
class SettingsDialog;
class ShiftPage;
class StartPage;
class TopBar;
class TrainPage;
class WorkspaceMirror;

class MainWindow : public QMainWindow {
  Q_OBJECT
 public:
  // Names of pages, as in Place::"page".
  static inline const QString home_page = QStringLiteral("home");
  static inline const QString models_page = QStringLiteral("models");
  static inline const QString train_page = QStringLiteral("train");
  static inline const QString runs_page = QStringLiteral("runs");
  static inline const QString inspect_page = QStringLiteral("inspect");
  static inline const QString shift_page = QStringLiteral("shift");

  explicit MainWindow(const EngineSetup& setup, QWidget* parent = nullptr);
  // The engine of this machine by a whole command, for tests.
  MainWindow(const QStringList& engine_command, const QString& workspace,
             QWidget* parent = nullptr);

  // Reads what was remembered, and writes it from now on. Before start(); without it nothing is
  // read or written, and every window looks alike.
  void use_session(const QString& file);
  // Starts the engine; the window need not be shown yet.
  void start();
  void show_page(const QString& name);
  QString page() const;
  // Goes to a place of any page; a step of the history.
  void open(const Place& place);
  // A .rlproj file, a path of the engine, on the Train page.
  void open_project_file(const QString& path);
  // A path of this machine that was dropped on the window: a project, or a model to import.
  void open_dropped(const QString& path);
  // Another engine process on another workspace; what is known of the present one is dropped.
  void switch_workspace(const QString& path);

  EngineClient* client() const { return client_; }
  WorkspaceMirror* mirror() const { return mirror_; }
  StartPage* home() const { return home_; }
  ModelsPage* models() const { return models_; }
  TrainPage* train() const { return train_; }
  RunsPage* runs() const { return runs_; }
  InspectPage* inspect() const { return inspect_; }
  ShiftPage* shift() const { return shift_; }
  Banner* banner() const { return banner_; }
  EngineBadge* badge() const;
  CommandPalette* palette_list() const { return palette_; }
  JobsPanel* jobs() const { return jobs_; }
  const PlaceHistory& history() const { return history_; }
  const EngineSetup& setup() const { return setup_; }
  const Settings& settings() const { return session_.settings; }
  HelpViewer* help() const;  // nullptr: it has not been opened, or is closed
  // Every page has what it can show.
  bool settled() const;
  QStringList page_names() const;
  // Draws at once what waits for a timer.
  void flush();

  void open_palette();
  void show_settings();
  void apply_settings(const Settings& settings);
  // Without waiting for the disk.
  void save_session();

 signals:
  // Painted for the first time and waiting for the user.
  void usable();

 protected:
  void closeEvent(QCloseEvent*) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  struct Entry {
    QString name, title, icon, tooltip;
    Page* page;
  };
  void make_pages();
  void make_actions();
  void make_layout();
  void make_menus();
  void make_file_menu();
  void make_go_menu();
  void make_view_menu();
  void make_help_menu();
  void fill_recent(QMenu* menu);
  void fill_page_menu();
  QAction* add(QMenu* menu, const QString& text, const QKeySequence& keys, const QString& why,
               std::function<void()> act);
  void connect_pages();
  void connect_engine();
  void engine_ready();
  void show_title();

  const Entry* entry(const QString& name) const;
  Place current_place() const;
  void bring_up(const Entry& entry);
  void go_to(const Place* place);
  void place_moved(Page* page);
  void first_look();
  void restore_places();
  void update_steps();

  std::vector<PaletteItem> palette_items();
  void add_action_items(QMenu* menu, const QString& title, std::vector<PaletteItem>* items);
  void add_workspace_items(std::vector<PaletteItem>* items);

  void new_workspace();
  void open_workspace();
  void open_project();
  QString engine_key() const;
  std::vector<RecentWorkspace> recent_here() const;
  void remove_recent(const QString& path);
  void show_recent();
  void restart_engine();
  void show_where();  // whether the engine is here or elsewhere
  void apply_theme(theme::Mode mode);
  Session collect_session() const;
  void session_saved(const QString& reason);

  void show_failure(const QString& key, const Failure& failure);
  void show_help(const QString& page);
  void show_shortcuts();
  void show_about();
  HelpViewer* help_window();

  EngineSetup setup_;
  bool fixed_engine_ = false;  // the command was given when the window was started
  EngineClient* client_;
  WorkspaceMirror* mirror_;
  std::vector<Entry> entries_;
  StartPage* home_;
  ModelsPage* models_;
  TrainPage* train_;
  RunsPage* runs_;
  InspectPage* inspect_;
  ShiftPage* shift_;
  NavigationRail* rail_;
  TopBar* top_;
  Banner* banner_;
  QStackedWidget* pages_;
  QSplitter* splitter_;
  JobsPanel* jobs_;
  CommandPalette* palette_;
  DropTarget* drop_;
  EngineKeeper* keeper_;
  QPointer<HelpViewer> help_;
  QPointer<SettingsDialog> settings_dialog_;
  QAction *back_, *forward_, *search_, *jobs_action_, *restart_action_;
  QMenu* page_menu_ = nullptr;
  QActionGroup* themes_ = nullptr;

  PlaceHistory history_;
  QHash<QString, Place> waiting_;  // places to restore once the lists of the workspace are there
  QTimer arriving_;                // while it runs, a page is still on its way to where it was sent
  bool going_ = false, touched_ = false, looked_ = false, painted_ = false;

  Session session_;
  std::unique_ptr<SessionFile> session_file_;
  QTimer session_timer_;
};

}  // namespace loupe::ui
