// SPDX-License-Identifier: GPL-3.0-or-later
// A message inside the page instead of a box in front of it: what happened, Details on request,
// Copy, one action, close.
#pragma once

#include <QFrame>
#include <functional>

class QLabel;
class QPlainTextEdit;
class QPushButton;
class QToolButton;

namespace loupe::ui {

class Banner : public QFrame {
  Q_OBJECT
 public:
  enum class Severity { info, warning, error };
  struct Message {
    QString key;  // a message replaces an older one; clear(key) takes away only its own
    Severity severity = Severity::error;
    QString text, hint;
    QString details;  // empty: no Details button
    QString action;   // empty: no action button
    std::function<void()> act;
  };

  explicit Banner(QWidget* parent = nullptr);

  void show_message(Message message);
  void clear(const QString& key);
  const Message& message() const { return message_; }

 protected:
  void changeEvent(QEvent*) override;

 private:
  void restyle();
  void copy() const;

  Message message_;
  bool restyling_ = false;  // its own palette, not the theme's, is changing
  QLabel* icon_;
  QLabel* text_;
  QPushButton* action_;
  QPushButton* details_button_;
  QPushButton* copy_;
  QToolButton* close_;
  QPlainTextEdit* details_;
};

}  // namespace loupe::ui
