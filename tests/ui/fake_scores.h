// SPDX-License-Identifier: GPL-3.0-or-later
// The scores of the fake engine: credits of tokens that follow from the words, for an attribution
// and for a shift.
#pragma once

#include <optional>
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
  // Nothing: it is not a question for scores. request: the id that progress speaks of.
  std::optional<api::json> answer(const std::string& method, const api::json& params,
                                  const api::json& request) const;

 private:
  api::json attribution(const api::json& params) const;
  api::json shift(const api::json& params, const api::json& request) const;
  api::Shift shift_of(api::Shift shift, const api::json& params) const;

  const FakeOptions& options_;
  const FakeData& data_;
  const FakeModels& models_;
  const FakeRuns& runs_;
  FakeModels::Write write_;
};

}  // namespace loupe::test
