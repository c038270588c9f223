// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/reward_curves.h"

#include <QEvent>
#include <QHBoxLayout>

#include "ui/client/text.h"
#include "ui/widgets/run_series.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {

RewardCurves::RewardCurves(QWidget* parent) : QWidget(parent) {
  explicit_ =
      new LineChart(tr("Rewards while training, explicit"), tr("epoch"), tr("mean reward"), this);
  implicit_ =
      new LineChart(tr("Rewards while training, implicit"), tr("epoch"), tr("mean reward"), this);
  explicit_->setObjectName(QStringLiteral("reward-chart-EX"));
  implicit_->setObjectName(QStringLiteral("reward-chart-IM"));
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(theme::grid);
  for (LineChart* chart : {explicit_, implicit_}) {
    layout->addWidget(chart, 1);
    connect(chart, &LineChart::save_failed, this, &RewardCurves::save_failed);
  }
}

void RewardCurves::show_runs(const std::vector<RunCurves::Shown>& runs) {
  kept_ = RunCurves::keep(runs);
  draw();
}

std::vector<LineChart*> RewardCurves::charts() const {
  std::vector<LineChart*> shown;
  for (LineChart* chart : {explicit_, implicit_}) {
    if (!chart->isHidden()) shown.push_back(chart);
  }
  return shown;
}

void RewardCurves::draw() {
  for (LineChart* chart : {explicit_, implicit_}) {
    const bool implicit = chart == implicit_;
    std::vector<LineChart::Series> series;
    std::vector<LineChart::LegendEntry> legend;
    int of_type = 0;
    for (const RunCurves::Kept& kept : kept_) {
      if ((kept.run.type == "IM") != implicit) continue;
      const QColor colour = theme::of_type(qstr(kept.run.type), of_type++);
      const QString name = qstr(kept.run.name);
      series.push_back(step_series(tr("%1, chosen").arg(name), kept.metrics,
                                   &api::StepPoint::chosen_reward, colour));
      series.push_back(step_series(tr("%1, rejected").arg(name), kept.metrics,
                                   &api::StepPoint::rejected_reward, colour, Qt::DashLine));
      legend.push_back({name, colour});
    }
    legend.push_back({tr("chosen"), theme::secondary_text()});
    legend.push_back({tr("rejected"), theme::secondary_text(), Qt::DashLine});
    // Without any run both charts stay, so that the area says what it would show.
    chart->setVisible(of_type > 0 || kept_.empty());
    chart->set_series(std::move(series));
    chart->set_legend(legend);
  }
}

void RewardCurves::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) draw();
}

}  // namespace loupe::ui
