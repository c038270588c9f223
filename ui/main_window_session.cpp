// SPDX-License-Identifier: GPL-3.0-or-later
// The window's workspaces, settings, and what it remembers.
#include <QActionGroup>
#include <QCloseEvent>
#include <QDateTime>
#include <QDir>
#include <QProcess>
#include <QSplitter>
#include <QStandardPaths>
#include <algorithm>

#include "ui/client/text.h"
#include "ui/client/workspace_mirror.h"
#include "ui/frame/engine_keeper.h"
#include "ui/frame/help_viewer.h"
#include "ui/frame/jobs_panel.h"
#include "ui/frame/settings_dialog.h"
#include "ui/frame/start_page.h"
#include "ui/frame/top_bar.h"
#include "ui/main_window.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/engine_path_picker.h"

namespace loupe::ui {
namespace {

QString default_workspace() {
  return QDir(QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation))
      .filePath(QStringLiteral("rewardloupe/workspace"));
}

QString name_of(const QString& path) {
  return path.section(QLatin1Char('/'), -1, -1, QString::SectionSkipEmpty);
}

}  // namespace

void MainWindow::use_session(const QString& file) {
  session_file_ = std::make_unique<SessionFile>(file);
  QString note;
  session_ = session_file_->load(&note);
  if (!note.isEmpty()) {
    Banner::Message message;
    message.key = QStringLiteral("session");
    message.severity = Banner::Severity::info;
    message.text = note.section(QLatin1Char('\n'), 0, 0);
    message.details = note;
    banner_->show_message(message);
  }
  restoreGeometry(session_.geometry);
  for (QSplitter* splitter : findChildren<QSplitter*>()) {
    const auto it = session_.splitters.constFind(splitter->objectName());
    if (it != session_.splitters.cend()) splitter->restoreState(it.value());
  }
  jobs_->set_open(session_.jobs_open);
  if (session_.jobs_open) {
    splitter_->restoreState(session_.splitters.value(splitter_->objectName()));
  }
  apply_theme(session_.settings.theme);
  palette_->set_recent(session_.palette);
  const Settings& settings = session_.settings;
  setup_.threads = settings.threads;
  setup_.device = settings.device;
  setup_.cache_gb = settings.cache_gb;
  if (!fixed_engine_) setup_.given = QProcess::splitCommand(settings.engine);
  if (setup_.workspace.isEmpty() && session_.engine == engine_key()) {
    setup_.workspace = session_.workspace;
  }
  show_where();
  if (!setup_.workspace.isEmpty() && setup_.workspace == session_.workspace &&
      session_.engine == engine_key()) {
    for (auto it = session_.places.cbegin(); it != session_.places.cend(); ++it) {
      waiting_.insert(it.key(), it.value());
    }
    history_.restore(session_.history);
    if (const Entry* last = entry(session_.page)) bring_up(*last);
    if (history_.places().empty()) history_.visit(current_place());
    update_steps();
  }
  show_title();
  show_recent();
  session_timer_.start();
}

void MainWindow::start() {
  if (setup_.workspace.isEmpty() && !is_remote(setup_)) setup_.workspace = default_workspace();
  client_->set_command(command_of(setup_));
  show_title();
  show_recent();
  client_->start();
}

void MainWindow::engine_ready() {
  const api::ServerInfo& server = client_->server();
  const QString folder = qstr(server.workspace);
  if (!folder.isEmpty()) {
    setup_.workspace = folder;
    remember_workspace(&session_.recent, folder, engine_key(),
                       static_cast<double>(QDateTime::currentSecsSinceEpoch()));
  }
  show_title();
  show_recent();
  save_session();
  QStringList devices;
  for (const std::string& device : server.devices) devices << qstr(device);
  const bool only_cpu = devices == QStringList{QStringLiteral("cpu")};
  top_->set_devices(
      only_cpu ? tr("CPU, %1 threads").arg(server.threads) : devices.join(QStringLiteral(", ")),
      tr("Devices of the engine: %1\n%2 CPU threads; Settings (Ctrl+,) choose")
          .arg(devices.join(QStringLiteral(", ")))
          .arg(server.threads));
}

void MainWindow::show_title() {
  const QString name = name_of(setup_.workspace);
  const std::string& host = client_->server().host;
  top_->set_workspace(name, is_remote(setup_) && !host.empty()
                                ? QStringLiteral("%1:%2").arg(qstr(host), setup_.workspace)
                                : setup_.workspace);
  setWindowTitle(name.isEmpty() ? tr("RewardLoupe") : tr("%1 — RewardLoupe").arg(name));
}

QString MainWindow::engine_key() const {
  return setup_.given.join(QLatin1Char(' '));
}

std::vector<RecentWorkspace> MainWindow::recent_here() const {
  std::vector<RecentWorkspace> here;
  std::copy_if(session_.recent.begin(), session_.recent.end(), std::back_inserter(here),
               [key = engine_key()](const RecentWorkspace& one) { return one.engine == key; });
  return here;
}

void MainWindow::show_recent() {
  std::vector<RecentWorkspace> others = recent_here();
  std::erase_if(others, [this](const auto& one) { return one.path == setup_.workspace; });
  home_->set_workspaces(others, setup_.workspace);
}

void MainWindow::remove_recent(const QString& path) {
  std::erase_if(session_.recent, [&](const RecentWorkspace& one) {
    return one.path == path && one.engine == engine_key();
  });
  show_recent();
}

void MainWindow::new_workspace() {
  PickOptions options;
  options.title = tr("New workspace");
  options.kinds = {QStringLiteral("workspace")};
  options.folder_allowed = true;
  options.new_folder = QStringLiteral("my-workspace");
  pick_engine_path(this, client_, options, [this](const QString& path) { switch_workspace(path); });
}

void MainWindow::open_workspace() {
  PickOptions options;
  options.title = tr("Open a workspace");
  options.kinds = {QStringLiteral("workspace")};
  options.folder_allowed = true;
  pick_engine_path(this, client_, options, [this](const QString& path) { switch_workspace(path); });
}

void MainWindow::open_project() {
  PickOptions options;
  options.title = tr("Open a project");
  options.kinds = {QStringLiteral("project")};
  pick_engine_path(this, client_, options,
                   [this](const QString& path) { open_project_file(path); });
}

void MainWindow::open_project_file(const QString& path) {
  touched_ = true;
  open({{"page", "train"}, {"project", stdstr(path)}});
}

void MainWindow::open_dropped(const QString& path) {
  touched_ = true;
  if (is_remote(setup_)) {
    Banner::Message message;
    message.key = QStringLiteral("dropped");
    message.severity = Banner::Severity::info;
    message.text = tr("%1 was dropped from this machine; it must be on the engine's.").arg(path);
    message.hint = tr("It is looked for there under the same path. Copy it over first if need be.");
    banner_->show_message(message);
  }
  if (path.endsWith(QLatin1String(".rlproj"))) return open_project_file(path);
  open({{"page", "models"}, {"import", stdstr(path)}});
}

void MainWindow::switch_workspace(const QString& path) {
  if (path.isEmpty() ||
      (path == setup_.workspace && client_->state() != EngineClient::State::dead)) {
    return;
  }
  setup_.workspace = path;
  waiting_.clear();
  touched_ = looked_ = false;
  keeper_->forget();
  restart_engine();
  mirror_->forget();
  jobs_->forget();
  bring_up(entries_.front());
  history_.clear();
  history_.visit(current_place());
  update_steps();
  show_title();
  show_recent();
}

void MainWindow::restart_engine() {
  client_->set_command(command_of(setup_));
  show_where();
  keeper_->start();
}

void MainWindow::show_where() {
  keeper_->set_remote(is_remote(setup_));
  restart_action_->setText(is_remote(setup_) ? tr("&Reconnect") : tr("&Restart"));
}

void MainWindow::show_settings() {
  if (settings_dialog_ == nullptr) {
    settings_dialog_ = new SettingsDialog(this);
    connect(settings_dialog_, &SettingsDialog::applied, this, &MainWindow::apply_settings);
  }
  session_.settings.theme = theme::mode();
  settings_dialog_->show_settings(session_.settings, client_->server(),
                                  fixed_engine_ ? setup_.given.join(QLatin1Char(' ')) : QString());
}

void MainWindow::apply_settings(const Settings& settings) {
  const Settings before = session_.settings;
  session_.settings = settings;
  apply_theme(settings.theme);
  if (!needs_restart(before, settings)) return;
  setup_.threads = settings.threads;
  setup_.device = settings.device;
  setup_.cache_gb = settings.cache_gb;
  if (!fixed_engine_ && settings.engine != before.engine) {
    // A path of one machine means nothing on another.
    setup_.given = QProcess::splitCommand(settings.engine);
    const auto here = recent_here();
    const QString workspace = !here.empty()       ? here.front().path
                              : is_remote(setup_) ? QString()
                                                  : default_workspace();
    setup_.workspace.clear();
    if (workspace.isEmpty()) {
      keeper_->forget();
      touched_ = looked_ = false;
      restart_engine();
      mirror_->forget();
      jobs_->forget();
      history_.clear();
      bring_up(entries_.front());
      history_.visit(current_place());
      show_title();
      show_recent();
    } else {
      switch_workspace(workspace);
    }
  } else {
    restart_engine();
  }
  save_session();
}

void MainWindow::apply_theme(theme::Mode mode) {
  session_.settings.theme = mode;
  theme::apply(mode);
  themes_->actions().at(static_cast<int>(mode))->setChecked(true);
}

Session MainWindow::collect_session() const {
  Session session = session_;
  session.geometry = saveGeometry();
  for (const QSplitter* splitter : findChildren<QSplitter*>()) {
    if (!splitter->objectName().isEmpty()) {
      session.splitters[splitter->objectName()] = splitter->saveState();
    }
  }
  session.jobs_open = jobs_->is_open();
  session.settings.theme = theme::mode();
  session.workspace = setup_.workspace;
  session.engine = engine_key();
  session.page = page();
  // Places that were never gone back to, because the engine did not come up, are kept.
  session.places.clear();
  for (const Entry& one : entries_) {
    session.places[one.name] = waiting_.contains(one.name) ? waiting_[one.name] : one.page->place();
  }
  session.history = history_.last(SessionFile::kept_history);
  session.palette = palette_->recent();
  return session;
}

void MainWindow::save_session() {
  if (session_file_ == nullptr) return;
  session_file_->save_later(collect_session(), this,
                            [this](const QString& reason) { session_saved(reason); });
}

void MainWindow::session_saved(const QString& reason) {
  if (reason.isEmpty()) {
    banner_->clear(QStringLiteral("session-write"));
    return;
  }
  Banner::Message message;
  message.key = QStringLiteral("session-write");
  message.severity = Banner::Severity::warning;
  message.text = tr("What the window remembers could not be written: %1").arg(reason);
  message.details = session_file_->path();
  banner_->show_message(message);
}

void MainWindow::closeEvent(QCloseEvent* event) {
  if (session_file_ != nullptr) session_file_->save(collect_session());
  if (help_ != nullptr) help_->close();
  QMainWindow::closeEvent(event);
}

}  // namespace loupe::ui
