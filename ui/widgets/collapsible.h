// SPDX-License-Identifier: GPL-3.0-or-later
// A titled area that opens and closes.
#pragma once

#include <QWidget>

class QToolButton;

namespace loupe::ui {

class Collapsible : public QWidget {
  Q_OBJECT
 public:
  // Takes the content into its ownership.
  Collapsible(const QString& title, QWidget* content, QWidget* parent = nullptr);
  void set_open(bool open);
  bool is_open() const { return open_; }

 signals:
  void toggled(bool open);

 private:
  QToolButton* header_;
  QWidget* content_;
  bool open_ = true;
};

}  // namespace loupe::ui
