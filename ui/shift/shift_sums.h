// SPDX-License-Identifier: GPL-3.0-or-later
// The arithmetic of an edit, as pure functions of the engine's answer: what it does to the margin
// and the preference, and which tokens carry the change. Every share adds up to the change of the
// reward, and what is left over is reported as the error.
#pragma once

#include <optional>
#include <vector>

#include "core/api/messages.h"

namespace loupe::ui::shift {

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

// Whatever the engine says about margins is left aside: it knows an edited and another response,
// not which of them is the chosen one.
Outcome outcome_of(const api::Shift& shift, Edited edited);

// -1, 0 or 1; 2 for what is no number.
int preference_of(double margin);

// By how much a change is judged small or large in one run: |margin before|, or the size of its
// rewards where there is no margin. Positive.
double unit_of(const Outcome& outcome);

// A token before the edit above its partner after it.
struct Column {
  int before = -1, after = -1;  // positions; -1: no partner
  // Of the credit, in reward units. Without a partner it is the token's own credit: plus when it
  // came, minus when it went.
  double change = 0;
  bool edited() const { return before < 0 || after < 0; }
};

// In reading order; positions that do not exist are left out.
std::vector<Column> columns_of(const api::Shift& shift);
// The largest |change| that is a number; 0 when there is none.
double largest_change(const std::vector<Column>& columns);

// How an implicit reward is made of log-probabilities.
struct ImplicitScale {
  double beta = 0;
  bool length_normalised = false, without_reference = false;
};
// Of a run's recipe; nullopt when it does not say.
std::optional<ImplicitScale> implicit_scale(const api::json& recipe);
// Of a model; nullopt when it is no IM-RM.
std::optional<ImplicitScale> implicit_scale(const api::Model& model);

struct Sums {
  double edited = 0;   // tokens without a partner
  double earlier = 0;  // unchanged tokens in front of the first edit
  double later = 0;    // unchanged tokens behind it
  double offset = 0;   // EX: the part of the last prompt token
  double total = 0;    // change of the reward
  double error = 0;    // |total - all of the above|, or what the engine reports where it is larger
  // IM: the same total cut the other way. In reward units where the scale is known, else in nats.
  bool is_implicit = false, in_nats = false;
  double policy = 0, reference = 0;
};

Sums sums_of(const api::Shift& shift, const std::optional<ImplicitScale>& scale);

}  // namespace loupe::ui::shift
