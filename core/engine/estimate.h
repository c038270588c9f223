// SPDX-License-Identifier: GPL-3.0-or-later
// What a training run will take: memory, disk, time. Memory is a formula over the model's shape and
// the longest batch, compared with measured peaks in docs/performance.md; time comes from runs that
// were measured here, and is unknown without one.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/api/models.h"
#include "core/api/training.h"
#include "core/base/lru.h"
#include "core/base/progress.h"
#include "core/data/encode.h"
#include "core/engine/jobs.h"
#include "core/model/config.h"

namespace loupe::engine {

// How long the pairs of a data set are; all that an estimate needs of them.
struct PairLengths {
  std::vector<int64_t> tokens;     // distinct tokens of each pair: prompt + chosen + rejected
  std::vector<int64_t> responses;  // of which in the responses
  int64_t left_out = 0;
  int64_t total() const;
};
PairLengths pair_lengths(const data::EncodedDataset& set);

// Numbers that the recipe trains; of low-rank matrices as many as all of the layers' would have.
double trained_count(const model::DecoderConfig& config, int64_t parameters,
                     const train::Recipe& recipe);

// Bytes at the peak of training, without the files of the model.
double training_memory(const model::DecoderConfig& config, int64_t parameters,
                       const train::Recipe& recipe, const PairLengths& train);
// What the model takes for each use, at `batch` pairs whose two texts have `length` tokens each.
// LoRA: rank 16 on every matrix of the layers.
api::MemoryTable memory_table(const model::DecoderConfig& config, int64_t parameters,
                              int64_t length, int64_t batch, at::Device device);
// Forward passes over tokens, a training token counted as three; the unit of a run's speed.
double training_work(const train::Recipe& recipe, int64_t train_tokens, int64_t eval_tokens);

class Estimator {
 public:
  explicit Estimator(const store::Workspace& workspace) : workspace_(workspace) {}
  // Tokenises the data once; later questions on the same data are quick. One thread.
  Result<api::Estimate> estimate(const TrainRequest& request, const CancelToken& cancel);
  // The devices that the recipe's comes to, in order: "auto" is a GPU only when one holds this
  // training.
  Result<std::vector<std::string>> devices_for(const store::ModelRow& model,
                                               const train::Recipe& recipe, const json& train_spec,
                                               const CancelToken& cancel);

 private:
  Result<std::shared_ptr<const PairLengths>> lengths(const store::ModelRow& model, const json& spec,
                                                     const train::Recipe& recipe,
                                                     const CancelToken& cancel);
  Result<double> seconds(const store::ModelRow& model, const train::Recipe& recipe,
                         at::Device device, double work);
  const store::Workspace& workspace_;
  Lru<PairLengths> known_{1000000};  // pairs
};

// The same run as a command line; "" where the command line cannot say it.
std::string command_line_of(const store::Workspace& workspace, const TrainRequest& request,
                            const api::TrainAsked& asked);

}  // namespace loupe::engine
