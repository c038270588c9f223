// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/frame/session.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QPointer>
#include <QSaveFile>
#include <QStandardPaths>
#include <QThreadPool>
#include <algorithm>

#include "ui/client/text.h"

namespace loupe::ui {
namespace {

using api::json;

QString text(const json& object, const char* key) {
  return qstr(object.value(key, std::string()));
}

QByteArray bytes(const std::string& base64) {
  return QByteArray::fromBase64(QByteArray::fromStdString(base64));
}

json to_json(const Session& session) {
  json splitters = json::object(), places = json::object(), recent = json::array();
  for (auto it = session.splitters.cbegin(); it != session.splitters.cend(); ++it) {
    splitters[stdstr(it.key())] = it.value().toBase64().toStdString();
  }
  for (auto it = session.places.cbegin(); it != session.places.cend(); ++it) {
    places[stdstr(it.key())] = it.value();
  }
  for (const RecentWorkspace& one : session.recent) {
    recent.push_back(
        {{"path", stdstr(one.path)}, {"engine", stdstr(one.engine)}, {"opened", one.opened}});
  }
  json palette = json::array();
  for (const QString& key : session.palette) palette.push_back(stdstr(key));
  const Settings& settings = session.settings;
  return {{"version", SessionFile::version},
          {"geometry", session.geometry.toBase64().toStdString()},
          {"splitters", splitters},
          {"jobs_open", session.jobs_open},
          {"settings",
           {{"threads", settings.threads},
            {"device", stdstr(settings.device)},
            {"cache_gb", settings.cache_gb},
            {"engine", stdstr(settings.engine)},
            {"theme", static_cast<int>(settings.theme)}}},
          {"workspace", stdstr(session.workspace)},
          {"engine", stdstr(session.engine)},
          {"page", stdstr(session.page)},
          {"places", places},
          {"history", session.history},
          {"recent", recent},
          {"palette", palette}};
}

// Throws json::exception on anything that is not as to_json writes it.
Session from_json(const json& from) {
  Session session;
  session.geometry = bytes(from.value("geometry", std::string()));
  const json splitters = from.value("splitters", json::object());
  for (const auto& [name, state] : splitters.items()) {
    session.splitters[qstr(name)] = bytes(state.get<std::string>());
  }
  session.jobs_open = from.value("jobs_open", false);
  const json settings = from.value("settings", json::object());
  session.settings.threads = std::clamp(settings.value("threads", 0), 0, 4096);
  session.settings.device = text(settings, "device");
  session.settings.cache_gb = std::clamp(settings.value("cache_gb", 0.0), 0.0, 1e5);
  session.settings.engine = text(settings, "engine");
  const int mode = settings.value("theme", 0);
  session.settings.theme = mode == 1   ? theme::Mode::light
                           : mode == 2 ? theme::Mode::dark
                                       : theme::Mode::system;
  session.workspace = text(from, "workspace");
  session.engine = text(from, "engine");
  session.page = text(from, "page");
  const json places = from.value("places", json::object());
  for (const auto& [page, place] : places.items()) {
    if (place.is_object()) session.places[qstr(page)] = place;
  }
  for (const json& place : from.value("history", json::array())) {
    if (place.is_object()) session.history.push_back(place);
  }
  for (const json& one : from.value("recent", json::array())) {
    session.recent.push_back({text(one, "path"), text(one, "engine"), one.value("opened", 0.0)});
  }
  for (const json& key : from.value("palette", json::array())) {
    session.palette << qstr(key.get<std::string>());
  }
  return session;
}

QString write(const QString& path, const QByteArray& text) {
  QDir().mkpath(QFileInfo(path).path());
  QSaveFile file(path);
  const bool done =
      file.open(QIODevice::WriteOnly) && file.write(text) == text.size() && file.commit();
  return done ? QString() : file.errorString();
}

}  // namespace

QString SessionFile::default_path() {
  return QDir(QStandardPaths::writableLocation(QStandardPaths::AppDataLocation))
      .filePath(QStringLiteral("session.json"));
}

Session SessionFile::load(QString* note) const {
  QFile file(path_);
  if (!file.exists()) return {};
  QString reason;
  if (!file.open(QIODevice::ReadOnly)) {
    reason = file.errorString();
  } else {
    try {
      const json read = json::parse(file.readAll().toStdString());
      const int found = read.at("version").get<int>();
      if (found == version) return from_json(read);
      reason = QCoreApplication::translate("Session", "it is of version %1, this window knows %2")
                   .arg(found)
                   .arg(version);
    } catch (const std::exception& error) {
      reason = QString::fromUtf8(error.what());
    }
  }
  file.close();
  const QString aside =
      path_ + QStringLiteral(".damaged-") +
      QDateTime::currentDateTime().toString(QStringLiteral("yyyy-MM-dd-HHmmss-zzz"));
  const bool moved = QFile::rename(path_, aside);
  if (note != nullptr) {
    *note = QCoreApplication::translate(
                "Session", "What the window remembered could not be read, so it begins anew.") +
            QLatin1Char('\n') + path_ + QStringLiteral(": ") + reason +
            (moved ? QLatin1Char('\n') +
                         QCoreApplication::translate("Session", "It was kept as %1").arg(aside)
                   : QString());
  }
  return {};
}

QByteArray SessionFile::changed(const Session& session) {
  const QByteArray text = QByteArray::fromStdString(
      to_json(session).dump(1, ' ', false, json::error_handler_t::replace) + "\n");
  if (text == written_) return {};
  written_ = text;
  return text;
}

QString SessionFile::save(const Session& session) {
  QThreadPool::globalInstance()->waitForDone();  // an older one on its way
  const QByteArray text = changed(session);
  if (text.isEmpty()) return {};
  const QString reason = write(path_, text);
  if (!reason.isEmpty()) written_.clear();
  return reason;
}

void SessionFile::save_later(const Session& session, QObject* context,
                             std::function<void(const QString& reason)> done) {
  const QByteArray text = changed(session);
  if (text.isEmpty()) return;
  // The thread may outlive the context, which owns this; what it has to say then is for nobody.
  QThreadPool::globalInstance()->start(
      [this, path = path_, text, context = QPointer<QObject>(context), done = std::move(done)] {
        const QString reason = write(path, text);
        QMetaObject::invokeMethod(
            QCoreApplication::instance(),
            [this, context, done, reason] {
              if (context == nullptr) return;
              if (!reason.isEmpty()) written_.clear();  // to be tried again
              done(reason);
            },
            Qt::QueuedConnection);
      });
}

void remember_workspace(std::vector<RecentWorkspace>* recent, const QString& path,
                        const QString& engine, double now) {
  std::erase_if(*recent, [&](const RecentWorkspace& one) {
    return one.path == path && one.engine == engine;
  });
  recent->insert(recent->begin(), {path, engine, now});
  if (recent->size() > SessionFile::kept_recent) recent->resize(SessionFile::kept_recent);
}

}  // namespace loupe::ui
