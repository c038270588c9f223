// SPDX-License-Identifier: GPL-3.0-or-later
// Keeps the engine up and says how it is: the badge, a banner when it is slow, dead or without
// LibTorch, and one restart by itself when it dies.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include "ui/client/engine_client.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/engine_badge.h"

namespace loupe::ui {

class TorchSetup;
class WorkspaceMirror;

class EngineKeeper : public QObject {
  Q_OBJECT
 public:
  EngineKeeper(EngineClient* client, WorkspaceMirror* mirror, EngineBadge* badge, Banner* banner,
               QObject* parent = nullptr);
  // An engine on another machine is reconnected to, not restarted.
  void set_remote(bool remote);
  // Anew, by the user's wish; what was said of the engine before is taken back.
  void start();
  // The last lines that it wrote, in a banner.
  void show_log();
  // An engine that has never been there has not died.
  void forget();

 private:
  void state_changed(EngineClient::State state);
  void died();
  void say_slow_start();
  void offer_torch();
  void fetch_torch();
  void update_badge();
  QString work_text() const;
  QString name_of_run(const api::json& id) const;
  QString again() const;

  EngineClient* client_;
  WorkspaceMirror* mirror_;
  EngineBadge* badge_;
  Banner* banner_;
  TorchSetup* torch_ = nullptr;
  QTimer busy_timer_, slow_start_timer_;
  QElapsedTimer since_auto_restart_;
  bool remote_ = false, was_ready_ = false;
};

}  // namespace loupe::ui
