// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window.h"

#include <QAction>
#include <QActionGroup>
#include <QApplication>
#include <QCloseEvent>
#include <QDir>
#include <QLabel>
#include <QMenuBar>
#include <QSettings>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "ui/client/workspace_mirror.h"
#include "ui/inspect/inspect_page.h"
#include "ui/runs/job_strip.h"
#include "ui/runs/runs_page.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/engine_badge.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/navigation_rail.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

constexpr int busy_after_ms = 300;     // shorter work does not flicker the badge
constexpr int slow_start_ms = 30'000;  // then the window says that it still waits
constexpr qint64 restart_pause_ms =
    60'000;  // one restart by itself in this time, no loop of deaths

}  // namespace

MainWindow::MainWindow(const QStringList& engine_command, const QString& workspace, QWidget* parent)
    : QMainWindow(parent) {
  setWindowTitle(tr("RewardLoupe"));
  setWindowIcon(QIcon(QStringLiteral(":/icons/rewardloupe.svg")));
  client_ = new EngineClient(engine_command, this);
  mirror_ = new WorkspaceMirror(client_, this);

  rail_ = new NavigationRail(this);
  rail_->add_page(tr("Runs"), QStringLiteral("runs"),
                  tr("Training runs and their curves (Ctrl+1)"));
  rail_->add_page(tr("Inspect"), QStringLiteral("inspect"),
                  tr("What each token adds to a reward (Ctrl+2)"));
  banner_ = new Banner(this);
  runs_ = new RunsPage(mirror_, this);
  inspect_ = new InspectPage(client_, mirror_, this);
  pages_ = new QStackedWidget(this);
  pages_->addWidget(runs_);
  pages_->addWidget(inspect_);
  jobs_ = new JobStrip(this);

  auto* centre = new QWidget(this);
  auto* across = new QHBoxLayout(centre);
  across->setContentsMargins(0, 0, 0, 0);
  across->setSpacing(0);
  auto* column = new QVBoxLayout;
  column->setSpacing(0);
  column->addWidget(make_top_bar());
  column->addWidget(banner_);
  column->addWidget(pages_, 1);
  column->addWidget(jobs_);
  across->addWidget(rail_);
  across->addLayout(column, 1);
  setCentralWidget(centre);
  workspace_->setText(QDir(workspace).dirName());
  workspace_->setToolTip(workspace);

  make_menus();
  connect_engine();
  show_page(runs_page);
  resize(1280, 720);
}

QWidget* MainWindow::make_top_bar() {
  auto* bar = new QWidget(this);
  workspace_ = new QLabel(bar);
  workspace_->setFont(theme::scaled(font(), 1.1, true));
  workspace_->setObjectName(QStringLiteral("workspace-name"));
  devices_ = new QLabel(bar);
  theme::make_secondary(devices_);
  badge_ = new EngineBadge(bar);
  auto* layout = new QHBoxLayout(bar);
  layout->setContentsMargins(2 * theme::grid, theme::grid, 2 * theme::grid, theme::grid / 2);
  layout->setSpacing(2 * theme::grid);
  layout->addWidget(workspace_);
  layout->addStretch(1);
  layout->addWidget(badge_);
  layout->addWidget(devices_);
  return bar;
}

void MainWindow::make_menus() {
  QMenu* file = menuBar()->addMenu(tr("&File"));
  file->addAction(tr("&Quit"), QKeySequence(Qt::CTRL | Qt::Key_Q), this, &QWidget::close);

  QMenu* view = menuBar()->addMenu(tr("&View"));
  view->addAction(tr("&Runs"), QKeySequence(Qt::CTRL | Qt::Key_1), this,
                  [this] { show_page(runs_page); });
  view->addAction(tr("&Inspect"), QKeySequence(Qt::CTRL | Qt::Key_2), this,
                  [this] { show_page(inspect_page); });
  view->addSeparator();
  view->addAction(tr("Re&fresh"), QKeySequence(Qt::Key_F5), this, &MainWindow::refresh);
  QMenu* look = view->addMenu(tr("&Theme"));
  auto* group = new QActionGroup(this);
  const std::pair<QString, theme::Mode> modes[] = {{tr("As the &system"), theme::Mode::system},
                                                   {tr("&Light"), theme::Mode::light},
                                                   {tr("&Dark"), theme::Mode::dark}};
  for (const auto& [title, mode] : modes) {
    QAction* action = look->addAction(title, this, [mode = mode] { theme::apply(mode); });
    action->setCheckable(true);
    action->setChecked(theme::mode() == mode);
    group->addAction(action);
  }

  QMenu* engine = menuBar()->addMenu(tr("&Engine"));
  engine->addAction(tr("&Restart"), client_, &EngineClient::start);
  engine->addAction(tr("Show its &messages"), this, [this] {
    Banner::Message message;
    message.key = QStringLiteral("log");
    message.severity = Banner::Severity::info;
    message.text = tr("The last lines that the engine wrote.");
    message.details = client_->log_tail().isEmpty() ? tr("(nothing)") : client_->log_tail();
    banner_->show_message(message);
  });
  QMenu* help = menuBar()->addMenu(tr("&Help"));
  help->addAction(tr("&About RewardLoupe"), this, &MainWindow::show_about);
}

void MainWindow::connect_engine() {
  connect(rail_, &NavigationRail::picked, this,
          [this](int page) { show_page(static_cast<Page>(page)); });
  connect(badge_, &EngineBadge::restart_wanted, client_, &EngineClient::start);
  connect(client_, &EngineClient::state_changed, this, &MainWindow::engine_state_changed);
  connect(client_, &EngineClient::responsive_changed, this, &MainWindow::update_badge);
  busy_timer_.setSingleShot(true);
  busy_timer_.setInterval(busy_after_ms);
  connect(&busy_timer_, &QTimer::timeout, this, &MainWindow::update_badge);
  connect(client_, &EngineClient::pending_changed, this, [this](int pending) {
    if (pending == 0) {
      busy_timer_.stop();
      update_badge();
    } else if (!busy_timer_.isActive() && badge_->state() != EngineBadge::State::busy) {
      busy_timer_.start();
    }
  });
  slow_start_timer_.setSingleShot(true);
  slow_start_timer_.setInterval(slow_start_ms);
  connect(&slow_start_timer_, &QTimer::timeout, this, [this] {
    Banner::Message message;
    message.key = QStringLiteral("engine");
    message.severity = Banner::Severity::warning;
    message.text = tr("The engine has not answered for 30 s.");
    message.hint = tr("It was started as: %1").arg(client_->command().join(QLatin1Char(' ')));
    message.details = client_->log_tail();
    message.action = tr("Restart");
    message.act = [this] { client_->start(); };
    banner_->show_message(message);
  });

  connect(mirror_, &WorkspaceMirror::failed, this,
          [this](const Failure& failure) { show_failure(QStringLiteral("workspace"), failure); });
  connect(mirror_, &WorkspaceMirror::jobs_changed, this,
          [this] { jobs_->set_jobs(mirror_->jobs()); });
  connect(jobs_, &JobStrip::stop_wanted, mirror_, &WorkspaceMirror::stop_job);
  connect(jobs_, &JobStrip::job_failed, this, [this](const api::Job& job) {
    Failure failure = failure_from_text(job.error);
    failure.what = tr("%1 failed: %2").arg(qstr(job.title), failure.what);
    if (!job.log_tail.empty()) failure.where += QLatin1Char('\n') + qstr(job.log_tail);
    show_failure(QStringLiteral("job"), failure);
  });
  connect(inspect_, &InspectPage::failed, this,
          [this](const Failure& failure) { show_failure(QStringLiteral("inspect"), failure); });
  connect(inspect_, &InspectPage::succeeded, this,
          [this] { banner_->clear(QStringLiteral("inspect")); });
  connect(runs_, &RunsPage::inspect_wanted, this, [this](qint64 run) {
    inspect_->inspect(run);
    show_page(inspect_page);
  });
  const auto export_failed = [this](const QString& path, const QString& reason) {
    Failure failure;
    failure.what = tr("%1 could not be written: %2").arg(path, reason);
    show_failure(QStringLiteral("export"), failure);
  };
  connect(runs_, &RunsPage::export_failed, this, export_failed);
  connect(inspect_, &InspectPage::export_failed, this, export_failed);
}

void MainWindow::start() {
  client_->start();
}

void MainWindow::show_page(Page page) {
  pages_->setCurrentIndex(page);
  rail_->set_current(page);
  pages_->currentWidget()->setFocus(Qt::OtherFocusReason);
}

MainWindow::Page MainWindow::page() const {
  return static_cast<Page>(pages_->currentIndex());
}

bool MainWindow::settled() const {
  return runs_->settled() && inspect_->settled();
}

void MainWindow::refresh() {
  if (client_->state() == EngineClient::State::ready) {
    mirror_->refresh();
  } else if (client_->state() != EngineClient::State::starting) {
    client_->start();
  }
}

void MainWindow::engine_state_changed(EngineClient::State state) {
  slow_start_timer_.stop();
  switch (state) {
    case EngineClient::State::starting:
      slow_start_timer_.start();
      break;
    case EngineClient::State::ready: {
      const bool restarted_itself = since_auto_restart_.isValid() &&
                                    banner_->message().key == QLatin1String("engine-restarted");
      if (!restarted_itself) banner_->clear(QStringLiteral("engine"));
      was_ready_ = true;
      const api::ServerInfo& server = client_->server();
      const QString folder = qstr(server.workspace);
      if (!folder.isEmpty()) {
        workspace_->setText(QDir(folder).dirName());
        workspace_->setToolTip(
            server.host.empty() ? folder : QStringLiteral("%1:%2").arg(qstr(server.host), folder));
        setWindowTitle(tr("%1 — RewardLoupe").arg(QDir(folder).dirName()));
      }
      QStringList devices;
      for (const std::string& device : server.devices) devices << qstr(device);
      devices_->setText(devices.join(QStringLiteral(", ")));
      devices_->setToolTip(tr("Devices of the engine; %1 CPU threads").arg(server.threads));
      break;
    }
    case EngineClient::State::dead:
      engine_died();
      break;
    case EngineClient::State::stopped:
      break;
  }
  update_badge();
}

void MainWindow::engine_died() {
  const bool restarts = was_ready_ && (!since_auto_restart_.isValid() ||
                                       since_auto_restart_.elapsed() > restart_pause_ms);
  Banner::Message message;
  message.severity = restarts ? Banner::Severity::warning : Banner::Severity::error;
  const QString log = client_->log_tail();
  message.details =
      log.isEmpty() ? client_->death_reason() : client_->death_reason() + QLatin1Char('\n') + log;
  message.key = restarts ? QStringLiteral("engine-restarted") : QStringLiteral("engine");
  const QString last_line = log.section(QLatin1Char('\n'), -1);
  message.text = client_->death_reason();
  if (!last_line.isEmpty() && !message.text.contains(last_line)) {
    message.text += QLatin1Char(' ') + tr("It said last: %1").arg(last_line);
  }
  if (restarts) {
    message.hint =
        tr("It was started again. Training jobs are processes of their own and went on.");
    since_auto_restart_.start();
    QTimer::singleShot(0, client_, [this] {
      if (client_->state() == EngineClient::State::dead) client_->start();
    });
  } else {
    message.action = tr("Restart");
    message.act = [this] { client_->start(); };
  }
  banner_->show_message(message);
}

void MainWindow::update_badge() {
  EngineBadge::State state = EngineBadge::State::starting;
  QString tooltip = client_->command().join(QLatin1Char(' '));
  switch (client_->state()) {
    case EngineClient::State::starting:
      break;
    case EngineClient::State::ready: {
      const bool busy = client_->pending() > 0 && !busy_timer_.isActive();
      state = !client_->responsive() ? EngineBadge::State::silent
              : busy                 ? EngineBadge::State::busy
                                     : EngineBadge::State::ready;
      const api::ServerInfo& server = client_->server();
      tooltip += tr("\nversion %1, LibTorch %2, process %3 on %4")
                     .arg(qstr(server.version), qstr(server.torch))
                     .arg(server.pid)
                     .arg(qstr(server.host));
      break;
    }
    case EngineClient::State::stopped:
    case EngineClient::State::dead:
      state = EngineBadge::State::dead;
      tooltip += QLatin1Char('\n') + client_->death_reason();
      break;
  }
  badge_->set_state(state, tooltip);
}

void MainWindow::show_failure(const QString& key, const Failure& failure) {
  // A dead engine has a banner of its own, which says more.
  if (client_->state() != EngineClient::State::ready) return;
  Banner::Message message;
  message.key = key;
  message.text = failure.what;
  message.hint = failure.hint;
  message.details = failure.details();
  banner_->show_message(message);
}

void MainWindow::show_about() {
  Banner::Message message;
  message.key = QStringLiteral("about");
  message.severity = Banner::Severity::info;
  message.text = tr("RewardLoupe %1, a workbench for reward models. GPL-3.0-or-later.")
                     .arg(QApplication::applicationVersion());
  message.details = tr("window: Qt %1\nengine: %2, LibTorch %3")
                        .arg(QString::fromLatin1(qVersion()), qstr(client_->server().version),
                             qstr(client_->server().torch));
  banner_->show_message(message);
}

void MainWindow::remember_geometry() {
  remembers_ = true;
  const QSettings settings;
  restoreGeometry(settings.value(QStringLiteral("window/geometry")).toByteArray());
  for (QSplitter* splitter : findChildren<QSplitter*>()) {
    splitter->restoreState(
        settings.value(QStringLiteral("window/") + splitter->objectName()).toByteArray());
  }
  const int mode = settings.value(QStringLiteral("window/theme"), 0).toInt();
  if (mode >= 0 && mode <= 2) {
    theme::apply(static_cast<theme::Mode>(mode));
    for (QActionGroup* group : findChildren<QActionGroup*>()) {
      group->actions().at(mode)->setChecked(true);
    }
  }
}

void MainWindow::closeEvent(QCloseEvent* event) {
  if (remembers_) {
    QSettings settings;
    settings.setValue(QStringLiteral("window/geometry"), saveGeometry());
    for (const QSplitter* splitter : findChildren<QSplitter*>()) {
      settings.setValue(QStringLiteral("window/") + splitter->objectName(), splitter->saveState());
    }
    settings.setValue(QStringLiteral("window/theme"), static_cast<int>(theme::mode()));
  }
  QMainWindow::closeEvent(event);
}

}  // namespace loupe::ui
