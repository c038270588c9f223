// SPDX-License-Identifier: GPL-3.0-or-later
// Models of the GPU's tests: the same one on two devices, and one of a given shape, drawn by seed.
#pragma once

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "core/model/decoder.h"
#include "core/model/model_files.h"
#include "core/model/weight_reader.h"
#include "tests/model/golden_models.h"

namespace loupe::test {

// The GPU; LOUPE_GPU_CASES_ON=cpu tries the cases themselves where there is none.
inline at::Device gpu_device() {
  const char* other = std::getenv("LOUPE_GPU_CASES_ON");
  return other == nullptr ? at::Device(at::kCUDA, 0) : at::Device(std::string(other));
}

// Why a case cannot run here; empty where it can. fp32 products are whole ones from here on.
inline std::string without_gpu() {
  if (gpu_device().is_cuda() && !at::hasCUDA()) return "SKIP: no GPU";
  at::globalContext().setAllowTF32CuBLAS(false);
  at::globalContext().setAllowTF32CuDNN(false);
  return "";
}

// A folder, or a folder with model.gguf, of tests/golden.
inline std::shared_ptr<model::Decoder> decoder_from(const std::filesystem::path& folder) {
  const auto gguf = folder / "model.gguf";
  const auto opened = must(model::open_model(std::filesystem::exists(gguf) ? gguf : folder));
  model::WeightReader reader(opened);
  return must(model::Decoder::build(opened.config,
                                    [&](const std::string& name, at::Tensor& destination) {
                                      return reader.fill(name, destination);
                                    },
                                    {}));
}

// A decoder of the same values on `device`, each off by a little noise that depends on `seed`
// alone; 0: none.
inline std::shared_ptr<model::Decoder> twin(const model::Decoder& from, at::Device device,
                                            uint64_t seed) {
  at::NoGradGuard no_grad;
  std::map<std::string, at::Tensor> values;
  if (seed != 0) at::manual_seed(seed);
  for (const auto& [name, value] : from.parameters()) {
    const auto noise = seed == 0 ? at::zeros_like(value) : at::randn_like(value) * 0.05;
    values[name] = value.detach() + noise;
  }
  const auto weights = [&](const std::string& name, at::Tensor& destination) -> Result<void> {
    const auto value = values.find(name);
    if (value == values.end()) return Error{ErrorCode::corrupt, name, "", ""};
    destination.copy_(value->second);
    return {};
  };
  return must(model::Decoder::build(from.config(), weights, {at::kFloat, at::kFloat, device}));
}

struct Shape {
  int64_t layers = 16, hidden = 2048, intermediate = 8192, heads = 32, kv_heads = 8;
  int64_t vocabulary = 128256;
};

// A Llama of this shape with random weights, on `device` from the start.
inline std::shared_ptr<model::Decoder> random_llama(const Shape& shape, at::Device device) {
  const nlohmann::json config = {{"architectures", {"LlamaForCausalLM"}},
                                 {"model_type", "llama"},
                                 {"vocab_size", shape.vocabulary},
                                 {"hidden_size", shape.hidden},
                                 {"intermediate_size", shape.intermediate},
                                 {"num_hidden_layers", shape.layers},
                                 {"num_attention_heads", shape.heads},
                                 {"num_key_value_heads", shape.kv_heads},
                                 {"max_position_embeddings", 4096},
                                 {"rms_norm_eps", 1e-5},
                                 {"rope_theta", 500000.0},
                                 {"hidden_act", "silu"},
                                 {"tie_word_embeddings", true},
                                 {"initializer_range", 0.02}};
  at::NoGradGuard no_grad;
  at::manual_seed(7);
  const auto weights = [](const std::string& name, at::Tensor& destination) -> Result<void> {
    if (name.find("norm") != std::string::npos)
      destination.fill_(1);
    else
      destination.normal_(0, 0.02);
    return {};
  };
  return must(model::Decoder::build(must(model::config_from_json(config, "a random Llama")),
                                    weights, {at::kFloat, at::kFloat, device}));
}

}  // namespace loupe::test
