// SPDX-License-Identifier: GPL-3.0-or-later
// What a run's job wrote: the end of its log, followed while the job goes on and the log is looked
// at.
#pragma once

#include <QTimer>
#include <QWidget>

#include "ui/client/engine_client.h"

class QLabel;
class QPlainTextEdit;

namespace loupe::ui {

class JobLogView : public QWidget {
  Q_OBJECT
 public:
  explicit JobLogView(EngineClient* client, QWidget* parent = nullptr);

  // name: of the run. job 0: it has none.
  void show_job(qint64 job, const QString& name, bool active);
  bool settled() const { return !asking_; }
  QString text() const;

 protected:
  void showEvent(QShowEvent*) override;
  void hideEvent(QHideEvent*) override;

 private:
  void ask();
  void take(const QString& text);
  void say(const QString& state);
  void follow();

  EngineClient* client_;
  QLabel* state_;
  QPlainTextEdit* text_;
  QTimer timer_;
  QString name_;
  qint64 job_ = 0, shown_ = 0;  // shown_: the job whose log is in text_
  bool active_ = false, asking_ = false;
};

}  // namespace loupe::ui
