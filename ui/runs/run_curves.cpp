// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/run_curves.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QHash>

#include "ui/client/text.h"
#include "ui/widgets/run_series.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
RunCurves::RunCurves(QWidget* parent) : QWidget(parent) {
  loss_ = new LineChart(tr("Training loss"), tr("epoch"), tr("loss"), this);
  accuracy_ = new LineChart(tr("Accuracy by evaluation set"), tr("epoch"), tr("accuracy"), this);
  loss_->setObjectName(QStringLiteral("loss-chart"));
  accuracy_->setObjectName(QStringLiteral("accuracy-chart"));
  accuracy_->set_y_range(-0.03, 1.05);
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(theme::grid);
  layout->addWidget(loss_, 2);
  layout->addWidget(accuracy_, 3);
  connect(loss_, &LineChart::save_failed, this, &RunCurves::save_failed);
  connect(accuracy_, &LineChart::save_failed, this, &RunCurves::save_failed);
}

std::vector<RunCurves::Kept> RunCurves::keep(const std::vector<Shown>& runs) {
  std::vector<Kept> kept;
  for (const Shown& shown : runs) {
    kept.push_back({shown.run, shown.metrics != nullptr ? *shown.metrics : api::RunMetrics()});
  }
  return kept;
}

void RunCurves::show_runs(const std::vector<Shown>& runs) {
  kept_ = keep(runs);
  draw();
}

void RunCurves::draw() {
  std::vector<const api::RunMetrics*> all;
  for (const Kept& kept : kept_) all.push_back(&kept.metrics);
  const QStringList sets = evaluated_sets(all);

  std::vector<LineChart::Series> losses, accuracies;
  std::vector<LineChart::LegendEntry> legend;
  QHash<QString, int> of_type;
  for (const Kept& kept : kept_) {
    const QString type = qstr(kept.run.type), name = qstr(kept.run.name);
    const QColor colour = theme::of_type(type, of_type[type]++);
    losses.push_back(step_series(name, kept.metrics, &api::StepPoint::loss, colour));
    legend.push_back({QStringLiteral("%1  %2").arg(type, name), colour});
    for (qsizetype i = 0; i < sets.size(); ++i) {
      auto accuracy = accuracy_series(name, kept.metrics, sets, i, colour);
      if (!accuracy.x.isEmpty()) accuracies.push_back(std::move(accuracy));
    }
  }
  add_set_legend(sets, &legend);
  loss_->set_series(std::move(losses));
  accuracy_->set_series(std::move(accuracies));
  accuracy_->set_legend(legend);
}

void RunCurves::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) draw();
}

}  // namespace loupe::ui
