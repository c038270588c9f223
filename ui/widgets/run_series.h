// SPDX-License-Identifier: GPL-3.0-or-later
// How a run's numbers become curves, wherever they are drawn: a run has its type's colour, a set
// its marker, and reworded sets are dashed.
#pragma once

#include <QStringList>
#include <vector>

#include "core/api/messages.h"
#include "ui/widgets/line_chart.h"

namespace loupe::ui {

// Whether an evaluation set says the same in other words; such sets are drawn dashed.
bool is_reworded(const QString& set);
// Original wordings before reworded ones, otherwise in the order given.
void put_reworded_last(QStringList* sets);
// The sets that runs were evaluated on, in the order they are met, reworded ones last.
QStringList evaluated_sets(const std::vector<const api::RunMetrics*>& runs);

// Accuracy of `run` on the set at `place` of `sets`, by epoch; no points where it has none.
LineChart::Series accuracy_series(const QString& run, const api::RunMetrics& metrics,
                                  const QStringList& sets, qsizetype place, const QColor& colour);
// A number of each training step, by epoch.
LineChart::Series step_series(const QString& name, const api::RunMetrics& metrics,
                              double api::StepPoint::*value, const QColor& colour,
                              Qt::PenStyle line = Qt::SolidLine);
// One entry a set, in the colour of text.
void add_set_legend(const QStringList& sets, std::vector<LineChart::LegendEntry>* legend);

}  // namespace loupe::ui
