// SPDX-License-Identifier: GPL-3.0-or-later
// The curves of the chosen runs: loss on the left, accuracy on every evaluation set on the right. A
// run keeps its type's colour (further runs of the type another lightness), a set its marker, and
// reworded sets are dashed.
#pragma once

#include <QWidget>
#include <vector>

#include "core/api/messages.h"

namespace loupe::ui {

class LineChart;

class RunCurves : public QWidget {
  Q_OBJECT
 public:
  struct Shown {
    api::Run run;
    const api::RunMetrics* metrics =
        nullptr;  // nullptr: not arrived yet; looked at during the call only
  };
  struct Kept {
    api::Run run;
    api::RunMetrics metrics;
  };
  static std::vector<Kept> keep(const std::vector<Shown>& runs);
  explicit RunCurves(QWidget* parent = nullptr);

  void show_runs(const std::vector<Shown>& runs);
  LineChart* loss() const { return loss_; }
  LineChart* accuracy() const { return accuracy_; }

 signals:
  void save_failed(const QString& path);

 protected:
  // Colours follow the theme.
  void changeEvent(QEvent*) override;

 private:
  void draw();
  std::vector<Kept> kept_;
  LineChart* loss_;
  LineChart* accuracy_;
};

}  // namespace loupe::ui
