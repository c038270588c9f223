// SPDX-License-Identifier: GPL-3.0-or-later
// What the window remembers from one day to the next, in one file: written whole or not at all, and
// never in the way: a file that cannot be read is put aside.
#pragma once

#include <QByteArray>
#include <QMap>
#include <QString>
#include <QStringList>
#include <functional>
#include <vector>

#include "ui/widgets/page.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {

struct Settings {
  int threads = 0;      // 0: all
  QString device;       // empty: the engine's choice
  double cache_gb = 0;  // 0: the engine's choice
  QString engine;       // command; empty: the engine that belongs to the window
  theme::Mode theme = theme::Mode::system;
};

struct RecentWorkspace {
  QString path;
  QString engine;     // as in Settings: a path means something only on its own machine
  double opened = 0;  // seconds since 1970
};

struct Session {
  QByteArray geometry;
  QMap<QString, QByteArray> splitters;  // by objectName
  bool jobs_open = false;
  Settings settings;
  QString workspace, engine;    // the last one open, and its engine
  QString page;                 // the one shown
  QMap<QString, Place> places;  // where each page was
  std::vector<Place> history;
  std::vector<RecentWorkspace> recent;  // newest first
  QStringList palette;                  // what was chosen in the command palette, newest first
};

class SessionFile {
 public:
  static constexpr int version = 1;
  static constexpr size_t kept_history = 20, kept_recent = 12;
  static QString default_path();

  explicit SessionFile(QString path) : path_(std::move(path)) {}
  const QString& path() const { return path_; }

  // What the file says, or nothing remembered. note: for the user, when the file was put aside.
  Session load(QString* note) const;
  // Why it could not be written; empty when it was, or when nothing has changed since.
  QString save(const Session& session);
  // The same without waiting for the disk; done is called later, in the thread and in the life of
  // `context`.
  void save_later(const Session& session, QObject* context,
                  std::function<void(const QString& reason)> done);

 private:
  // What is to be written; empty when nothing has changed.
  QByteArray changed(const Session& session);
  QString path_;
  QByteArray written_;
};

// Newest first, each once; the oldest go.
void remember_workspace(std::vector<RecentWorkspace>* recent, const QString& path,
                        const QString& engine, double now);

}  // namespace loupe::ui
