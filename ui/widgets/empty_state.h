// SPDX-License-Identifier: GPL-3.0-or-later
// What a page shows while it has nothing to show: what it is for, and the next step.
#pragma once

#include <QWidget>

class QLabel;
class QPushButton;

namespace loupe::ui {

class EmptyState : public QWidget {
  Q_OBJECT
 public:
  explicit EmptyState(const QString& icon_name, QWidget* parent = nullptr);

  // commands: lines to type in a terminal, shown in a fixed font and selectable; may be empty.
  void set_content(const QString& title, const QString& text, const QString& commands = {});
  QString title() const;
  // The next step: buttons and what belongs to them, under the text. Takes it into its ownership.
  void add_below(QWidget* widget);

 protected:
  void changeEvent(QEvent*) override;

 private:
  void restyle();
  QString icon_name_;
  QLabel* icon_;
  QLabel* title_;
  QLabel* text_;
  QLabel* commands_;
  QPushButton* copy_;
};

}  // namespace loupe::ui
