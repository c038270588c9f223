// SPDX-License-Identifier: GPL-3.0-or-later
// What a model is asked at its import: does it compute at all, and the same whatever else is in the
// batch?
#pragma once

#include <string>

#include "core/base/progress.h"
#include "core/model/load.h"

namespace loupe::engine {

struct SelfCheck {
  bool passed = false;
  std::string text;  // one sentence, with the numbers
};

// A short text scored alone and beside a longer one, in fp32: log-probabilities, or the head's
// reward where there is one. Throws Cancelled, and what torch throws.
SelfCheck self_check(const model::LanguageModel& model, const CancelToken& cancel);

}  // namespace loupe::engine
