// SPDX-License-Identifier: GPL-3.0-or-later
// Files and folders dragged onto the window, wherever in it: says what a drop would do while they
// hover, and tells of the drop. Fields of text would otherwise take them as words.
#pragma once

#include <QWidget>

class QLabel;
class QMimeData;

namespace loupe::ui {

class DropTarget : public QWidget {
  Q_OBJECT
 public:
  // over: the area that is covered while something hovers.
  explicit DropTarget(QWidget* over);
  // Every event of the application. true: it was about such a drag, and is dealt with.
  bool take(QObject* receiver, QEvent* event);

 signals:
  // A path of this machine.
  void dropped(const QString& path);

 protected:
  void paintEvent(QPaintEvent*) override;

 private:
  // The first local path; empty: the drag is about something else.
  static QString path_in(const QMimeData* data);
  void hover(const QString& path);

  QLabel* said_;
};

}  // namespace loupe::ui
