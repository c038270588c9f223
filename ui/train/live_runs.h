// SPDX-License-Identifier: GPL-3.0-or-later
// The runs that the Train page follows, a line each, and their curves as they come.
#pragma once

#include <QHash>
#include <QWidget>

#include "ui/widgets/when_shown.h"

class QLabel;
class QPushButton;
class QScrollArea;
class QVBoxLayout;

namespace loupe::ui {

class LiveCurves;
class LiveRow;
class WorkspaceMirror;

class LiveRuns : public QWidget {
  Q_OBJECT
 public:
  explicit LiveRuns(WorkspaceMirror* mirror, QWidget* parent = nullptr);

  const QList<qint64>& runs() const { return runs_; }
  void set_runs(const QList<qint64>& runs);
  void add_run(qint64 run, const QString& name);
  bool has_finished() const;
  void clear_finished();
  LiveCurves* curves() const { return curves_; }

 signals:
  void runs_wanted(qint64 run);
  void inspect_wanted(qint64 run);
  void export_failed(const QString& path, const QString& reason);
  void changed();

 public:
  void export_chart(const QString& name);
  void export_csv();

 protected:
  // Colours follow the theme.
  void changeEvent(QEvent*) override;

 private:
  void follow();
  void update_rows();
  void draw();

  WorkspaceMirror* mirror_;
  WhenShown news_;  // update_rows()
  QList<qint64> runs_;
  QHash<qint64, LiveRow*> rows_;
  QHash<qint64, QString> names_;  // of those not yet in the list of runs
  QScrollArea* scroll_;
  QWidget* list_;
  QVBoxLayout* lines_;
  QPushButton* clear_;
  LiveCurves* curves_;
};

}  // namespace loupe::ui
