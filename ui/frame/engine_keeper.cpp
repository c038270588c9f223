// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/frame/engine_keeper.h"

#include <QCoreApplication>
#include <QHash>
#include <QLocale>
#include <QStringList>

#include "ui/client/text.h"
#include "ui/client/torch_setup.h"
#include "ui/client/workspace_mirror.h"

namespace loupe::ui {
namespace {

constexpr int busy_after_ms = 300;     // shorter work does not flicker the badge
constexpr int slow_start_ms = 30'000;  // then the window says that it still waits
constexpr qint64 restart_pause_ms =
    60'000;  // one restart by itself in this time, no loop of deaths

const QString engine_key = QStringLiteral("engine");
const QString restarted_key = QStringLiteral("engine-restarted");
const QString torch_key = QStringLiteral("torch");

QString bytes_text(qint64 bytes) {
  static const QLocale plain(QLocale::English, QLocale::UnitedStates);
  return plain.formattedDataSize(bytes, 0, QLocale::DataSizeSIFormat);
}

}  // namespace

EngineKeeper::EngineKeeper(EngineClient* client, WorkspaceMirror* mirror, EngineBadge* badge,
                           Banner* banner, QObject* parent)
    : QObject(parent), client_(client), mirror_(mirror), badge_(badge), banner_(banner) {
  connect(badge_, &EngineBadge::restart_wanted, this, &EngineKeeper::start);
  connect(client_, &EngineClient::state_changed, this, &EngineKeeper::state_changed);
  connect(client_, &EngineClient::responsive_changed, this, &EngineKeeper::update_badge);
  connect(client_, &EngineClient::work_changed, this, &EngineKeeper::update_badge);
  busy_timer_.setSingleShot(true);
  busy_timer_.setInterval(busy_after_ms);
  connect(&busy_timer_, &QTimer::timeout, this, &EngineKeeper::update_badge);
  connect(client_, &EngineClient::pending_changed, this, [this](int pending) {
    if (pending == 0) {
      busy_timer_.stop();
      update_badge();
    } else if (badge_->state() == EngineBadge::State::busy) {
      update_badge();
    } else if (!busy_timer_.isActive()) {
      busy_timer_.start();
    }
  });
  slow_start_timer_.setSingleShot(true);
  slow_start_timer_.setInterval(slow_start_ms);
  connect(&slow_start_timer_, &QTimer::timeout, this, &EngineKeeper::say_slow_start);
}

void EngineKeeper::set_remote(bool remote) {
  remote_ = remote;
  badge_->set_remote(remote);
}

QString EngineKeeper::again() const {
  return remote_ ? tr("Reconnect") : tr("Restart");
}

void EngineKeeper::start() {
  banner_->clear(engine_key);
  banner_->clear(restarted_key);
  client_->start();
}

void EngineKeeper::forget() {
  was_ready_ = false;
  since_auto_restart_.invalidate();
}

void EngineKeeper::state_changed(EngineClient::State state) {
  slow_start_timer_.stop();
  switch (state) {
    case EngineClient::State::starting:
      slow_start_timer_.start();
      break;
    case EngineClient::State::ready:
      // "It died and was started again" stays until it is read.
      banner_->clear(engine_key);
      banner_->clear(torch_key);
      was_ready_ = true;
      break;
    case EngineClient::State::dead:
      if (TorchSetup::needs_torch(client_->exit_code(), client_->log_tail())) {
        offer_torch();
      } else {
        died();
      }
      break;
    case EngineClient::State::stopped:
      break;
  }
  update_badge();
}

void EngineKeeper::say_slow_start() {
  Banner::Message message;
  message.key = engine_key;
  message.severity = Banner::Severity::warning;
  message.text = tr("The engine has not answered for 30 s.");
  message.hint = tr("It was started as: %1").arg(client_->command().join(QLatin1Char(' ')));
  message.details = client_->log_tail();
  message.action = again();
  message.act = [this] { start(); };
  banner_->show_message(message);
}

void EngineKeeper::died() {
  const bool restarts = was_ready_ && (!since_auto_restart_.isValid() ||
                                       since_auto_restart_.elapsed() > restart_pause_ms);
  Banner::Message message;
  message.severity = restarts ? Banner::Severity::warning : Banner::Severity::error;
  message.key = restarts ? restarted_key : engine_key;
  const QString log = client_->log_tail();
  message.details = client_->death_reason() + QLatin1Char('\n') +
                    client_->command().join(QLatin1Char(' ')) +
                    (log.isEmpty() ? QString() : QLatin1Char('\n') + log);
  const QString last_line = log.section(QLatin1Char('\n'), -1);
  message.text =
      remote_ ? tr("The engine on the other machine was lost: %1").arg(client_->death_reason())
              : client_->death_reason();
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
    banner_->clear(restarted_key);
    message.action = again();
    message.act = [this] { start(); };
  }
  banner_->show_message(message);
}

void EngineKeeper::show_log() {
  Banner::Message message;
  message.key = QStringLiteral("log");
  message.severity = Banner::Severity::info;
  message.text = tr("The last lines that the engine wrote.");
  message.details = client_->log_tail().isEmpty() ? tr("(nothing)") : client_->log_tail();
  banner_->show_message(message);
}

void EngineKeeper::offer_torch() {
  Banner::Message message;
  message.key = torch_key;
  message.severity = Banner::Severity::info;
  message.text = tr("LibTorch is needed to compute, and is not here yet: 540 MB to download.");
  message.hint = tr("It comes from the Python package index, once.");
  message.details = client_->log_tail();
  message.action = tr("Download");
  message.act = [this] { fetch_torch(); };
  banner_->show_message(message);
}

void EngineKeeper::fetch_torch() {
  if (torch_ != nullptr) return;
  torch_ = new TorchSetup(TorchSetup::engine_of(client_->command()), this);
  const auto say = [this](const QString& text, double progress) {
    Banner::Message message;
    message.key = torch_key;
    message.severity = Banner::Severity::info;
    message.text = text;
    message.progress = progress;
    message.action = tr("Cancel");
    message.act = [this] {
      if (torch_ != nullptr) torch_->cancel();
    };
    banner_->show_message(message);
  };
  connect(
      torch_, &TorchSetup::progress, this, [say](const QString& phase, qint64 done, qint64 total) {
        const double share = total > 0 ? static_cast<double>(done) / static_cast<double>(total) : 0;
        say(phase == QLatin1String("unpack")    ? tr("Unpacking LibTorch")
            : phase == QLatin1String("waiting") ? tr("Waiting for another download of LibTorch")
            : total > 0 ? tr("Downloading LibTorch, %1").arg(bytes_text(total))
                        : tr("Downloading LibTorch"),
            share);
      });
  connect(torch_, &TorchSetup::finished, this, [this](bool ok, const QString& reason) {
    std::exchange(torch_, nullptr)->deleteLater();
    banner_->clear(torch_key);
    if (ok) {
      client_->start();
      return;
    }
    Banner::Message message;
    message.key = torch_key;
    message.severity = Banner::Severity::warning;
    message.text = tr("LibTorch was not downloaded: %1").arg(reason);
    message.action = tr("Download");
    message.act = [this] { fetch_torch(); };
    banner_->show_message(message);
  });
  say(tr("Downloading LibTorch"), 0);
  torch_->start();
}

QString EngineKeeper::name_of_run(const api::json& id) const {
  if (!id.is_number_integer()) return {};
  const api::Run* run = mirror_->run(id.get<qint64>());
  return run == nullptr ? QString() : qstr(run->name);
}

namespace {

// What each method says that it does (core/api), by its name.
QString doing_of(const QString& method) {
  static const QHash<QString, std::string> all = [] {
    QHash<QString, std::string> out;
    api::each_method(api::AllMethods(), [&]<class M>() {
      out.insert(QString::fromLatin1(M::name), std::string(M::doing));
    });
    return out;
  }();
  return QCoreApplication::translate("loupe", all.value(method).c_str());
}

}  // namespace

QString EngineKeeper::work_text() const {
  const auto work = client_->work();
  if (!work) return {};
  QStringList runs;
  if (const auto it = work->about.find("run"); it != work->about.end()) runs << name_of_run(*it);
  if (const auto it = work->about.find("of"); it != work->about.end()) {
    for (const auto& of : it->is_array() ? *it : api::json::array({*it})) {
      const auto id = api::ScorerId::of_text(of.is_string() ? of.get<std::string>() : "");
      if (id && id->is_run()) runs << name_of_run(id->id);
    }
  }
  runs.removeAll(QString());
  const QString names = runs.join(QStringLiteral(", "));
  QString text = doing_of(work->method);
  if (!text.isEmpty() && !names.isEmpty()) text = tr("%1 of %2").arg(text, names);
  if (!work->phase.isEmpty()) {
    text += text.isEmpty() ? work->phase : QStringLiteral(", ") + work->phase;
  }
  if (work->total > 0) text += tr(" %1 %").arg(qRound(100 * work->done / work->total));
  return text;
}

void EngineKeeper::update_badge() {
  EngineBadge::State state = EngineBadge::State::starting;
  QString tooltip = client_->command().join(QLatin1Char(' ')), work;
  switch (client_->state()) {
    case EngineClient::State::starting:
      break;
    case EngineClient::State::ready: {
      const bool busy = client_->pending() > 0 && !busy_timer_.isActive();
      state = !client_->responsive() ? EngineBadge::State::silent
              : busy                 ? EngineBadge::State::busy
                                     : EngineBadge::State::ready;
      if (busy) work = work_text();
      const api::ServerInfo& server = client_->server();
      tooltip += tr("\nversion %1, LibTorch %2, process %3 on %4")
                     .arg(qstr(server.version), qstr(server.torch))
                     .arg(server.pid)
                     .arg(qstr(server.host));
      if (!work.isEmpty()) tooltip = work + QLatin1Char('\n') + tooltip;
      break;
    }
    case EngineClient::State::stopped:
    case EngineClient::State::dead:
      state = EngineBadge::State::dead;
      tooltip += QLatin1Char('\n') + client_->death_reason();
      break;
  }
  badge_->set_state(state, tooltip, work);
}

}  // namespace loupe::ui
