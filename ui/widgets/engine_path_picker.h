// SPDX-License-Identifier: GPL-3.0-or-later
// Choosing a file or folder on the engine's machine. It returns at once; the answer comes later.
#pragma once

#include <QString>
#include <QStringList>
#include <functional>

class QWidget;

namespace loupe::ui {

class EngineClient;

struct PickOptions {
  QString title;
  // Kinds that may be chosen, as in api::FolderEntry: "model", "data", "project", "workspace".
  // Empty: any file.
  QStringList kinds;
  // Any folder may be chosen as well, whatever its kind.
  bool folder_allowed = false;
  // Where to begin, a path of the engine; empty: where something of these kinds was chosen last,
  // or the home folder.
  QString start;
  // Not empty: a folder that is not there yet is chosen, by a place and a name; this is the name
  // suggested.
  QString new_folder;
};

// picked is called once, with an absolute path of the engine, and not at all when the user thought
// better of it or `parent` is gone.
void pick_engine_path(QWidget* parent, EngineClient* client, const PickOptions& options,
                      std::function<void(const QString& path)> picked);

}  // namespace loupe::ui
