// SPDX-License-Identifier: GPL-3.0-or-later
// How far the engine is with one request, in a line: what it is at, a bar, the time left, Cancel.
// Hidden while it follows none.
#pragma once

#include <QWidget>

#include "ui/client/engine_client.h"

class QLabel;
class QProgressBar;
class QPushButton;

namespace loupe::ui {

class RequestProgress : public QWidget {
  Q_OBJECT
 public:
  // name: the beginning of its widgets' object names, NAME-phase, NAME-bar, NAME-cancel.
  RequestProgress(const QString& name, EngineClient* client, QWidget* parent = nullptr);

  // text: what is said until the engine says more.
  void follow(EngineClient::RequestId request, const QString& text);
  // The answer has come, or there will be none.
  void finish();
  bool busy() const { return request_ != 0; }

 signals:
  // The request was cancelled by the button; no answer will come.
  void cancelled();

 private:
  void take(const QString& method, const api::json& params);

  EngineClient* client_;
  EngineClient::RequestId request_ = 0;
  QLabel* phase_;
  QProgressBar* bar_;
  QLabel* left_;
  QPushButton* cancel_;
};

}  // namespace loupe::ui
