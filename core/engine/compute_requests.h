// SPDX-License-Identifier: GPL-3.0-or-later
// Requests that take a model or tokenise data: the compute thread's.
#pragma once

#include <functional>
#include <string>

#include "core/base/progress.h"
#include "core/engine/estimate.h"
#include "core/engine/model_cache.h"
#include "core/engine/requests.h"
#include "core/engine/scoring.h"

namespace loupe::engine {

// What an answer may say while it is being worked on.
struct Asker {
  CancelToken cancel;
  ProgressFn progress;
  std::function<void(const nlohmann::json&)> partial;  // a part of the result that is whole
};

class ComputeRequests {
 public:
  // cache_limit: bytes of models kept; 0: a third of the machine's memory.
  ComputeRequests(store::Workspace& workspace, at::Device device, uint64_t cache_limit = 0)
      : workspace_(workspace),
        store_(workspace),
        cache_(workspace, device, cache_limit),
        estimator_(workspace) {}
  static bool knows(const std::string& method);
  Result<nlohmann::json> answer(const std::string& method, const nlohmann::json& params,
                                const Asker& asker);
  uint64_t cache_limit() const { return cache_.limit(); }

 private:
  Result<const data::PreferencePair*> pair_at(const nlohmann::json& params);
  Result<Question> question(const nlohmann::json& params);
  Result<nlohmann::json> attribute(const nlohmann::json& params, const Asker& asker);
  Result<nlohmann::json> shift(const nlohmann::json& params, const Asker& asker);
  Result<nlohmann::json> estimate(const nlohmann::json& params, const Asker& asker);

  store::Workspace& workspace_;
  StoreRequests store_;
  ModelCache cache_;
  CreditMemo memo_;
  Estimator estimator_;
};

}  // namespace loupe::engine
