// SPDX-License-Identifier: GPL-3.0-or-later
// Rotary position embedding and its scalings (transformers: modeling_rope_utils).
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace loupe::model {

struct RopeSpec {
  std::string type = "default";           // default, linear, dynamic, llama3, yarn, longrope
  std::vector<double> inverse_frequency;  // [rotated part of a head / 2]
  double attention_factor = 1;            // cosines and sines are multiplied by it

  int64_t dim() const { return 2 * static_cast<int64_t>(inverse_frequency.size()); }
};

// `rope`: the keys of config.json's rope_parameters (or rope_scaling), rope_theta included.
// `dim`: how many numbers of a head are turned. `max_positions` is lowered to what holds whatever
// a text's length is: "dynamic" and "longrope" turn longer texts by other angles, those are not
// offered.
Result<RopeSpec> read_rope(const nlohmann::json& rope, int64_t dim, int64_t& max_positions,
                           const std::string& where);

// The rope parameters of a config.json in one object, whichever way its transformers version wrote
// them. `layer_type`: of a config that has them by kind of layer; "" otherwise.
nlohmann::json rope_parameters(const nlohmann::json& config, double default_theta,
                               const std::string& layer_type = "");

}  // namespace loupe::model
