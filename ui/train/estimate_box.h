// SPDX-License-Identifier: GPL-3.0-or-later
// What the runs will take, before they are started: memory, disk, time, pairs, and the same as a
// command line. Asks the engine a little after the last change.
#pragma once

#include <QFrame>
#include <QHash>
#include <QTimer>
#include <optional>

#include "ui/client/engine_client.h"
#include "ui/train/train_setup.h"

class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;

namespace loupe::ui {

class ErrorLabel;

class EstimateBox : public QFrame {
  Q_OBJECT
 public:
  explicit EstimateBox(EngineClient* client, QWidget* parent = nullptr);

  // Asks anew for these runs, unless they are those known already.
  void ask(const TrainSetup& setup);
  // Nothing to ask, and why.
  void clear(const QString& why);
  bool settled() const { return asking_ == 0 && !timer_.isActive(); }
  // Why they cannot be started, with the numbers; empty when they can, or nobody knows.
  QString refusal() const;
  // In place of what the engine said, when that is said elsewhere.
  void say(const QString& text);

 signals:
  void changed();
  // The engine refused the recipe or the data.
  void failed(const loupe::ui::Failure& failure);

 protected:
  void changeEvent(QEvent*) override;

 private:
  void ask_now();
  void take(const QString& type, api::Estimate estimate);
  void show_numbers();
  void show_failure(const Failure& failure);
  void restyle();

  EngineClient* client_;
  TrainSetup setup_;
  api::json asked_;
  QTimer timer_;
  QHash<QString, EngineClient::RequestId> requests_;
  QHash<QString, api::Estimate> known_;
  int asking_ = 0;
  QString refusal_;
  QLabel* title_;
  QProgressBar* memory_;
  QLabel* memory_text_;
  QLabel* time_;
  QLabel* disk_;
  QLabel* pairs_;
  QLabel* left_out_;
  QLineEdit* command_;
  QPushButton* copy_;
  ErrorLabel* error_;
  QString commands_;
  bool restyling_ = false, fits_memory_ = true;
};

// 3.1 GB, 120 MB
QString bytes_text(double bytes);

}  // namespace loupe::ui
