// SPDX-License-Identifier: GPL-3.0-or-later
// One question that is asked again and again with other words, as the user types: waits until the
// typing pauses; a newer question takes the older one's place.
#pragma once

#include <QObject>
#include <QTimer>

#include "ui/client/engine_client.h"

namespace loupe::ui {

class Asker : public QObject {
  Q_OBJECT
 public:
  static constexpr int pause_ms = 150;

  Asker(EngineClient* client, const char* method, QObject* parent);

  // At once.
  void ask(api::json params);
  // When nothing newer was wanted for a moment.
  void want(api::json params);
  // Nothing is wanted any more.
  void clear();
  bool busy() const { return pause_.isActive() || request_ != 0; }

 signals:
  void answered(const loupe::api::json& result);
  void failed(const loupe::ui::Failure& failure);

 private:
  void send();

  EngineClient* client_;
  const char* method_;
  api::json params_;
  QTimer pause_;
  EngineClient::RequestId request_ = 0;
};

// The result as a value of the wire. false: it is none, and `failure` says so.
template <class T>
bool read_result(const api::json& result, T* value, Failure* failure) {
  try {
    *value = result.get<T>();
    return true;
  } catch (const std::exception& error) {
    failure->what = Asker::tr("The engine's answer could not be read.");
    failure->where = QString::fromUtf8(error.what());
    failure->hint = Asker::tr("The window and the engine may be of different versions.");
    return false;
  }
}

}  // namespace loupe::ui
