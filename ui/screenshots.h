// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures of every page, light and dark, once the engine has answered: for the documentation and
// for looking at the window where there is no screen.
#pragma once

#include <QObject>
#include <QString>
#include <QTimer>

namespace loupe::ui {

class MainWindow;

class Screenshots : public QObject {
  Q_OBJECT
 public:
  // The folder is made where it is missing.
  Screenshots(MainWindow* window, const QString& folder, QObject* parent = nullptr);
  void start();

 signals:
  // message: why it failed; empty when every picture is written.
  void finished(const QString& message);

 private:
  void look();
  QString take_all();

  MainWindow* window_;
  QString folder_;
  QTimer poll_;
  int waited_ms_ = 0, settled_ms_ = 0, dead_looks_ = 0;
};

}  // namespace loupe::ui
