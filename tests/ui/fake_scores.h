// SPDX-License-Identifier: GPL-3.0-or-later
// The scores of the fake engine: credits of tokens that follow from the words, for an attribution
// and for a shift.
#pragma once

#include <string>

#include "core/api/messages.h"
#include "tests/ui/fake_data.h"
#include "tests/ui/fake_models.h"
#include "tests/ui/fake_options.h"
#include "tests/ui/fake_runs.h"

namespace loupe::test {

class FakeScores {
 public:
  // All but write must outlive it. write: how messages besides the answer are written.
  FakeScores(const FakeOptions& options, const FakeData& data, const FakeModels& models,
             const FakeRuns& runs, FakeModels::Write write);
  // request: the id that progress speaks of.
  api::Attribution answer(api::Attribute, const api::AttributeAsked&, const json& request) const;
  api::Rows<api::AttributionMethod> answer(api::AttributionMethods, const api::Nothing&,
                                           const json& request) const;
  api::Rows<api::Shift> answer(api::ShiftResponse, const api::ShiftAsked&,
                               const json& request) const;
  api::Scores answer(api::Score, const api::ScoreAsked&, const json& request) const;
  api::LogProbs answer(api::LogProbsOf, const api::LogProbsAsked&, const json& request) const;

 private:
  // A row that says whose it is.
  api::Shift named_as(const api::ScorerId& of) const;
  api::Shift shift_of(api::Shift shift, const api::ShiftAsked& asked) const;

  const FakeOptions& options_;
  const FakeData& data_;
  const FakeModels& models_;
  const FakeRuns& runs_;
  FakeModels::Write write_;
};

}  // namespace loupe::test
