// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/screenshots.h"

#include <QApplication>
#include <QDir>
#include <QPixmap>
#include <utility>

#include "ui/client/text.h"
#include "ui/client/workspace_mirror.h"
#include "ui/main_window.h"

namespace loupe::ui {
namespace {

constexpr int poll_ms = 100;
constexpr int engine_limit_ms = 60'000;
constexpr int data_limit_ms = 300'000;
constexpr int quiet_ms = 600;       // settled for this long: nothing more is on its way
constexpr int page_quiet_ms = 100;  // the same, of a page that was gone to just now

}  // namespace

Screenshots::Screenshots(MainWindow* window, const QString& folder, QObject* parent)
    : QObject(parent), window_(window), folder_(folder) {
  poll_.setInterval(poll_ms);
  connect(&poll_, &QTimer::timeout, this, &Screenshots::look);
}

void Screenshots::start() {
  window_->resize(1280, 720);
  window_->show();
  poll_.start();
}

void Screenshots::look() {
  waited_ms_ += poll_ms;
  const bool ready = window_->client()->state() == EngineClient::State::ready;
  // A dead engine that the window starts again is dead for less than one look.
  const bool dead = window_->client()->state() == EngineClient::State::dead;
  dead_looks_ = dead ? dead_looks_ + 1 : 0;
  settled_ms_ = ready && window_->settled() ? settled_ms_ + poll_ms : 0;
  QString message;
  if (!planned_ && settled_ms_ >= quiet_ms) {
    message = plan();
  } else if (planned_ && settled_ms_ >= page_quiet_ms) {
    message = take(shots_[next_]);
    if (message.isEmpty() && ++next_ == shots_.size()) return end({});
    settled_ms_ = 0;
    there_ = false;
  } else if (dead_looks_ > 1) {
    message = window_->client()->death_reason();
  } else if (!ready && waited_ms_ >= engine_limit_ms) {
    message = tr("the engine did not come up in 60 s");
  } else if (waited_ms_ >= data_limit_ms) {
    message = tr("the engine did not answer everything in 300 s");
  }
  if (!message.isEmpty()) return end(message + QLatin1Char('\n') + window_->client()->log_tail());
  if (planned_ && !std::exchange(there_, true)) {
    const Shot& shot = shots_[next_];
    theme::apply(shot.dark ? theme::Mode::dark : theme::Mode::light);
    window_->open(shot.place);
  }
}

QString Screenshots::plan() {
  if (!QDir().mkpath(folder_)) return tr("the folder %1 could not be made").arg(folder_);
  planned_ = true;
  before_ = theme::mode();
  settled_ms_ = 0;
  for (const bool dark : {false, true}) {
    for (const QString& name : window_->page_names()) {
      shots_.push_back({name, {{"page", stdstr(name)}}, dark});
      if (name != MainWindow::models_page || window_->mirror()->models().empty()) continue;
      shots_.back().place["tab"] = "overview";
      for (const char* tab : {"template", "tokenizer", "memory"}) {
        shots_.push_back({QStringLiteral("%1-%2").arg(name, QLatin1String(tab)),
                          {{"page", stdstr(name)}, {"tab", tab}},
                          dark});
      }
    }
  }
  return {};
}

QString Screenshots::take(const Shot& shot) {
  // Layouts and palettes settle in the event loop; the charts' redraw is pulled forward.
  for (int i = 0; i < 3; ++i) QApplication::processEvents(QEventLoop::ExcludeUserInputEvents);
  window_->flush();
  QApplication::processEvents(QEventLoop::ExcludeUserInputEvents);
  const QString path =
      QDir(folder_).filePath(shot.dark ? QStringLiteral("%1-dark.png").arg(shot.name)
                                       : QStringLiteral("%1.png").arg(shot.name));
  return window_->grab().save(path) ? QString() : tr("%1 could not be written").arg(path);
}

void Screenshots::end(const QString& message) {
  poll_.stop();
  if (planned_) theme::apply(before_);
  emit finished(message);
}

}  // namespace loupe::ui
