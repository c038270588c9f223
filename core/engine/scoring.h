// SPDX-License-Identifier: GPL-3.0-or-later
// The interactive questions: how does this run score and explain this text.
#pragma once

#include <string>
#include <vector>

#include "core/api/messages.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/engine/models.h"

namespace loupe::engine {

struct Question {
  std::vector<tokenize::Turn> prompt;
  std::string chosen, rejected;  // rejected may be empty where a method allows it
};

// Scored in fp32, the exact mode. Throw nothing: Cancelled and torch's errors come back as Errors.
Result<api::Attribution> attribute(ModelCache& cache, int64_t run, const Question& question,
                                   const CancelToken& cancel);
// `before` -> `after` with the same prompt; `rejected` "" leaves margins out.
Result<api::Shift> shift_response(ModelCache& cache, int64_t run,
                                  const std::vector<tokenize::Turn>& prompt,
                                  const std::string& before, const std::string& after,
                                  const std::string& rejected, const CancelToken& cancel);

}  // namespace loupe::engine
