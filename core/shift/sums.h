// SPDX-License-Identifier: GPL-3.0-or-later
// The arithmetic of an edit, on plain numbers: what it does to the margin and the preference, and
// which tokens carry the change. The shares add up to the change of the reward; what is left over
// is reported as the error. Rewards, credits and shares are in reward units. Pure, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/shift/diff.h"

namespace loupe::shift {

enum class Edited { chosen, rejected };  // which response of the pair is edited

enum class Verdict {
  none,   // no other response to compare with, or a reward that is no number
  keeps,  // the sign of the margin stays
  flips   // it changes; a margin of zero is a class of its own
};

struct Outcome {
  double before = 0, after = 0;  // rewards of the edited response
  double other = 0;              // reward of the other response of the pair
  double delta = 0;              // after - before
  // r(chosen) - r(rejected), whichever of the two is edited.
  double margin_before = 0, margin_after = 0;
  bool has_other = false;
  Verdict verdict = Verdict::none;
};

Outcome outcome_of(double before, double after, std::optional<double> other, Edited edited);

// -1, 0 or 1; 2 for what is no number.
int preference_of(double margin);

// By how much a change is judged small or large for one model: |margin before|, or the size of its
// rewards where there is no margin. Positive.
double unit_of(const Outcome& outcome);

// One scored response. The vectors have an entry a token; an explicit reward has no log-probs.
struct Scored {
  std::vector<double> credits;
  std::vector<double> log_probs, ref_log_probs;  // nats
  double reward = 0;
  double offset = 0;  // of the last prompt token
  double error = 0;   // |reward - offset - sum of credits|, as reported
};

// Of each row of the alignment: by how much its token's credit changed. A token without a partner
// counts with its own credit: plus when it came, minus when it went; a position that does not exist
// counts 0.
std::vector<double> changes_of(std::span<const AlignedToken> alignment,
                               std::span<const double> credits_before,
                               std::span<const double> credits_after);

// How an implicit reward is made of log-probabilities.
struct ImplicitScale {
  double beta = 0;
  bool length_normalised = false, without_reference = false;
};

struct Sums {
  double edited = 0;   // tokens without a partner
  double earlier = 0;  // unchanged tokens in front of the first edit
  double later = 0;    // unchanged tokens behind it
  double offset = 0;   // the part of the last prompt token
  double total = 0;    // change of the reward
  double error = 0;    // |total - all of the above|, or what was reported where that is larger
  // With log-probabilities: the same total cut the other way. In nats where no scale is given.
  bool is_implicit = false, in_nats = false;
  double policy = 0, reference = 0;
};

Sums sums_of(std::span<const AlignedToken> alignment, const Scored& before, const Scored& after,
             const std::optional<ImplicitScale>& scale);

}  // namespace loupe::shift
