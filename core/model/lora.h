// SPDX-License-Identifier: GPL-3.0-or-later
// Low-rank changes of a decoder's matrices: y = x W^T + scale (x A^T) B^T (Hu et al. 2021, arXiv
// 2106.09685; peft: LoraLayer). The matrices W stay as they are, so that several decoders, an
// IM-RM's policy and its reference among them, can share one set.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"

namespace loupe::model {

class Decoder;

struct LoraModule {
  std::string name;  // of the matrix, without ".weight": "model.layers.0.self_attn.q_proj"
  at::Tensor a, b;   // [rank, in], [out, rank]; leaves, the decoder's residual dtype
  double scale = 1;
};

struct LoraOptions {
  int64_t rank = 8;
  double alpha = 16;  // scale = alpha / rank
  // The last parts of the names of the matrices to change ("q_proj"); empty: every matrix of every
  // layer, which is peft's "all-linear".
  std::vector<std::string> targets;
};

// A drawn as peft draws it, U(-1/sqrt(in), 1/sqrt(in)), out of `uniform`, which gives numbers of
// [0, 1); B zero, so that the decoder starts unchanged. A target that no matrix has is refused.
Result<std::vector<LoraModule>> new_lora(const Decoder& decoder, const LoraOptions& options,
                                         const std::function<double()>& uniform);

// The last parts of the names of all matrices of the layers, in order, each once.
std::vector<std::string> lora_targets(const Decoder& decoder);
// Those that the modules have.
std::vector<std::string> lora_targets(const std::vector<LoraModule>& modules);

// What every name in peft's adapter_model.safetensors begins with: a PeftModel's `base_model` is a
// LoraModel, whose `model` is what it changes.
constexpr std::string_view peft_prefix = "base_model.model.";
// The names there of A and of B.
std::pair<std::string, std::string> lora_names(const std::string& module);
std::vector<std::pair<std::string, at::Tensor>> lora_tensors(
    const std::vector<LoraModule>& modules);

// peft's adapter_config.json of a decoder's low-rank changes, for the model `base`. `classifier`:
// a `score.weight` is saved beside them.
nlohmann::json lora_config(const Decoder& decoder, const std::string& base, bool classifier);

}  // namespace loupe::model
