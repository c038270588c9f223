// SPDX-License-Identifier: GPL-3.0-or-later
// Scores the pinned variants that have no numbers yet (pinned in haste, brought back with the
// session, or from before a model was added), one at a time while nothing else is asked. What is
// being typed goes first.
#pragma once

#include <QObject>
#include <QSet>

#include "ui/client/engine_client.h"
#include "ui/shift/variant_model.h"

namespace loupe::ui::shift {

class VariantFiller : public QObject {
  Q_OBJECT
 public:
  VariantFiller(EngineClient* client, VariantModel* model, QObject* parent = nullptr);

  // The engine is free.
  void fill();
  void stop();
  bool busy() const { return request_ != 0; }

 private:
  void take(const Question& question, const api::json& result);

  EngineClient* client_;
  VariantModel* model_;
  EngineClient::RequestId request_ = 0;
  // Asked before without success, as VariantModel::Missing::key(): once is enough.
  QSet<QString> failed_;
};

}  // namespace loupe::ui::shift
