// SPDX-License-Identifier: GPL-3.0-or-later
// What the handlers of one engine share: loaded models, data sets, tokenizers, what was scored
// before. Each part says which thread may use it.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "core/api/ids.h"
#include "core/base/lru.h"
#include "core/base/result.h"
#include "core/data/preference.h"
#include "core/engine/service/service.h"
#include "core/store/workspace.h"

namespace loupe::engine {

class CreditMemo;
class Estimator;
class ModelCache;

// Data sets that were read, the newest kept. Any thread.
class PairStore {
 public:
  using Dataset = std::shared_ptr<const data::PreferenceDataset>;
  // Those of a data set of the workspace.
  Result<Dataset> of_dataset(const store::Workspace& workspace, int64_t dataset);
  // The set of this name that the run was trained or evaluated on.
  Result<Dataset> of_run(const store::Workspace& workspace, int64_t run, const std::string& set);
  // The pair that `ref` names or holds.
  Result<data::PreferencePair> pair(const store::Workspace& workspace, const api::PairRef& ref);

 private:
  Result<Dataset> load(const nlohmann::json& spec);
  std::mutex mutex_;
  Lru<data::PreferenceDataset> sets_{500000};  // pairs
};

// The data specs of a run, without repetitions: evaluation sets first, the training set last.
Result<std::vector<nlohmann::json>> run_specs(const store::Workspace& workspace, int64_t run);

class Session {
 public:
  // `workspace` is the computing thread's own. device: "auto", "cpu", "cuda:N". cache_limit: bytes
  // of models kept; 0: a third of the machine's memory.
  static Result<std::unique_ptr<Session>> open(store::Workspace& workspace,
                                               const std::string& device, uint64_t cache_limit = 0);
  ~Session();
  PairStore pairs;         // any thread
  ModelCache& cache();     // the computing thread
  CreditMemo& memo();      // the computing thread
  Estimator& estimator();  // the computing thread
  std::string device() const;
  uint64_t cache_limit() const;

 private:
  struct Parts;
  explicit Session(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

// Every method of the wire.
Service make_service(Session& session);

}  // namespace loupe::engine
