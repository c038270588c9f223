// SPDX-License-Identifier: GPL-3.0-or-later
// A line that says what was just done and offers to take it back, in place of a question before.
#pragma once

#include <QFrame>

class QLabel;
class QPushButton;
class QToolButton;

namespace loupe::ui {

class UndoBar : public QFrame {
  Q_OBJECT
 public:
  explicit UndoBar(QWidget* parent = nullptr);
  void say(const QString& text);
  QString text() const;

 signals:
  void undo_wanted();

 protected:
  void changeEvent(QEvent*) override;

 private:
  void restyle();
  QLabel* text_;
  QPushButton* undo_;
  QToolButton* close_;
};

}  // namespace loupe::ui
