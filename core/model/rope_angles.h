// SPDX-License-Identifier: GPL-3.0-or-later
// By how much each token's queries and keys are turned (Hugging Face:
// LlamaRotaryEmbedding.forward). Internal to core/model.
#pragma once

#include <ATen/core/Tensor.h>

#include "core/model/packed_batch.h"
#include "core/model/rope_spec.h"

namespace loupe::model {

struct RopeAngles {
  at::Tensor cosine, sine;  // [tokens, turned part of a head / 2]; undefined without a rope
};

// The frequencies of texts whose length does not matter, fp32 on `device`: made once a model.
at::Tensor rope_frequency(const RopeSpec& rope, at::Device device);

// `frequency`: rope_frequency(); `positions` [tokens]: batch.positions on its device. In fp32 as
// transformers computes them, whatever the model's dtype, then `dtype`. Throws where a prompt is
// shared in a text so long that its angles depend on the text's length.
RopeAngles rope_angles(const RopeSpec& rope, const at::Tensor& frequency, const PackedBatch& batch,
                       const at::Tensor& positions, at::ScalarType dtype);

}  // namespace loupe::model
