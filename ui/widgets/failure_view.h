// SPDX-License-Identifier: GPL-3.0-or-later
// An error where it happened: what, where, what to do about it, and everything known for the
// clipboard. Hidden while there is none.
#pragma once

#include <QFrame>

#include "ui/client/engine_client.h"

class QLabel;
class QPushButton;

namespace loupe::ui {

class FailureView : public QFrame {
  Q_OBJECT
 public:
  // name: the beginning of its widgets' object names, NAME-what, NAME-hint, NAME-again, NAME-copy.
  explicit FailureView(const QString& name, QWidget* parent = nullptr);

  // again: what the button that tries once more says; empty: no such button.
  void show_failure(const Failure& failure, const QString& again = {});
  void clear() { hide(); }
  const Failure& failure() const { return failure_; }

 signals:
  void again_wanted();

 protected:
  void changeEvent(QEvent*) override;

 private:
  void restyle();

  Failure failure_;
  QLabel* icon_;
  QLabel* what_;
  QLabel* where_;
  QLabel* hint_;
  QPushButton* again_;
  QPushButton* copy_;
};

}  // namespace loupe::ui
