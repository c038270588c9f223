// SPDX-License-Identifier: GPL-3.0-or-later
// The curves of the runs that are followed: accuracy on every set, loss, and the mean rewards of
// chosen and rejected responses. Rewards of explicit and implicit models differ in size, often a
// hundredfold, so each type has a chart of its own.
#pragma once

#include <QHash>
#include <QWidget>
#include <vector>

#include "core/api/messages.h"

namespace loupe::ui {

class LineChart;

class LiveCurves : public QWidget {
  Q_OBJECT
 public:
  struct Shown {
    api::Run run;
    api::RunMetrics metrics;
  };
  explicit LiveCurves(QWidget* parent = nullptr);

  void show_runs(std::vector<Shown> runs);
  // The colour of each run's curves.
  static QHash<qint64, QColor> colours(const std::vector<Shown>& runs);

  LineChart* accuracy() const { return accuracy_; }
  LineChart* loss() const { return loss_; }
  LineChart* rewards(const QString& type) const;
  // Those with something to show, under the name their files are suggested.
  QList<std::pair<QString, LineChart*>> charts() const;
  void flush();
  // All of them: chart, series, x, y.
  QByteArray csv() const;

 protected:
  void changeEvent(QEvent*) override;

 private:
  void draw();

  std::vector<Shown> shown_;
  LineChart* accuracy_;
  LineChart* loss_;
  LineChart* explicit_rewards_;
  LineChart* implicit_rewards_;
};

}  // namespace loupe::ui
