// SPDX-License-Identifier: GPL-3.0-or-later
// Everything that decides what a training run computes. Stored whole with the run. No torch.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "core/base/result.h"

namespace loupe::train {

struct Recipe {
  std::string type = "EX";  // "EX", "IM"
  int64_t epochs = 4;
  double lr = 1e-5;        // constant
  int64_t batch_size = 8;  // pairs in a forward pass
  int64_t accumulate = 1;  // forward passes in an optimiser step
  uint64_t seed = 0;       // the head, and the order of the data
  double beta = 0.01;      // IM
  double weight_decay = 0;
  double adam_beta1 = 0.9, adam_beta2 = 0.999, adam_eps = 1e-8;
  std::string dtype =
      "fp32";  // of matrix products: "fp32", "bf16" (autocast: weights and optimiser stay fp32)
  std::string device = "auto";  // "auto", "cpu", "cuda:N"
  // "full": every parameter; "lora": low-rank matrices beside the layers' (core/model/lora.h);
  // "head": that of an EX-RM alone.
  std::string trains = "full";
  int64_t lora_rank = 8;
  double lora_alpha = 16;                   // the low-rank product counts alpha / rank
  std::string lora_targets = "all-linear";  // or "q_proj,v_proj"
  std::string pooling = "last";             // EX: "last", "mean"
  double head_sd = 0;  // EX: of the head's first values; 0: the model's initializer_range
  bool length_normalised = false, without_reference = false;  // IM
  int64_t max_prompt_tokens = 512,
          max_response_tokens = 512;  // longer pairs are left out and listed
  int64_t eval_every = 1;             // epochs
  double checkpoint_minutes = 5;      // between epochs' ends
  int64_t threads = 0;                // CPU threads; 0: all cores

  nlohmann::json to_json() const;
};

// Missing keys keep their defaults; unknown keys and impossible values are refused by name.
Result<Recipe> recipe_from_json(const nlohmann::json& json);

}  // namespace loupe::train
