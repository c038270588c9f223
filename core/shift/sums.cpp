// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/shift/sums.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace loupe::shift {
namespace {

double at(std::span<const double> values, int64_t position) {
  const bool exists = position >= 0 && position < static_cast<int64_t>(values.size());
  return exists ? values[static_cast<size_t>(position)] : 0;
}

double sum(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

struct Halves {
  double policy = 0, reference = 0;
};

Halves halves_of(const Scored& response, const std::optional<ImplicitScale>& scale) {
  Halves halves{sum(response.log_probs), -sum(response.ref_log_probs)};
  if (!scale) return halves;
  const double length = std::max<double>(1, static_cast<double>(response.log_probs.size()));
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

Outcome outcome_of(double before, double after, std::optional<double> other, Edited edited) {
  Outcome outcome{.before = before, .after = after, .delta = after - before};
  outcome.has_other = other.has_value();
  if (!other) return outcome;
  outcome.other = *other;
  const double sign = edited == Edited::chosen ? 1 : -1;
  outcome.margin_before = sign * (before - *other);
  outcome.margin_after = sign * (after - *other);
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

std::vector<double> changes_of(std::span<const AlignedToken> alignment,
                               std::span<const double> credits_before,
                               std::span<const double> credits_after) {
  std::vector<double> changes;
  changes.reserve(alignment.size());
  for (const AlignedToken& row : alignment)
    changes.push_back(at(credits_after, row.after) - at(credits_before, row.before));
  return changes;
}

Sums sums_of(std::span<const AlignedToken> alignment, const Scored& before, const Scored& after,
             const std::optional<ImplicitScale>& scale) {
  Sums sums;
  bool edit_seen = false;
  const auto changes = changes_of(alignment, before.credits, after.credits);
  for (size_t i = 0; i < alignment.size(); ++i) {
    const bool edited = alignment[i].before < 0 || alignment[i].after < 0;
    edit_seen = edit_seen || edited;
    (edited ? sums.edited : edit_seen ? sums.later : sums.earlier) += changes[i];
  }
  sums.offset = after.offset - before.offset;
  sums.total = after.reward - before.reward;
  const double own = std::abs(sums.total - sums.edited - sums.earlier - sums.later - sums.offset);
  const double reported = std::abs(before.error) + std::abs(after.error);
  sums.error = std::isnan(own) || std::isnan(reported) ? std::nan("") : std::max(own, reported);
  sums.is_implicit = !before.log_probs.empty() || !after.log_probs.empty();
  if (!sums.is_implicit) return sums;
  const Halves was = halves_of(before, scale), is = halves_of(after, scale);
  sums.in_nats = !scale;
  sums.policy = is.policy - was.policy;
  sums.reference = is.reference - was.reference;
  return sums;
}

}  // namespace loupe::shift
