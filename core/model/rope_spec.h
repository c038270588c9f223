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
  std::string type = "default";  // default, linear, dynamic, llama3, yarn, longrope
  // [rotated part of a head / 2], of every text or of those up to `original` tokens
  std::vector<double> inverse_frequency;
  double attention_factor = 1;  // cosines and sines are multiplied by it

  // "dynamic" and "longrope" turn a text of more tokens otherwise; 0: its length does not matter.
  int64_t original = 0;
  std::vector<double> long_frequency;  // longrope, of those
  double theta = 10000, factor = 1;    // dynamic

  int64_t dim() const { return 2 * static_cast<int64_t>(inverse_frequency.size()); }
  // Of a text of `length` tokens, as a freshly loaded model turns it when it reads that text alone.
  // (transformers takes the longest text of a batch, and for "dynamic" the longest one so far.)
  std::vector<double> frequencies(int64_t length) const;
};

// `rope`: the keys of config.json's rope_parameters (or rope_scaling), rope_theta included.
// `dim`: how many numbers of a head are turned. `max_positions`, the longest text, is raised by the
// factor of "dynamic", and lowered for a "longrope" that does not say how longer texts are turned.
Result<RopeSpec> read_rope(const nlohmann::json& rope, int64_t dim, int64_t& max_positions,
                           const std::string& where);

// The rope parameters of a config.json in one object, whichever way its transformers version wrote
// them. `layer_type`: of a config that has them by kind of layer; "" otherwise.
nlohmann::json rope_parameters(const nlohmann::json& config, double default_theta,
                               const std::string& layer_type = "");

}  // namespace loupe::model
