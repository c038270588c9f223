// SPDX-License-Identifier: GPL-3.0-or-later
// How the engine is started: which program, with which workspace and limits.
#pragma once

#include <QString>
#include <QStringList>

namespace loupe::ui {

struct EngineSetup {
  QStringList built_in;  // the engine that belongs to this window
  QStringList given;     // another command, e.g. {"ssh", "host", "rewardloupe-engine"}; or empty
  QString workspace;     // on the engine's machine; empty: the engine's own choice
  int threads = 0;       // 0: all
  QString device;        // "cpu", "cuda:0"; empty: the engine's choice
  double cache_gb = 0;   // loaded models kept; 0: the engine's choice
};

// Whether its files may be others than the desk's: true for every command that was given.
bool is_remote(const EngineSetup& setup);
// Program and arguments, whole. "serve" and the options are added where the command lacks them; ssh
// is told not to ask for a password, which nobody could type.
QStringList command_of(const EngineSetup& setup);

}  // namespace loupe::ui
