// SPDX-License-Identifier: GPL-3.0-or-later
// The mean reward of chosen (solid) and rejected (dashed) responses while training, a chart for
// each type of model: the rewards of explicit and implicit models differ in size, often a
// hundredfold.
#pragma once

#include <QWidget>
#include <vector>

#include "ui/runs/run_curves.h"

namespace loupe::ui {

class LineChart;

class RewardCurves : public QWidget {
  Q_OBJECT
 public:
  explicit RewardCurves(QWidget* parent = nullptr);

  void show_runs(const std::vector<RunCurves::Shown>& runs);
  LineChart* explicit_chart() const { return explicit_; }
  LineChart* implicit_chart() const { return implicit_; }
  // Those with something to show.
  std::vector<LineChart*> charts() const;

 signals:
  void save_failed(const QString& path);

 protected:
  void changeEvent(QEvent*) override;

 private:
  void draw();
  std::vector<RunCurves::Kept> kept_;
  LineChart* explicit_;
  LineChart* implicit_;
};

}  // namespace loupe::ui
