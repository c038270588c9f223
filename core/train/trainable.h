// SPDX-License-Identifier: GPL-3.0-or-later
// What a recipe trains of a model, and what a checkpoint therefore holds: every parameter
// (`trains` "full"), low-rank changes beside parameters that stay ("lora"), or the head of an EX-RM
// alone ("head").
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/model/decoder.h"
#include "core/reward/reward_model.h"
#include "core/train/recipe.h"

namespace loupe::train {

using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

// The decoder that a Trainer takes: `base` itself, or, for "lora", one that shares its parameters
// and has new low-rank changes, drawn with the recipe's seed. Refused: a target that the model has
// not, and "lora" on a model that has an adapter beside its matrices already.
Result<std::shared_ptr<model::Decoder>> make_trainable(std::shared_ptr<model::Decoder> base,
                                                       const Recipe& recipe);

// Makes these leaves, and nothing else of the model, require gradients.
NamedTensors trained_parameters(const reward::RewardModel& model, const Recipe& recipe);

// The decoder's part of a checkpoint, under Hugging Face's or peft's names.
NamedTensors decoder_state(const model::Decoder& decoder, const Recipe& recipe);
// Reads it back into `decoder`; what else the file holds (head, optimiser) comes back.
Result<std::map<std::string, at::Tensor>> load_decoder_state(const std::filesystem::path& path,
                                                             model::Decoder& decoder,
                                                             const Recipe& recipe);

struct Trained {
  std::shared_ptr<model::Decoder> decoder;
  std::map<std::string, at::Tensor> extra;
};
// `base` as the checkpoint left it: a copy of its own ("full"), or one that shares its parameters.
Result<Trained> load_trained(const std::filesystem::path& path,
                             const std::shared_ptr<const model::Decoder>& base,
                             const Recipe& recipe);

}  // namespace loupe::train
