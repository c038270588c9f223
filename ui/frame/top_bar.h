// SPDX-License-Identifier: GPL-3.0-or-later
// The bar over the pages: the workspace, back and forward, the way into the command palette, and
// the engine.
#pragma once

#include <QWidget>

class QAction;
class QLabel;
class QMenu;
class QPushButton;
class QToolButton;

namespace loupe::ui {

class EngineBadge;

class TopBar : public QWidget {
  Q_OBJECT
 public:
  TopBar(QAction* back, QAction* forward, QAction* palette, QWidget* parent = nullptr);

  void set_workspace(const QString& name, const QString& tooltip);
  const QString& workspace() const { return name_; }
  void set_devices(const QString& devices, const QString& tooltip);
  // Filled by the window when it is about to be shown.
  QMenu* workspace_menu() const { return menu_; }
  EngineBadge* badge() const { return badge_; }

 protected:
  void changeEvent(QEvent*) override;

 private:
  void restyle();
  QString name_;
  QToolButton* workspace_;
  QMenu* menu_;
  QToolButton* back_;
  QToolButton* forward_;
  QPushButton* search_;
  EngineBadge* badge_;
  QLabel* devices_;
};

}  // namespace loupe::ui
