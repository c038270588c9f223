// SPDX-License-Identifier: GPL-3.0-or-later
// What the Inspect page says and exports about credits: pure functions of the engine's answer.
#pragma once

#include <QByteArray>
#include <QString>
#include <vector>

#include "core/api/messages.h"
#include "ui/widgets/token_heatmap.h"
#include "ui/widgets/token_text.h"

namespace loupe::ui {

// The sum of the credits of all tokens, in reward units.
double sum_of_credits(const api::ResponseCredit& response);
// |reward - offset - sum|, recomputed from the numbers shown; never less than what the engine
// reports.
double completeness_error(const api::ResponseCredit& response);
// The largest |credit| of both responses; 0 when there is none.
double largest_credit(const api::Attribution& attribution);

// A plain language model: its credits are log-probabilities, and its "reward" their sum.
bool is_language_model(const QString& type);
// "reward", or what stands in its place.
QString reward_name(const QString& type);
// Which response a model prefers, and by how much: "margin +1.234   ✓ prefers the chosen".
QString verdict_line(const api::Attribution& attribution);
// "offset 0.8120 + 14 attributions 3.402 = reward 4.214 (error 2e-07)".
QString sum_line(const api::ResponseCredit& response, const QString& type);
// Everything known about a token, one fact a line, full precision.
QString token_tooltip(const api::TokenCredit& token, const QString& type, int position);
std::vector<TokenHeatmap::Token> heatmap_tokens(const api::ResponseCredit& response,
                                                const QString& type);
// One token a line, full precision: run, type, response, position, id, token, bytes, credit, …
QByteArray credits_csv(const std::vector<const api::Attribution*>& attributions);

}  // namespace loupe::ui
