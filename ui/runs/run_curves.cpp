// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/run_curves.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QHash>
#include <algorithm>

#include "ui/client/text.h"
#include "ui/runs/run_table_model.h"
#include "ui/widgets/line_chart.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

Marker marker_of(qsizetype set) {
  static constexpr Marker markers[] = {Marker::circle, Marker::square, Marker::triangle,
                                       Marker::diamond};
  return markers[set % 4];
}

}  // namespace

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
  QStringList sets;
  for (const Kept& kept : kept_) {
    for (const api::EvalSummary& eval : kept.metrics.evals) {
      if (const QString set = qstr(eval.set); !sets.contains(set)) sets.append(set);
    }
  }
  put_reworded_last(&sets);

  std::vector<LineChart::Series> losses, accuracies;
  std::vector<LineChart::LegendEntry> legend;
  QHash<QString, int> of_type;
  for (const Kept& kept : kept_) {
    const QString type = qstr(kept.run.type), name = qstr(kept.run.name);
    const QColor colour = theme::of_type(type, of_type[type]++);
    LineChart::Series loss;
    loss.name = name;
    loss.colour = colour;
    for (const api::StepPoint& point : kept.metrics.steps) {
      loss.x.append(point.epoch);
      loss.y.append(point.loss);
    }
    losses.push_back(std::move(loss));
    legend.push_back({QStringLiteral("%1  %2").arg(type, name), colour});
    for (qsizetype i = 0; i < sets.size(); ++i) {
      LineChart::Series accuracy;
      accuracy.name = QStringLiteral("%1, %2").arg(name, sets[i]);
      accuracy.colour = colour;
      accuracy.line = is_reworded(sets[i]) ? Qt::DashLine : Qt::SolidLine;
      accuracy.marker = marker_of(i);
      for (const api::EvalSummary& eval : kept.metrics.evals) {
        if (qstr(eval.set) != sets[i]) continue;
        accuracy.x.append(eval.epoch);
        accuracy.y.append(eval.accuracy);
      }
      if (!accuracy.x.isEmpty()) accuracies.push_back(std::move(accuracy));
    }
  }
  for (qsizetype i = 0; i < sets.size(); ++i) {
    legend.push_back({sets[i], theme::secondary_text(),
                      is_reworded(sets[i]) ? Qt::DashLine : Qt::SolidLine, marker_of(i)});
  }
  loss_->set_series(std::move(losses));
  accuracy_->set_series(std::move(accuracies));
  accuracy_->set_legend(legend);
}

void RunCurves::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) draw();
}

}  // namespace loupe::ui
