// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model_cache.h"

#include <ATen/ATen.h>

#include "core/base/log.h"
#include "core/engine/installation.h"
#include "core/engine/placement.h"
#include "core/train/trainable.h"

namespace loupe::engine {

namespace {

using Pooling = reward::ExplicitReward::Pooling;

void make_reward(LoadedReward& loaded) {
  const auto& decoder = loaded.language.decoder;
  if (loaded.type == "EX")
    loaded.reward =
        std::make_shared<reward::ExplicitReward>(decoder, loaded.language.head, loaded.pooling);
  else
    loaded.reward = std::make_shared<reward::ImplicitReward>(
        decoder, loaded.reference ? loaded.reference->decoder : nullptr, loaded.implicit);
}

}  // namespace

ModelCache::ModelCache(const store::Workspace& workspace, at::Device device, uint64_t limit)
    : workspace_(workspace), device_(device), limit_(limit) {
  if (limit_ == 0) limit_ = total_memory() / 3;
}

double scoring_memory(const store::ModelRow& model) {
  const double copies = model.kind == "IM" ? 8 : 4;
  return copies * static_cast<double>(model.parameters) + 1e9;
}

Result<double> scoring_memory(const store::Workspace& workspace, const store::RunRow& run) {
  LOUPE_TRY(const auto model, workspace.model(run.model_id));
  return scoring_memory(model) + (run.type == "IM" ? 4 * static_cast<double>(model.parameters) : 0);
}

// With room for a trained copy beside it.
at::Device ModelCache::place_for(const store::ModelRow& row) {
  if (device_.is_cpu()) return device_;
  const double needed = scoring_memory(row) + 4 * static_cast<double>(row.parameters);
  if (needed > room_on(device_, Room::free)) clear();
  const double room = room_on(device_, Room::free);
  if (needed <= room) return device_;
  log_warning("\"" + row.name + "\" is scored on the CPU: it takes about " +
              std::to_string(static_cast<int64_t>(needed / 1e6)) + " MB, and " + device_.str() +
              " has " + std::to_string(static_cast<int64_t>(room / 1e6)) + " MB free");
  return at::Device(at::kCPU);
}

template <class T>
std::shared_ptr<const T> ModelCache::find(const std::string& key) {
  for (auto entry = entries_.begin(); entry != entries_.end(); ++entry)
    if (entry->key == key) {
      entries_.splice(entries_.begin(), entries_, entry);
      return std::static_pointer_cast<const T>(entries_.front().value);
    }
  return nullptr;
}

void ModelCache::keep(const std::string& key, std::shared_ptr<const void> value, uint64_t bytes) {
  entries_.push_front({key, std::move(value), bytes});
  uint64_t total = 0;
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    total += entry->bytes;
    entry = total > limit_ && entry != entries_.begin() ? entries_.erase(entry) : std::next(entry);
  }
}

void ModelCache::clear() {
  entries_.clear();
}

Result<std::shared_ptr<const model::LanguageModel>> ModelCache::base(int64_t model_id,
                                                                     const ProgressFn& progress) {
  const std::string key = "model " + std::to_string(model_id);
  if (auto found = find<model::LanguageModel>(key)) return found;
  LOUPE_TRY(const auto row, workspace_.model(model_id));
  model::LanguageModel loaded;
  if (row.kind == "adapter") {
    // Beside the base's matrices where it can be, so that both are one in memory.
    LOUPE_TRY(const auto under, base(row.base_id, progress));
    loaded = *under;
    LOUPE_CHECK(put_adapter_on(row, loaded));
  } else {
    model::LoadOptions options;
    options.device = place_for(row);
    options.progress = progress;
    LOUPE_TRY(loaded, load_row(workspace_, row, options));
  }
  const uint64_t bytes = loaded.decoder->parameter_bytes();
  auto shared = std::make_shared<const model::LanguageModel>(std::move(loaded));
  keep(key, shared, bytes);
  return shared;
}

Result<std::shared_ptr<const LoadedReward>> ModelCache::run(int64_t run_id,
                                                            const ProgressFn& progress) {
  LOUPE_TRY(const auto row, workspace_.run(run_id));
  LOUPE_TRY(const auto checkpoints, workspace_.checkpoints(run_id));
  if (checkpoints.empty())
    return Error{ErrorCode::not_found, "the run \"" + row.name + "\" has no checkpoint yet",
                 "run " + std::to_string(run_id), "wait for its first epoch, or resume it"};
  const auto& newest = checkpoints.back();
  const std::string key =
      "run " + std::to_string(run_id) + " checkpoint " + std::to_string(newest.id);
  if (auto found = find<LoadedReward>(key)) return found;
  LOUPE_TRY(const auto reference, base(row.model_id, progress));
  LoadedReward loaded;
  loaded.run = run_id;
  loaded.name = row.name;
  loaded.checkpoint = newest.id;
  LOUPE_TRY(loaded.recipe, train::recipe_from_json(row.recipe));
  loaded.type = loaded.recipe.type;
  loaded.language = *reference;
  LOUPE_TRY(auto trained, train::load_trained(workspace_.artifact_path(newest.path),
                                              reference->decoder, loaded.recipe));
  loaded.language.decoder = std::move(trained.decoder);
  const auto& extra = trained.extra;
  if (loaded.recipe.type == "EX") {
    const auto head = extra.find("score.weight");
    if (head == extra.end())
      return Error{ErrorCode::corrupt, "the checkpoint has no score.weight", newest.path,
                   "train the run again"};
    loaded.language.head = head->second;
    if (loaded.recipe.pooling == "mean") loaded.pooling = Pooling::mean;
  } else {
    loaded.implicit = {loaded.recipe.beta, loaded.recipe.length_normalised,
                       loaded.recipe.without_reference};
  }
  loaded.reference = reference;
  loaded.reference_model = row.model_id;
  make_reward(loaded);
  const uint64_t bytes = loaded.language.decoder->parameter_bytes();
  auto shared = std::make_shared<const LoadedReward>(std::move(loaded));
  keep(key, shared, bytes);
  return shared;
}

reward::ImplicitReward::Options implicit_of(const store::ModelRow& row) {
  reward::ImplicitReward::Options out;
  out.beta = row.details.value("beta", out.beta);
  out.length_normalised = row.details.value("length_normalised", false);
  out.without_reference = row.details.value("without_reference", false);
  return out;
}

Result<std::shared_ptr<const LoadedReward>> ModelCache::model(int64_t model_id,
                                                              const ProgressFn& progress) {
  LOUPE_TRY(const auto row, workspace_.model(model_id));
  LOUPE_TRY(const auto language, base(model_id, progress));
  LoadedReward loaded;
  loaded.model = model_id;
  loaded.name = row.name;
  loaded.language = *language;
  if (language->head.defined()) {
    loaded.type = "EX";
    if (row.details.value("pooling", "") == "mean") loaded.pooling = Pooling::mean;
  } else if (row.kind == "IM" || row.details.contains("beta")) {
    if (row.base_id != 0) {
      LOUPE_TRY(loaded.reference, base(row.base_id, progress));
      loaded.reference_model = row.base_id;
    }
    loaded.type = "IM";
    loaded.implicit = implicit_of(row);
  } else {
    loaded.type = "LM";
    loaded.implicit = {1.0, false, true};
  }
  make_reward(loaded);
  return std::make_shared<const LoadedReward>(std::move(loaded));
}

Result<std::shared_ptr<const LoadedReward>> ModelCache::scorer(const api::ScorerId& of,
                                                               const ProgressFn& progress) {
  if (of.is_run()) return run(of.id, progress);
  if (of.is_model()) return model(of.id, progress);
  return Error{ErrorCode::invalid_input, "no run and no model was named", "request",
               "name one as run:ID or model:ID"};
}

}  // namespace loupe::engine
