// SPDX-License-Identifier: GPL-3.0-or-later
// Writing the model of a run as a folder that transformers opens, on the engine's machine: asks
// where and what, shows how far it is, and says what came of it. Hidden while there is nothing to
// say.
#pragma once

#include <QFrame>

#include "core/api/models.h"
#include "ui/client/engine_client.h"

class QCheckBox;
class QLabel;
class QPushButton;
class QToolButton;

namespace loupe::ui {

class FailureView;
class RequestProgress;

class ModelExport : public QFrame {
  Q_OBJECT
 public:
  explicit ModelExport(EngineClient* client, QWidget* parent = nullptr);

  // Asks for a folder that is not there yet.
  void choose(const api::Run& run);
  bool busy() const;

 protected:
  void changeEvent(QEvent*) override;

 private:
  void offer(const QString& path);
  bool low_rank() const;
  void show_choices();
  void start();
  void take(const api::Exported& exported);
  void say(const QString& text);
  void restyle();

  EngineClient* client_;
  api::Run run_;
  QString path_;
  QLabel* text_;
  QCheckBox* reference_;
  QCheckBox* merged_;
  QPushButton* start_;
  QPushButton* copy_;
  QToolButton* close_;
  RequestProgress* progress_;
  FailureView* failure_;
};

}  // namespace loupe::ui
