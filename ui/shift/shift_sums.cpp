// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shift/shift_sums.h"

#include <algorithm>
#include <cmath>

namespace loupe::ui::shift {
namespace {

bool lies_in(int64_t position, const api::ResponseCredit& response) {
  return position >= 0 && position < static_cast<int64_t>(response.tokens.size());
}

const api::TokenCredit& token_at(const api::ResponseCredit& response, int position) {
  return response.tokens[static_cast<size_t>(position)];
}

// The two halves of an implicit reward; in nats where no scale is given.
struct Halves {
  double policy = 0, reference = 0;
};

Halves halves_of(const api::ResponseCredit& response, const std::optional<ImplicitScale>& scale) {
  Halves halves;
  for (const api::TokenCredit& token : response.tokens) {
    halves.policy += token.log_prob;
    halves.reference -= token.ref_log_prob;
  }
  if (!scale) return halves;
  const double length = std::max<double>(1, static_cast<double>(response.tokens.size()));
  const double factor = scale->length_normalised ? scale->beta / length : scale->beta;
  halves.policy *= factor;
  halves.reference *= scale->without_reference ? 0 : factor;
  return halves;
}

}  // namespace

int preference_of(double margin) {
  if (std::isnan(margin)) return 2;
  return margin > 0 ? 1 : margin < 0 ? -1 : 0;
}

Outcome outcome_of(const api::Shift& shift, Edited edited) {
  Outcome outcome;
  outcome.before = shift.before;
  outcome.after = shift.after;
  outcome.delta = shift.after - shift.before;
  outcome.has_other = shift.has_rejected;
  if (!outcome.has_other) return outcome;
  outcome.other = shift.rejected;
  const double sign = edited == Edited::chosen ? 1 : -1;
  outcome.margin_before = sign * (outcome.before - outcome.other);
  outcome.margin_after = sign * (outcome.after - outcome.other);
  const int was = preference_of(outcome.margin_before), is = preference_of(outcome.margin_after);
  if (was != 2 && is != 2) outcome.verdict = was == is ? Verdict::keeps : Verdict::flips;
  return outcome;
}

double unit_of(const Outcome& outcome) {
  const double margin = std::abs(outcome.margin_before);
  if (outcome.has_other && std::isfinite(margin) && margin > 0) return margin;
  const double rewards = std::max(std::abs(outcome.before), std::abs(outcome.after));
  return std::isfinite(rewards) && rewards > 0 ? rewards : 1;
}

std::vector<Column> columns_of(const api::Shift& shift) {
  std::vector<Column> columns;
  columns.reserve(shift.alignment.size());
  for (const auto& [before, after] : shift.alignment) {
    Column column;
    if (lies_in(before, shift.before_tokens)) column.before = static_cast<int>(before);
    if (lies_in(after, shift.after_tokens)) column.after = static_cast<int>(after);
    if (column.before < 0 && column.after < 0) continue;
    if (column.after >= 0) column.change += token_at(shift.after_tokens, column.after).credit;
    if (column.before >= 0) column.change -= token_at(shift.before_tokens, column.before).credit;
    columns.push_back(column);
  }
  return columns;
}

double largest_change(const std::vector<Column>& columns) {
  double largest = 0;
  for (const Column& column : columns) {
    if (std::isfinite(column.change)) largest = std::max(largest, std::abs(column.change));
  }
  return largest;
}

std::optional<ImplicitScale> implicit_scale(const api::json& recipe) {
  if (!recipe.is_object()) return std::nullopt;
  const auto beta = recipe.find("beta");
  if (beta == recipe.end() || !beta->is_number()) return std::nullopt;
  const auto flag = [&](const char* key) {
    const auto found = recipe.find(key);
    return found != recipe.end() && found->is_boolean() && found->get<bool>();
  };
  return ImplicitScale{beta->get<double>(), flag("length_normalised"), flag("without_reference")};
}

std::optional<ImplicitScale> implicit_scale(const api::Model& model) {
  if (model.type != "IM" || !(model.beta > 0)) return std::nullopt;
  return ImplicitScale{model.beta, model.length_normalised, model.without_reference};
}

Sums sums_of(const api::Shift& shift, const std::optional<ImplicitScale>& scale) {
  Sums sums;
  bool edit_seen = false;
  for (const Column& column : columns_of(shift)) {
    if (column.edited()) {
      sums.edited += column.change;
      edit_seen = true;
    } else {
      (edit_seen ? sums.later : sums.earlier) += column.change;
    }
  }
  sums.offset = shift.after_tokens.offset - shift.before_tokens.offset;
  sums.total = shift.after - shift.before;
  const double own = std::abs(sums.total - sums.edited - sums.earlier - sums.later - sums.offset);
  const double reported = std::abs(shift.before_tokens.error) + std::abs(shift.after_tokens.error);
  sums.error = std::isnan(own) || std::isnan(reported) ? std::nan("") : std::max(own, reported);
  sums.is_implicit = shift.type == "IM";
  if (!sums.is_implicit) return sums;
  const Halves before = halves_of(shift.before_tokens, scale);
  const Halves after = halves_of(shift.after_tokens, scale);
  sums.in_nats = !scale;
  sums.policy = after.policy - before.policy;
  sums.reference = after.reference - before.reference;
  return sums;
}

}  // namespace loupe::ui::shift
