// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window.h"

#include <QAction>
#include <QApplication>
#include <QMouseEvent>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/client/workspace_mirror.h"
#include "ui/drop_target.h"
#include "ui/frame/engine_keeper.h"
#include "ui/frame/jobs_panel.h"
#include "ui/frame/start_page.h"
#include "ui/frame/top_bar.h"
#include "ui/inspect/inspect_page.h"
#include "ui/models/models_page.h"
#include "ui/runs/runs_page.h"
#include "ui/shift/shift_page.h"
#include "ui/train/train_page.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/engine_badge.h"
#include "ui/widgets/navigation_rail.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

constexpr int arrival_look_ms = 50, session_ms = 30'000;
constexpr int jobs_height = 240;

}  // namespace

MainWindow::MainWindow(const QStringList& engine_command, const QString& workspace, QWidget* parent)
    : MainWindow(
          EngineSetup{
              .built_in = engine_command, .given = {}, .workspace = workspace, .device = {}},
          parent) {}

MainWindow::MainWindow(const EngineSetup& setup, QWidget* parent)
    : QMainWindow(parent), setup_(setup), fixed_engine_(!setup.given.isEmpty()) {
  setWindowIcon(QIcon(QStringLiteral(":/icons/rewardloupe.svg")));
  client_ = new EngineClient(command_of(setup_), this);
  mirror_ = new WorkspaceMirror(client_, this);
  make_actions();
  make_pages();
  make_layout();
  keeper_ = new EngineKeeper(client_, mirror_, badge(), banner_, this);
  make_menus();
  connect_pages();
  connect_engine();
  arriving_.setInterval(arrival_look_ms);
  session_timer_.setInterval(session_ms);
  connect(&session_timer_, &QTimer::timeout, this, &MainWindow::save_session);
  show_title();
  show_recent();
  bring_up(entries_.front());
  history_.visit(current_place());
  update_steps();
  resize(1280, 720);
  setAcceptDrops(true);
  qApp->installEventFilter(this);
}

void MainWindow::make_pages() {
  home_ = new StartPage(client_, mirror_, this);
  models_ = new ModelsPage(client_, mirror_, this);
  train_ = new TrainPage(client_, mirror_, this);
  runs_ = new RunsPage(client_, mirror_, this);
  inspect_ = new InspectPage(client_, mirror_, this);
  shift_ = new ShiftPage(client_, mirror_, this);
  // The order on the rail; the first is reached by Ctrl+0, the others by Ctrl+1, Ctrl+2, …
  entries_ = {
      {home_page, tr("Home"), QStringLiteral("home"),
       tr("The workspace, its models and the sample projects"), home_},
      {models_page, tr("Models"), QStringLiteral("kind-model"),
       tr("The models of the workspace, and what they are made of"), models_},
      {train_page, tr("Train"), QStringLiteral("train"),
       tr("Train explicit and implicit reward models"), train_},
      {runs_page, tr("Runs"), QStringLiteral("runs"), tr("Training runs and their curves"), runs_},
      {inspect_page, tr("Inspect"), QStringLiteral("inspect"),
       tr("What each token adds to a reward"), inspect_},
      {shift_page, tr("Shift"), QStringLiteral("shift"),
       tr("Say it in other words, and see which reward moves"), shift_},
  };
}

void MainWindow::make_layout() {
  rail_ = new NavigationRail(this);
  pages_ = new QStackedWidget(this);
  for (size_t i = 0; i < entries_.size(); ++i) {
    const Entry& entry = entries_[i];
    rail_->add_page(entry.title, entry.icon, tr("%1 (Ctrl+%2)").arg(entry.tooltip).arg(i));
    pages_->addWidget(entry.page);
  }
  banner_ = new Banner(this);
  jobs_ = new JobsPanel(client_, mirror_, this);
  top_ = new TopBar(back_, forward_, search_, this);
  splitter_ = new QSplitter(Qt::Vertical, this);
  splitter_->setObjectName(QStringLiteral("frame-splitter"));
  splitter_->setChildrenCollapsible(false);
  splitter_->setHandleWidth(0);
  splitter_->addWidget(pages_);
  splitter_->addWidget(jobs_);
  splitter_->setStretchFactor(0, 1);
  splitter_->setStretchFactor(1, 0);
  auto* centre = new QWidget(this);
  auto* across = new QHBoxLayout(centre);
  across->setContentsMargins(0, 0, 0, 0);
  across->setSpacing(0);
  auto* column = new QVBoxLayout;
  column->setSpacing(0);
  column->addWidget(top_);
  column->addWidget(banner_);
  column->addWidget(splitter_, 1);
  across->addWidget(rail_);
  across->addLayout(column, 1);
  setCentralWidget(centre);
  palette_ = new CommandPalette(centre);
  drop_ = new DropTarget(centre);
  connect(drop_, &DropTarget::dropped, this, &MainWindow::open_dropped);
}

void MainWindow::connect_pages() {
  connect(rail_, &NavigationRail::picked, this, [this](int page) {
    touched_ = true;
    show_page(entries_[static_cast<size_t>(page)].name);
  });
  for (const Entry& entry : entries_) {
    Page* page = entry.page;
    connect(page, &Page::message, this, [this](const Banner::Message& message) {
      // A dead engine has a banner of its own, which says more.
      if (client_->state() == EngineClient::State::ready) banner_->show_message(message);
    });
    connect(page, &Page::message_over, banner_, &Banner::clear);
    connect(page, &Page::open_wanted, this, [this](const Place& place) {
      touched_ = true;
      open(place);
    });
    connect(page, &Page::place_changed, this, [this, page] { place_moved(page); });
  }
  connect(home_, &StartPage::new_workspace_wanted, this, &MainWindow::new_workspace);
  connect(home_, &StartPage::open_workspace_wanted, this, &MainWindow::open_workspace);
  connect(home_, &StartPage::workspace_wanted, this, &MainWindow::switch_workspace);
  connect(home_, &StartPage::remove_wanted, this, &MainWindow::remove_recent);
  connect(jobs_, &JobsPanel::show_run_wanted, this, [this](qint64 run) {
    open({{"page", "runs"}, {"runs", {run}}});
  });
  connect(jobs_, &JobsPanel::toggled, this, [this](bool open) {
    splitter_->setHandleWidth(open ? theme::grid / 2 : 0);
    // The splitter keeps the room of a closed panel unless it is told.
    const QList<int> sizes = splitter_->sizes();
    const int all = sizes.value(0) + sizes.value(1);
    const int below = open ? jobs_height : jobs_->maximumHeight();
    splitter_->setSizes({all - below, below});
    jobs_action_->setChecked(open);
  });
  connect(jobs_, &JobsPanel::job_failed, this, [this](const api::Job& job) {
    Failure failure = failure_from_text(job.error);
    failure.what = tr("%1 failed: %2").arg(qstr(job.title), failure.what);
    if (!job.log_tail.empty()) failure.where += QLatin1Char('\n') + qstr(job.log_tail);
    show_failure(QStringLiteral("job-%1").arg(job.id), failure);
  });
  connect(palette_, &CommandPalette::chosen, this,
          [this] { session_.palette = palette_->recent(); });
  connect(&arriving_, &QTimer::timeout, this, [this] {
    const Entry* now = entry(page());
    if (now == nullptr || now->page->settled()) {
      arriving_.stop();
      history_.amend(current_place());
      update_steps();
    }
  });
}

void MainWindow::connect_engine() {
  connect(client_, &EngineClient::state_changed, this, [this](EngineClient::State state) {
    if (state == EngineClient::State::ready) engine_ready();
  });
  connect(mirror_, &WorkspaceMirror::failed, this,
          [this](const Failure& failure) { show_failure(QStringLiteral("workspace"), failure); });
  connect(mirror_, &WorkspaceMirror::runs_changed, this, &MainWindow::first_look);
  connect(mirror_, &WorkspaceMirror::models_changed, this, &MainWindow::first_look);
}

EngineBadge* MainWindow::badge() const {
  return top_->badge();
}

const MainWindow::Entry* MainWindow::entry(const QString& name) const {
  const auto it = std::find_if(entries_.begin(), entries_.end(),
                               [&](const Entry& one) { return one.name == name; });
  return it == entries_.end() ? nullptr : &*it;
}

QString MainWindow::page() const {
  return entries_[static_cast<size_t>(pages_->currentIndex())].name;
}

QStringList MainWindow::page_names() const {
  QStringList names;
  for (const Entry& one : entries_) names << one.name;
  return names;
}

bool MainWindow::settled() const {
  // A page that nobody looks at has nothing to show.
  return looked_ && std::all_of(entries_.begin(), entries_.end(), [](const Entry& one) {
           return one.page->isHidden() || one.page->settled();
         });
}

void MainWindow::flush() {
  for (const Entry& one : entries_) one.page->flush();
}

Place MainWindow::current_place() const {
  const Entry& now = entries_[static_cast<size_t>(pages_->currentIndex())];
  Place place = now.page->place();
  if (!place.is_object()) place = Place::object();
  place["page"] = stdstr(now.name);
  return place;
}

void MainWindow::bring_up(const Entry& entry) {
  const int index = static_cast<int>(&entry - entries_.data());
  pages_->setCurrentIndex(index);
  rail_->set_current(index);
  entry.page->setFocus(Qt::OtherFocusReason);
  if (page_menu_ != nullptr) fill_page_menu();
}

void MainWindow::show_page(const QString& name) {
  open({{"page", stdstr(name)}});
}

void MainWindow::open(const Place& place) {
  const Entry* there =
      place.is_object() ? entry(qstr(place.value("page", std::string()))) : nullptr;
  if (there == nullptr) return;
  // What the page that is left has come to meanwhile is what one comes back to.
  if (!arriving_.isActive()) history_.amend(current_place());
  arriving_.stop();
  bring_up(*there);
  if (place.size() > 1) {
    waiting_.remove(there->name);
    going_ = true;
    there->page->go(place);
    going_ = false;
    arriving_.start();
  }
  history_.visit(current_place());
  update_steps();
}

void MainWindow::go_to(const Place* place) {
  if (place == nullptr) return;
  const Entry* there = entry(qstr(place->value("page", std::string())));
  if (there == nullptr) return;
  touched_ = true;
  arriving_.stop();
  bring_up(*there);
  going_ = true;
  there->page->go(Place(*place));
  going_ = false;
  arriving_.start();
  update_steps();
}

void MainWindow::place_moved(Page* page) {
  if (going_ || pages_->currentWidget() != page) return;
  if (arriving_.isActive() && !page->settled()) {
    history_.amend(current_place());
  } else {
    arriving_.stop();
    touched_ = true;
    waiting_.remove(this->page());
    history_.visit(current_place());
  }
  update_steps();
}

void MainWindow::update_steps() {
  back_->setEnabled(history_.can_go_back());
  forward_->setEnabled(history_.can_go_forward());
}

void MainWindow::first_look() {
  if (looked_ || !mirror_->loaded() || !mirror_->knows_models()) return;
  looked_ = true;
  restore_places();
  const bool empty = mirror_->runs().empty() || mirror_->models().empty();
  if (touched_) return;
  const QString wanted = empty ? home_page : page() == home_page ? runs_page : page();
  if (wanted != page()) bring_up(*entry(wanted));
  history_.amend(current_place());
}

void MainWindow::restore_places() {
  going_ = true;
  for (auto it = waiting_.cbegin(); it != waiting_.cend(); ++it) {
    if (const Entry* there = entry(it.key())) there->page->go(it.value());
  }
  going_ = false;
  waiting_.clear();
  arriving_.start();
}

void MainWindow::show_failure(const QString& key, const Failure& failure) {
  // A dead engine has a banner of its own, which says more.
  if (client_->state() != EngineClient::State::ready) return;
  banner_->show_message(Page::failure_message(key, failure));
}

bool MainWindow::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::Paint && watched == this && !std::exchange(painted_, true)) {
    QTimer::singleShot(0, this, &MainWindow::usable);
  }
  if (drop_->take(watched, event)) return true;
  if (event->type() != QEvent::MouseButtonPress) return QMainWindow::eventFilter(watched, event);
  const auto* widget = qobject_cast<QWidget*>(watched);
  if (widget == nullptr || widget->window() != this) return false;
  // A click beside the palette closes it, whatever takes or takes no focus there.
  if (widget != palette_ && !palette_->isAncestorOf(widget)) palette_->hide();
  const Qt::MouseButton button = static_cast<QMouseEvent*>(event)->button();
  if (button == Qt::BackButton) back_->trigger();
  if (button == Qt::ForwardButton) forward_->trigger();
  return button == Qt::BackButton || button == Qt::ForwardButton;
}

}  // namespace loupe::ui
