// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/asker.h"

#include <utility>

namespace loupe::ui {

Asker::Asker(EngineClient* client, const char* method, QObject* parent)
    : QObject(parent), client_(client), method_(method) {
  pause_.setSingleShot(true);
  pause_.setInterval(pause_ms);
  connect(&pause_, &QTimer::timeout, this, &Asker::send);
}

void Asker::ask(api::json params) {
  params_ = std::move(params);
  send();
}

void Asker::want(api::json params) {
  params_ = std::move(params);
  pause_.start();
}

void Asker::clear() {
  pause_.stop();
  client_->cancel(std::exchange(request_, 0));
}

void Asker::send() {
  pause_.stop();
  request_ = client_->request(
      method_, params_, this,
      [this](const api::json& result) {
        request_ = 0;
        emit answered(result);
      },
      [this](const Failure& failure) {
        request_ = 0;
        emit failed(failure);
      },
      QLatin1String(method_));
}

}  // namespace loupe::ui
