// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/live_curves.h"

#include <QEvent>
#include <QHBoxLayout>
#include <algorithm>

#include "ui/client/text.h"
#include "ui/widgets/format.h"
#include "ui/widgets/run_series.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
LiveCurves::LiveCurves(QWidget* parent) : QWidget(parent) {
  accuracy_ = new LineChart(tr("Accuracy by evaluation set"), tr("epoch"), tr("accuracy"), this);
  accuracy_->setObjectName(QStringLiteral("train-accuracy-chart"));
  accuracy_->set_y_range(-0.03, 1.05);
  loss_ = new LineChart(tr("Training loss"), tr("epoch"), tr("loss"), this);
  loss_->setObjectName(QStringLiteral("train-loss-chart"));
  explicit_rewards_ =
      new LineChart(tr("EX reward: chosen ─ rejected ┄"), tr("epoch"), tr("reward"), this);
  explicit_rewards_->setObjectName(QStringLiteral("train-ex-rewards-chart"));
  implicit_rewards_ =
      new LineChart(tr("IM reward: chosen ─ rejected ┄"), tr("epoch"), tr("reward"), this);
  implicit_rewards_->setObjectName(QStringLiteral("train-im-rewards-chart"));
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(theme::grid);
  layout->addWidget(accuracy_, 9);
  for (LineChart* chart : {loss_, explicit_rewards_, implicit_rewards_}) {
    layout->addWidget(chart, 5);
  }
}

QHash<qint64, QColor> LiveCurves::colours(const std::vector<Shown>& runs) {
  QHash<qint64, QColor> colours;
  QHash<QString, int> of_type;
  for (const Shown& shown : runs) {
    const QString type = qstr(shown.run.type);
    colours[shown.run.id] = theme::of_type(type, of_type[type]++);
  }
  return colours;
}

void LiveCurves::show_runs(std::vector<Shown> runs) {
  shown_ = std::move(runs);
  draw();
}

void LiveCurves::draw() {
  std::vector<const api::RunMetrics*> all;
  for (const Shown& shown : shown_) all.push_back(&shown.metrics);
  const QStringList sets = evaluated_sets(all);
  const auto colour_of = colours(shown_);
  std::vector<LineChart::Series> accuracies, losses, explicit_ones, implicit_ones;
  std::vector<LineChart::LegendEntry> legend;
  for (const Shown& shown : shown_) {
    const QString name = qstr(shown.run.name);
    const QColor colour = colour_of[shown.run.id];
    legend.push_back({name, colour});
    for (qsizetype i = 0; i < sets.size(); ++i) {
      auto accuracy = accuracy_series(name, shown.metrics, sets, i, colour);
      if (!accuracy.x.isEmpty()) accuracies.push_back(std::move(accuracy));
    }
    losses.push_back(step_series(name, shown.metrics, &api::StepPoint::loss, colour));
    auto& rewards = shown.run.type == "IM" ? implicit_ones : explicit_ones;
    rewards.push_back(step_series(tr("%1, chosen").arg(name), shown.metrics,
                                  &api::StepPoint::chosen_reward, colour));
    rewards.push_back(step_series(tr("%1, rejected").arg(name), shown.metrics,
                                  &api::StepPoint::rejected_reward, colour, Qt::DashLine));
  }
  add_set_legend(sets, &legend);
  explicit_rewards_->setVisible(!explicit_ones.empty());
  implicit_rewards_->setVisible(!implicit_ones.empty());
  accuracy_->set_series(std::move(accuracies));
  accuracy_->set_legend(legend);
  loss_->set_series(std::move(losses));
  explicit_rewards_->set_series(std::move(explicit_ones));
  implicit_rewards_->set_series(std::move(implicit_ones));
}

LineChart* LiveCurves::rewards(const QString& type) const {
  return type == QLatin1String("IM") ? implicit_rewards_ : explicit_rewards_;
}

QList<std::pair<QString, LineChart*>> LiveCurves::charts() const {
  QList<std::pair<QString, LineChart*>> charts{{QStringLiteral("accuracy"), accuracy_},
                                               {QStringLiteral("loss"), loss_}};
  if (!explicit_rewards_->series().empty()) {
    charts.append({QStringLiteral("ex-rewards"), explicit_rewards_});
  }
  if (!implicit_rewards_->series().empty()) {
    charts.append({QStringLiteral("im-rewards"), implicit_rewards_});
  }
  return charts;
}

void LiveCurves::flush() {
  for (const auto& [name, chart] : charts()) chart->flush();
}

QByteArray LiveCurves::csv() const {
  QByteArray text = "chart,series,epoch,value\n";
  for (const auto& [name, chart] : charts()) {
    for (const LineChart::Series& series : chart->series()) {
      for (qsizetype i = 0; i < series.x.size(); ++i) {
        text += (name + QLatin1Char(',') + csv_field(series.name) + QLatin1Char(',') +
                 full_precision(series.x[i]) + QLatin1Char(',') + full_precision(series.y[i]) +
                 QLatin1Char('\n'))
                    .toUtf8();
      }
    }
  }
  return text;
}

void LiveCurves::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) draw();
}

}  // namespace loupe::ui
