// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/service/session.h"

#include <algorithm>

#include "core/data/source.h"
#include "core/engine/estimate.h"
#include "core/engine/model_cache.h"
#include "core/engine/placement.h"
#include "core/engine/scoring.h"
#include "core/engine/train_request.h"
#include "core/engine/wire.h"

namespace loupe::engine {

using nlohmann::json;

Result<std::vector<json>> run_specs(const store::Workspace& workspace, int64_t run) {
  LOUPE_TRY(const auto jobs, workspace.jobs_of_run(run));
  std::vector<json> specs;
  const auto add = [&](const json& spec) {
    if (std::find(specs.begin(), specs.end(), spec) == specs.end()) specs.push_back(spec);
  };
  for (const auto& job : jobs)
    if (job.request.contains("eval"))
      for (const auto& spec : job.request["eval"]) add(spec);
  for (const auto& job : jobs)
    if (job.request.contains("train")) add(job.request["train"]);
  return specs;
}

Result<PairStore::Dataset> PairStore::load(const json& spec) {
  const std::string key = dump(spec);
  {
    const std::lock_guard lock(mutex_);
    if (auto found = sets_.find(key)) return found;
  }
  LOUPE_TRY(auto read, data::load_spec(spec));
  const uint64_t pairs = read.pairs.size();
  const std::lock_guard lock(mutex_);
  return sets_.keep(key, std::move(read), pairs);
}

Result<PairStore::Dataset> PairStore::of_dataset(const store::Workspace& workspace,
                                                 int64_t dataset) {
  LOUPE_TRY(const auto spec, dataset_spec(workspace, dataset));
  return load(spec);
}

Result<PairStore::Dataset> PairStore::of_run(const store::Workspace& workspace, int64_t run,
                                             const std::string& set) {
  LOUPE_TRY(const auto specs, run_specs(workspace, run));
  for (const auto& spec : specs)
    if (spec.value("name", "") == set) return load(spec);
  return Error{ErrorCode::not_found, "the run has no evaluation set called \"" + set + "\"",
               "run " + std::to_string(run), ""};
}

Result<data::PreferencePair> PairStore::pair(const store::Workspace& workspace,
                                             const api::PairRef& ref) {
  if (ref.text) {
    data::PreferencePair out;
    LOUPE_TRY(out.prompt, turns_of(ref.text->prompt));
    out.chosen = ref.text->chosen;
    out.rejected = ref.text->rejected;
    return out;
  }
  LOUPE_TRY(const auto set, ref.dataset != 0 ? of_dataset(workspace, ref.dataset)
                                             : of_run(workspace, ref.run, ref.set));
  const auto count = static_cast<int64_t>(set->pairs.size());
  if (ref.index < 0 || ref.index >= count)
    return Error{ErrorCode::invalid_input,
                 "there is no pair " + std::to_string(ref.index) + "; the set has pairs 0 to " +
                     std::to_string(count - 1),
                 "request", ""};
  return set->pairs[static_cast<size_t>(ref.index)];
}

struct Session::Parts {
  Parts(store::Workspace& workspace, at::Device on, uint64_t cache_limit)
      : device(on), cache(workspace, on, cache_limit), estimator(workspace) {}
  at::Device device;
  ModelCache cache;
  CreditMemo memo;
  Estimator estimator;
};

Session::Session(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Session::~Session() = default;

Result<std::unique_ptr<Session>> Session::open(store::Workspace& workspace,
                                               const std::string& device, uint64_t cache_limit) {
  LOUPE_TRY(const auto on, choose_device(device));
  return std::unique_ptr<Session>(new Session(std::make_unique<Parts>(workspace, on, cache_limit)));
}

ModelCache& Session::cache() {
  return parts_->cache;
}
CreditMemo& Session::memo() {
  return parts_->memo;
}
Estimator& Session::estimator() {
  return parts_->estimator;
}
std::string Session::device() const {
  return parts_->device.str();
}
uint64_t Session::cache_limit() const {
  return parts_->cache.limit();
}

}  // namespace loupe::engine
