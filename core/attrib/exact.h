// SPDX-License-Identifier: GPL-3.0-or-later
// The decompositions that are exact (design section 4): they credit output positions and add up to
// the reward. One forward pass (two for an IM-RM: policy and reference) over all texts.
#pragma once

#include "core/attrib/method.h"

namespace loupe::attrib {

class Exact : public Method {
 public:
  MethodInfo info() const override;
  Result<void> fits(const reward::RewardModel& model) const override;
  std::vector<ResponseCredit> run(const reward::RewardModel& model,
                                  const std::vector<data::EncodedText>& texts,
                                  const model::ForwardOptions& options) const override;
};

}  // namespace loupe::attrib
