// SPDX-License-Identifier: GPL-3.0-or-later
// What the Shift page says and exports: pure functions of the engine's answers.
#pragma once

#include <QByteArray>
#include <QString>
#include <vector>

#include "ui/shift/run_row.h"

namespace loupe::ui::shift {

// "✓ keeps", "⇄ flips"; empty for none.
QString verdict_text(Verdict verdict);
// "still the chosen", "chosen → rejected": what is preferred, and what was.
QString preference_text(const Outcome& outcome);

// Everything known about a token before and after, one fact a line, full precision.
QString column_tooltip(const api::Shift& shift, const Column& column);
// "edited tokens −0.0712 | later tokens −0.0201 = total Δ −0.0913 (error 2e-09)", for IM with the
// policy's and the reference's share.
QString sum_line(const Sums& sums, const QString& type);

// One run a line, full precision; the runs without an answer are left out.
QByteArray rewards_csv(const std::vector<RunRow>& rows, Edited edited);
// One pair of tokens a line, full precision.
QByteArray columns_csv(const std::vector<RunRow>& rows);

}  // namespace loupe::ui::shift
