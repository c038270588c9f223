// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/run_series.h"

#include <algorithm>

#include "ui/client/text.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

Marker marker_of(qsizetype set) {
  static constexpr Marker markers[] = {Marker::circle, Marker::square, Marker::triangle,
                                       Marker::diamond};
  return markers[set % 4];
}

Qt::PenStyle line_of(const QString& set) {
  return is_reworded(set) ? Qt::DashLine : Qt::SolidLine;
}

}  // namespace

bool is_reworded(const QString& set) {
  return set.contains(QLatin1String("reword"), Qt::CaseInsensitive) ||
         set.contains(QLatin1String("paraphras"), Qt::CaseInsensitive);
}

void put_reworded_last(QStringList* sets) {
  std::stable_partition(sets->begin(), sets->end(),
                        [](const QString& set) { return !is_reworded(set); });
}

QStringList evaluated_sets(const std::vector<const api::RunMetrics*>& runs) {
  QStringList sets;
  for (const api::RunMetrics* metrics : runs) {
    for (const api::EvalSummary& eval : metrics->evals) {
      if (const QString set = qstr(eval.set); !sets.contains(set)) sets.append(set);
    }
  }
  put_reworded_last(&sets);
  return sets;
}

LineChart::Series accuracy_series(const QString& run, const api::RunMetrics& metrics,
                                  const QStringList& sets, qsizetype place, const QColor& colour) {
  LineChart::Series series;
  series.name = QStringLiteral("%1, %2").arg(run, sets[place]);
  series.colour = colour;
  series.line = line_of(sets[place]);
  series.marker = marker_of(place);
  for (const api::EvalSummary& eval : metrics.evals) {
    if (qstr(eval.set) != sets[place]) continue;
    series.x.append(eval.epoch);
    series.y.append(eval.accuracy);
  }
  return series;
}

LineChart::Series step_series(const QString& name, const api::RunMetrics& metrics,
                              double api::StepPoint::*value, const QColor& colour,
                              Qt::PenStyle line) {
  LineChart::Series series;
  series.name = name;
  series.colour = colour;
  series.line = line;
  for (const api::StepPoint& point : metrics.steps) {
    series.x.append(point.epoch);
    series.y.append(point.*value);
  }
  return series;
}

void add_set_legend(const QStringList& sets, std::vector<LineChart::LegendEntry>* legend) {
  for (qsizetype i = 0; i < sets.size(); ++i) {
    legend->push_back({sets[i], theme::secondary_text(), line_of(sets[i]), marker_of(i)});
  }
}

}  // namespace loupe::ui
