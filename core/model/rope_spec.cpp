// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/rope_spec.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/model/config_reader.h"

namespace loupe::model {

namespace {

using nlohmann::json;

std::vector<double> plain_frequencies(double theta, int64_t dim) {
  std::vector<double> out;
  for (int64_t i = 0; i < dim; i += 2)
    out.push_back(1.0 / std::pow(theta, static_cast<double>(i) / static_cast<double>(dim)));
  return out;
}

Result<void> scale_llama3(const ConfigReader& rope, double original, RopeSpec& spec) {
  LOUPE_TRY(const double factor, rope.number("factor", 8));
  LOUPE_TRY(const double low_factor, rope.number("low_freq_factor", 1));
  LOUPE_TRY(const double high_factor, rope.number("high_freq_factor", 4));
  if (high_factor <= low_factor) return rope.bad("high_freq_factor is not above low_freq_factor");
  const double low = original / low_factor;
  const double high = original / high_factor;
  for (double& f : spec.inverse_frequency) {
    const double wavelength = 2 * M_PI / f;
    if (wavelength > low) {
      f /= factor;
    } else if (wavelength >= high) {
      const double smooth = (original / wavelength - low_factor) / (high_factor - low_factor);
      f = (1 - smooth) * f / factor + smooth * f;
    }
  }
  return {};
}

double yarn_mscale(double scale, double by = 1) {
  return scale <= 1 ? 1 : 0.1 * by * std::log(scale) + 1;
}

Result<void> scale_yarn(const ConfigReader& rope, double theta, double original, double longest,
                        RopeSpec& spec) {
  LOUPE_TRY(const double factor, rope.number("factor", longest / original));
  LOUPE_TRY(const double beta_fast, rope.number("beta_fast", 32));
  LOUPE_TRY(const double beta_slow, rope.number("beta_slow", 1));
  LOUPE_TRY(const double mscale, rope.number_or_zero("mscale"));
  LOUPE_TRY(const double mscale_all, rope.number_or_zero("mscale_all_dim"));
  const double by_scales = mscale > 0 && mscale_all > 0
                               ? yarn_mscale(factor, mscale) / yarn_mscale(factor, mscale_all)
                               : yarn_mscale(factor);
  LOUPE_TRY(spec.attention_factor, rope.number("attention_factor", by_scales));
  const double dim = static_cast<double>(spec.dim());
  const auto correction = [&](double turns) {
    return dim * std::log(original / (turns * 2 * M_PI)) / (2 * std::log(theta));
  };
  double low = correction(beta_fast);
  double high = correction(beta_slow);
  if (rope.flag("truncate", true)) {
    low = std::floor(low);
    high = std::ceil(high);
  }
  low = std::max(low, 0.0);
  high = std::min(high, dim - 1);
  if (low == high) high += 0.001;
  for (size_t i = 0; i < spec.inverse_frequency.size(); ++i) {
    const double interpolated = std::clamp((static_cast<double>(i) - low) / (high - low), 0.0, 1.0);
    double& f = spec.inverse_frequency[i];
    f = f / factor * interpolated + f * (1 - interpolated);
  }
  return {};
}

// Each frequency divided by its factor.
Result<std::vector<double>> divided(const ConfigReader& rope, const std::string& key,
                                    std::vector<double> frequency) {
  const auto found = rope.json().find(key);
  if (found == rope.json().end() || !found->is_array() || found->size() != frequency.size())
    return rope.bad(key + " is no list of " + std::to_string(frequency.size()) + " numbers");
  for (size_t i = 0; i < found->size(); ++i) {
    const auto& value = (*found)[i];
    if (!value.is_number() || !(value.get<double>() > 0))
      return rope.bad(key + "[" + std::to_string(i) + "] is no positive number");
    frequency[i] /= value.get<double>();
  }
  return frequency;
}

Result<void> scale_long(const ConfigReader& rope, double original, double longest, RopeSpec& spec) {
  const std::vector<double> plain = spec.inverse_frequency;
  LOUPE_TRY(spec.inverse_frequency, divided(rope, "short_factor", plain));
  if (rope.has("long_factor")) {
    LOUPE_TRY(spec.long_frequency, divided(rope, "long_factor", plain));
    spec.original = static_cast<int64_t>(original);
  }
  LOUPE_TRY(const double factor, rope.number("factor", longest / original));
  const double usual =
      factor <= 1 ? 1 : std::sqrt(1 + std::log(factor) / std::log(std::max(original, 2.0)));
  LOUPE_TRY(spec.attention_factor, rope.number("attention_factor", usual));
  return {};
}

}  // namespace

// modeling_rope_utils: _compute_dynamic_ntk_parameters, longrope_frequency_update
std::vector<double> RopeSpec::frequencies(int64_t length) const {
  if (original == 0 || length <= original) return inverse_frequency;
  if (!long_frequency.empty()) return long_frequency;
  const double over = static_cast<double>(length) / static_cast<double>(original);
  const auto turned = static_cast<double>(dim());
  return plain_frequencies(theta * std::pow(factor * over - (factor - 1), turned / (turned - 2)),
                           dim());
}

json rope_parameters(const json& config, double default_theta, const std::string& layer_type) {
  json out = json::object();
  for (const char* key : {"rope_scaling", "rope_parameters"})
    if (const auto found = config.find(key); found != config.end() && found->is_object())
      out = *found;
  if (!layer_type.empty())
    if (const auto found = out.find(layer_type); found != out.end() && found->is_object()) {
      const json own = *found;
      out = own;
    }
  const auto take = [&](const char* from, const char* to) {
    const auto found = config.find(from);
    if (found != config.end() && !found->is_null() && !out.contains(to)) out[to] = *found;
  };
  take("rope_theta", "rope_theta");
  take("partial_rotary_factor", "partial_rotary_factor");
  if (!out.contains("rope_theta") || out["rope_theta"].is_null()) out["rope_theta"] = default_theta;
  if (!out.contains("rope_type")) out["rope_type"] = out.value("type", json("default"));
  // A family that keeps the trained length beside the rope means that one.
  const auto original = config.find("original_max_position_embeddings");
  if (original != config.end() && original->is_number())
    out["original_max_position_embeddings"] = *original;
  return out;
}

Result<RopeSpec> read_rope(const json& parameters, int64_t dim, int64_t& max_positions,
                           const std::string& where) {
  const ConfigReader rope(parameters, where);
  if (dim <= 0 || dim % 2 != 0)
    return rope.bad("the rotated part of a head has " + std::to_string(dim) + " numbers");
  RopeSpec spec;
  spec.type = rope.text("rope_type", "default");
  if (spec.type == "su") spec.type = "longrope";
  LOUPE_TRY(const double theta, rope.number("rope_theta", 10000));
  spec.inverse_frequency = plain_frequencies(theta, dim);
  const double longest = static_cast<double>(max_positions);
  LOUPE_TRY(const double original, rope.number("original_max_position_embeddings", longest));
  if (spec.type == "default") return spec;
  if (spec.type == "dynamic") {
    LOUPE_TRY(spec.factor, rope.number("factor", 1));
    if (spec.factor <= 1 || dim <= 2) return spec;
    spec.theta = theta;
    spec.original = max_positions;
    max_positions = static_cast<int64_t>(longest * std::min(spec.factor, 1024.0));
    return spec;
  }
  if (spec.type == "linear") {
    LOUPE_TRY(const double factor, rope.number("factor", 1));
    for (double& f : spec.inverse_frequency) f /= factor;
    return spec;
  }
  if (spec.type == "llama3") {
    LOUPE_CHECK(scale_llama3(rope, original, spec));
    return spec;
  }
  if (spec.type == "yarn") {
    LOUPE_CHECK(scale_yarn(rope, theta, original, longest, spec));
    return spec;
  }
  if (spec.type == "longrope") {
    LOUPE_CHECK(scale_long(rope, original, longest, spec));
    if (spec.original == 0) max_positions = std::min(max_positions, static_cast<int64_t>(original));
    return spec;
  }
  return Error{ErrorCode::unsupported,
               "rotary scaling of type \"" + spec.type + "\" is not supported", where,
               "supported are default, linear, dynamic, llama3, yarn and longrope"};
}

}  // namespace loupe::model
