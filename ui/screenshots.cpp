// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/screenshots.h"

#include <QApplication>
#include <QDir>
#include <QPixmap>

#include "ui/main_window.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

constexpr int poll_ms = 100;
constexpr int engine_limit_ms = 60'000;
constexpr int data_limit_ms = 300'000;
constexpr int quiet_ms = 600;  // settled for this long: nothing more is on its way

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
  if (settled_ms_ >= quiet_ms) {
    poll_.stop();
    emit finished(take_all());
  } else if (dead_looks_ > 1) {
    message = window_->client()->death_reason();
  } else if (!ready && waited_ms_ >= engine_limit_ms) {
    message = tr("the engine did not come up in 60 s");
  } else if (waited_ms_ >= data_limit_ms) {
    message = tr("the engine did not answer everything in 300 s");
  }
  if (!message.isEmpty()) {
    poll_.stop();
    emit finished(message + QLatin1Char('\n') + window_->client()->log_tail());
  }
}

QString Screenshots::take_all() {
  if (!QDir().mkpath(folder_)) return tr("the folder %1 could not be made").arg(folder_);
  const theme::Mode before = theme::mode();
  for (const bool dark : {false, true}) {
    theme::apply(dark ? theme::Mode::dark : theme::Mode::light);
    for (const QString& name : window_->page_names()) {
      window_->show_page(name);
      // Layouts and palettes settle in the event loop; the charts' redraw is pulled forward.
      for (int i = 0; i < 3; ++i) QApplication::processEvents(QEventLoop::ExcludeUserInputEvents);
      window_->flush();
      QApplication::processEvents(QEventLoop::ExcludeUserInputEvents);
      const QString path = QDir(folder_).filePath(dark ? QStringLiteral("%1-dark.png").arg(name)
                                                       : QStringLiteral("%1.png").arg(name));
      if (!window_->grab().save(path)) return tr("%1 could not be written").arg(path);
    }
  }
  theme::apply(before);
  return {};
}

}  // namespace loupe::ui
