// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model_cache.h"

#include <ATen/ATen.h>

#include "core/base/log.h"
#include "core/engine/installation.h"
#include "core/engine/placement.h"
#include "core/train/trainable.h"

namespace loupe::engine {

namespace {

// The reward that the weights left, of `kind` and the tensors `own` beyond the decoder's.
Result<void> make_reward(LoadedReward& loaded, const reward::RewardKind& kind,
                         const std::map<std::string, at::Tensor>& own, const std::string& where) {
  loaded.kind = &kind;
  loaded.type = kind.id();
  const auto reference = loaded.base ? loaded.base->decoder : nullptr;
  LOUPE_TRY(loaded.reward, kind.restore(loaded.language, reference, own, loaded.settings, where));
  return {};
}

}  // namespace

ModelCache::ModelCache(const store::Workspace& workspace, at::Device device, uint64_t limit)
    : workspace_(workspace), device_(device), limit_(limit) {
  if (limit_ == 0) limit_ = total_memory() / 3;
}

namespace {

constexpr double passing = 1e9;  // what goes through while a batch is scored

double weights_of(const store::ModelRow& model) {
  return 4 * static_cast<double>(model.parameters);
}

// Whether it is one set of weights: the reference of low-rank changes is the model without them.
bool one_set(const store::ModelRow& model) {
  const auto adapter = model.details.value("adapter", nlohmann::json::object());
  return model.kind == model::role::adapter && !adapter.value("merged", false);
}

}  // namespace

double scoring_memory(const store::ModelRow& model) {
  const bool reference = kind_of(model).uses_reference(model.details);
  return (reference && !one_set(model) ? 2 : 1) * weights_of(model) + passing;
}

Result<double> scoring_memory(const store::Workspace& workspace, const store::RunRow& run) {
  LOUPE_TRY(const auto model, workspace.model(run.model_id));
  LOUPE_TRY(const auto recipe, train::recipe_from_json(run.recipe));
  LOUPE_TRY(const auto* kind, reward::kind_named(recipe.type));
  const bool reference = kind->uses_reference(run.recipe);
  return (recipe.tuning == "full" && reference ? 2 : 1) * weights_of(model) + passing;
}

Result<at::Device> ModelCache::place_for(const store::ModelRow& row, bool with_trained_copy) {
  const double weights = weights_of(row);
  const double needed = (with_trained_copy ? 2 : 1) * weights + passing;
  if (needed > room_on(device_, Room::free)) clear();
  const double room = room_on(device_, Room::free);
  if (needed <= room) return device_;
  if (device_.is_cpu()) {
    if (weights <= room || room == 0) return device_;  // 0: unknown
    return Error{ErrorCode::out_of_memory,
                 "\"" + row.name + "\" takes " +
                     std::to_string(static_cast<int64_t>(weights / 1e6)) + " MB, and " +
                     std::to_string(static_cast<int64_t>(room / 1e6)) + " MB are free",
                 host_name(), "close other programs, or use a smaller model"};
  }
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

void ModelCache::add_blocks(const model::Decoder& decoder, Blocks& out) {
  const auto add = [&](const at::Tensor& tensor) {
    out[tensor.storage().unsafeGetStorageImpl()] = tensor.storage().nbytes();
  };
  for (const auto& [name, parameter] : decoder.parameters()) add(parameter);
  for (const auto& module : decoder.lora()) {
    add(module.a);
    add(module.b);
  }
}

uint64_t ModelCache::bytes() const {
  Blocks all;
  for (const auto& entry : entries_) all.insert(entry.blocks.begin(), entry.blocks.end());
  uint64_t total = 0;
  for (const auto& [place, size] : all) total += size;
  return total;
}

void ModelCache::keep(const std::string& key, std::shared_ptr<const void> value, Blocks blocks) {
  entries_.push_front({key, std::move(value), std::move(blocks)});
  while (entries_.size() > 1 && bytes() > limit_) entries_.pop_back();
}

void ModelCache::clear() {
  entries_.clear();
}

Result<std::shared_ptr<const model::LanguageModel>> ModelCache::base(int64_t model_id,
                                                                     const ProgressFn& progress) {
  const std::string key = "model " + std::to_string(model_id);
  if (auto found = find<model::LanguageModel>(key)) return found;
  // With what it lies on, so that nobody loads that a second time while this one is read.
  struct Kept {
    model::LanguageModel model;
    std::shared_ptr<const model::LanguageModel> under;
  };
  auto shared = bases_[model_id].lock();
  if (!shared) {
    const auto kept = std::make_shared<Kept>();
    LOUPE_TRY(const auto row, workspace_.model(model_id));
    if (row.kind == model::role::adapter) {
      // Beside the base's matrices where it can be, so that both are one in memory.
      LOUPE_TRY(const auto under, base(row.base_id, progress));
      kept->model = *under;
      LOUPE_CHECK(put_adapter_on(row, kept->model));
      if (!kept->model.decoder->lora().empty()) kept->under = under;
    } else {
      model::LoadOptions options;
      LOUPE_TRY(options.device, place_for(row, true));
      options.progress = progress;
      LOUPE_TRY(kept->model, load_row(workspace_, row, options));
    }
    shared = std::shared_ptr<const model::LanguageModel>(kept, &kept->model);
    bases_[model_id] = shared;
  }
  Blocks blocks;
  add_blocks(*shared->decoder, blocks);
  keep(key, shared, std::move(blocks));
  return shared;
}

Result<std::shared_ptr<const LoadedReward>> ModelCache::run(int64_t run_id,
                                                            const ProgressFn& progress) {
  LOUPE_TRY(const auto row, workspace_.run(run_id));
  auto loaded = newest(row, progress);
  if (!loaded && loaded.error().code == ErrorCode::not_found) loaded = newest(row, progress);
  return loaded;
}

Result<std::shared_ptr<const LoadedReward>> ModelCache::newest(const store::RunRow& row,
                                                               const ProgressFn& progress) {
  const int64_t run_id = row.id;
  LOUPE_TRY(const auto checkpoints, workspace_.checkpoints(run_id));
  if (checkpoints.empty())
    return Error{ErrorCode::not_found, "the run \"" + row.name + "\" has no checkpoint yet",
                 "run " + std::to_string(run_id), "wait for its first epoch, or resume it"};
  const auto& last = checkpoints.back();
  const std::string key =
      "run " + std::to_string(run_id) + " checkpoint " + std::to_string(last.id);
  if (auto found = find<LoadedReward>(key)) return found;
  LoadedReward loaded;
  loaded.run = run_id;
  loaded.name = row.name;
  loaded.checkpoint = last.id;
  loaded.step = last.step;
  loaded.epoch = last.epoch;
  loaded.base_model = row.model_id;
  LOUPE_TRY(loaded.recipe, train::recipe_from_json(row.recipe));
  loaded.settings = loaded.recipe;
  LOUPE_TRY(const auto* kind, reward::kind_named(loaded.recipe.type));
  LOUPE_TRY(const auto model_row, workspace_.model(row.model_id));
  const bool reference = kind->uses_reference(loaded.settings);
  const auto file = workspace_.artifact_path(last.path);
  std::map<std::string, at::Tensor> extra;
  if (loaded.recipe.tuning == "full" && !reference && model_row.kind != model::role::adapter) {
    // The checkpoint has every weight: the model's own are not read.
    model::LoadOptions options;
    options.weights = model::LoadOptions::Weights::none;
    LOUPE_TRY(options.device, place_for(model_row, false));
    LOUPE_TRY(loaded.language, load_row(workspace_, model_row, options));
    LOUPE_TRY(extra, train::load_decoder_state(file, *loaded.language.decoder, loaded.recipe));
  } else {
    LOUPE_TRY(loaded.base, base(row.model_id, progress));
    loaded.language = *loaded.base;
    LOUPE_TRY(auto trained, train::load_trained(file, loaded.base->decoder, loaded.recipe));
    loaded.language.decoder = std::move(trained.decoder);
    extra = std::move(trained.extra);
    if (loaded.recipe.tuning == "full" && !reference) loaded.base = nullptr;
  }
  if (const auto head = extra.find("score.weight"); head != extra.end())
    loaded.language.head = head->second;
  LOUPE_CHECK(make_reward(loaded, *kind, extra, last.path));
  Blocks blocks;
  add_blocks(*loaded.language.decoder, blocks);
  if (loaded.base) add_blocks(*loaded.base->decoder, blocks);
  auto shared = std::make_shared<const LoadedReward>(std::move(loaded));
  keep(key, shared, std::move(blocks));
  return shared;
}

Result<std::shared_ptr<const LoadedReward>> ModelCache::model(int64_t model_id,
                                                              const ProgressFn& progress) {
  LOUPE_TRY(const auto row, workspace_.model(model_id));
  LOUPE_TRY(const auto language, base(model_id, progress));
  LoadedReward loaded;
  loaded.model = model_id;
  loaded.name = row.name;
  loaded.language = *language;
  loaded.settings = row.details;
  const auto& kind = kind_of(row);
  if (kind.uses_reference(row.details) && row.base_id != 0) {
    LOUPE_TRY(loaded.base, base(row.base_id, progress));
    loaded.base_model = row.base_id;
  }
  std::map<std::string, at::Tensor> own;
  if (language->head.defined()) own["score.weight"] = language->head;
  LOUPE_CHECK(make_reward(loaded, kind, own, row.path));
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
