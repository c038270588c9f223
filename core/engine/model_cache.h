// SPDX-License-Identifier: GPL-3.0-or-later
// Models kept in memory while it allows, ready to score.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <string>

#include "core/api/ids.h"
#include "core/engine/models.h"
#include "core/reward/kinds.h"
#include "core/train/recipe.h"

namespace loupe::engine {

// Something that gives rewards, with all that scoring text needs: a trained run, or a model of the
// workspace.
struct LoadedReward {
  int64_t run = 0, model = 0;  // one of them is not 0
  std::string name;
  const reward::RewardKind* kind = nullptr;  // never null
  std::string type;                          // its id
  reward::Settings settings;                 // the run's recipe, or the details of the model's row
  train::Recipe recipe;                      // of a run
  model::LanguageModel language;             // the decoder that is read off, tokenizer and template
  std::shared_ptr<reward::RewardModel> reward;
  // The model whose weights it reads beside its own: an IM-RM's reference, or what low-rank changes
  // lie on; null: none.
  std::shared_ptr<const model::LanguageModel> base;
  int64_t base_model = 0;  // its id; of a run always: what was trained
  // Of a run: its checkpoint (another one may give other rewards), and where in training that is.
  int64_t checkpoint = 0, step = 0;
  double epoch = 0;
};

// Bytes that scoring takes: weights in fp32, a reference's too, and room for what passes through.
Result<double> scoring_memory(const store::Workspace& workspace, const store::RunRow& run);
double scoring_memory(const store::ModelRow& model);

// Keeps what was loaded, least recently used first out. Weights that several share are in memory
// once, and count once; a base that is let go, but that a run still reads, is found again. One
// thread.
class ModelCache {
 public:
  // `limit`: bytes of weights kept; 0: a third of the machine's memory. What a GPU has no room for
  // goes to the CPU, and the log says so; what the CPU's memory does not hold is refused.
  ModelCache(const store::Workspace& workspace, at::Device device, uint64_t limit = 0);
  Result<std::shared_ptr<const model::LanguageModel>> base(int64_t model_id,
                                                           const ProgressFn& progress = {});
  // From the newest checkpoint; a run without one is refused. A run that trains may replace the
  // checkpoint meanwhile: then the next one is read.
  Result<std::shared_ptr<const LoadedReward>> run(int64_t run_id, const ProgressFn& progress = {});
  Result<std::shared_ptr<const LoadedReward>> model(int64_t model_id,
                                                    const ProgressFn& progress = {});
  // The one of the two that `of` names.
  Result<std::shared_ptr<const LoadedReward>> scorer(const api::ScorerId& of,
                                                     const ProgressFn& progress = {});
  void clear();
  uint64_t limit() const { return limit_; }
  uint64_t bytes() const;  // of the weights it holds

 private:
  // Memory by where it lies.
  using Blocks = std::map<const void*, uint64_t>;
  struct Entry {
    std::string key;
    std::shared_ptr<const void> value;
    Blocks blocks;
  };
  static void add_blocks(const model::Decoder& decoder, Blocks& out);
  template <class T>
  std::shared_ptr<const T> find(const std::string& key);
  Result<std::shared_ptr<const LoadedReward>> newest(const store::RunRow& row,
                                                     const ProgressFn& progress);
  Result<at::Device> place_for(const store::ModelRow& row, bool with_trained_copy);
  void keep(const std::string& key, std::shared_ptr<const void> value, Blocks blocks);

  const store::Workspace& workspace_;
  at::Device device_;
  uint64_t limit_;
  std::list<Entry> entries_;  // newest first
  std::map<int64_t, std::weak_ptr<const model::LanguageModel>> bases_;
};

}  // namespace loupe::engine
