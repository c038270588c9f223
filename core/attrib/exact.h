// SPDX-License-Identifier: GPL-3.0-or-later
// The two decompositions that are exact (design section 4): they credit output positions and add up
// to the reward.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/data/encode.h"
#include "core/reward/reward_model.h"

namespace loupe::attrib {

struct TokenCredit {
  tokenize::Token token;
  double credit = 0;
  double log_prob = 0, ref_log_prob = 0;  // IM: nats
};

struct ResponseCredit {
  std::vector<TokenCredit> tokens;
  double reward = 0;
  double offset = 0;  // EX: u.h_0
  double error = 0;   // |reward - offset - sum of credits|: rounding, shown
};

// One forward pass (two for an IM-RM: policy and reference) over all `texts`; those with equal
// prompts share it. Results in the order of `texts`. Throws Cancelled and what torch throws.
std::vector<ResponseCredit> exact(const reward::RewardModel& model,
                                  const std::vector<data::EncodedText>& texts,
                                  const model::ForwardOptions& options);

}  // namespace loupe::attrib
