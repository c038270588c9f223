// SPDX-License-Identifier: GPL-3.0-or-later
// The engine's state in the top bar: a dot, a word, what it is at, and Restart when that is what is
// left to do.
#pragma once

#include <QWidget>

class QLabel;
class QPushButton;

namespace loupe::ui {

class EngineBadge : public QWidget {
  Q_OBJECT
 public:
  enum class State { starting, ready, busy, silent, dead };

  explicit EngineBadge(QWidget* parent = nullptr);
  // work: what it is busy with, in a few words.
  void set_state(State state, const QString& tooltip, const QString& work = {});
  // An engine on another machine is connected to, not started.
  void set_remote(bool remote);
  State state() const { return state_; }
  QString text() const { return said_; }

 signals:
  void restart_wanted();

 protected:
  void changeEvent(QEvent*) override;

 private:
  void restyle();
  State state_ = State::starting;
  bool remote_ = false;
  QString work_, said_;
  QLabel* dot_;
  QLabel* text_;
  QPushButton* restart_;
};

}  // namespace loupe::ui
