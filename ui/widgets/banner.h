// SPDX-License-Identifier: GPL-3.0-or-later
// Messages inside the window instead of boxes in front of it: what happened, Details on request,
// Copy, one action, close. One is shown at a time, the newest; those before it wait behind "1 of
// 3", so that a new one never takes an unread one away.
#pragma once

#include <QFrame>
#include <functional>
#include <vector>

class QLabel;
class QPlainTextEdit;
class QProgressBar;
class QPushButton;
class QToolButton;

namespace loupe::ui {

class Banner : public QFrame {
  Q_OBJECT
 public:
  enum class Severity { info, warning, error };
  struct Message {
    QString key;  // a message replaces the one of its key; clear(key) takes it away
    Severity severity = Severity::error;
    QString text, hint;
    QString details;  // empty: no Details button
    QString action;   // empty: no action button
    std::function<void()> act;
    double progress = -1;  // 0 to 1; below 0: no progress bar
  };

  explicit Banner(QWidget* parent = nullptr);

  void show_message(Message message);
  void clear(const QString& key);
  // The one shown now.
  const Message& message() const;
  int count() const { return static_cast<int>(messages_.size()); }
  bool has(const QString& key) const;

 protected:
  void changeEvent(QEvent*) override;
  void keyPressEvent(QKeyEvent*) override;

 private:
  std::vector<Message>::iterator find(const QString& key);
  void show_current();
  void close_current();
  void step();
  void restyle();
  void copy() const;

  std::vector<Message> messages_;  // the one shown is the last
  bool restyling_ = false;         // its own palette, not the theme's, is changing
  QLabel* icon_;
  QLabel* text_;
  QProgressBar* progress_;
  QPushButton* action_;
  QPushButton* details_button_;
  QPushButton* copy_;
  QToolButton* more_;
  QToolButton* close_;
  QPlainTextEdit* details_;
};

}  // namespace loupe::ui
