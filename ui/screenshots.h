// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures of every page, and of the tabs of the Models page, light and dark, once the engine has
// answered: for the documentation and for looking at the window where there is no screen.
#pragma once

#include <QObject>
#include <QString>
#include <QTimer>
#include <vector>

#include "ui/widgets/page.h"
#include "ui/widgets/theme.h"

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
  struct Shot {
    QString name;
    Place place;
    bool dark = false;
  };
  void look();
  // What went wrong; empty: nothing.
  QString plan();
  QString take(const Shot& shot);
  void end(const QString& message);

  MainWindow* window_;
  QString folder_;
  QTimer poll_;
  std::vector<Shot> shots_;
  size_t next_ = 0;  // of shots_: the one to take
  bool planned_ = false, there_ = false;
  theme::Mode before_ = theme::Mode::system;
  int waited_ms_ = 0, settled_ms_ = 0, dead_looks_ = 0;
};

}  // namespace loupe::ui
