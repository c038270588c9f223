// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model_facts.h"

#include <set>

namespace loupe::engine {

namespace {

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.6g", value);
  return text;
}

std::string norm_text(const model::DecoderConfig& c) {
  using Config = model::DecoderConfig;
  std::string text = c.norm == Config::Norm::layer          ? "LayerNorm"
                     : c.norm == Config::Norm::rms_plus_one ? "RMSNorm, 1 + weight"
                                                            : "RMSNorm";
  text += c.residual == Config::Residual::sandwich   ? ", before and behind"
          : c.residual == Config::Residual::post     ? ", behind"
          : c.residual == Config::Residual::parallel ? ", before, attention and MLP in parallel"
                                                     : ", before";
  return text + ", eps " + number(c.norm_eps);
}

std::string rope_text(const model::DecoderConfig& c) {
  if (!c.rotary()) return "learned, " + std::to_string(c.max_positions);
  const double theta =
      c.source.is_object() ? model::rope_parameters(c.source, 10000).value("rope_theta", 0.0) : 0;
  std::string text = "rotary";
  if (c.rope.dim() != c.head_dim)
    text += ", " + std::to_string(c.rope.dim()) + " of " + std::to_string(c.head_dim);
  if (theta > 0) text += ", base " + number(theta);
  if (c.rope.type != "default") text += ", scaling " + c.rope.type;
  if (!c.local_rope.inverse_frequency.empty()) text += "; another in windowed layers";
  return text;
}

std::string window_text(const model::DecoderConfig& c) {
  std::set<int64_t> windows;
  int64_t windowed = 0;
  for (const auto& layer : c.layer_specs)
    if (layer.window > 0) {
      windows.insert(layer.window);
      ++windowed;
    }
  if (windowed == 0) return "";
  return std::to_string(*windows.begin()) + " tokens in " + std::to_string(windowed) + " of " +
         std::to_string(c.layers) + " layers";
}

}  // namespace

std::vector<api::NamedValue> config_facts(const model::DecoderConfig& c) {
  using Config = model::DecoderConfig;
  std::vector<api::NamedValue> out;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) out.push_back({name, value});
  };
  add("architecture", c.architecture);
  add("layers", std::to_string(c.layers));
  add("hidden size", std::to_string(c.hidden_size));
  add("attention heads",
      std::to_string(c.heads) + (c.kv_heads == c.heads
                                     ? ""
                                     : ", " + std::to_string(c.kv_heads) + " for keys and values"));
  add("head dimension", std::to_string(c.head_dim));
  add("queries and keys", c.qk_norm == Config::QkNorm::per_head ? "normed head by head"
                          : c.qk_norm == Config::QkNorm::whole  ? "normed over all heads"
                                                                : "");
  const std::string activation = c.activation == Config::Activation::silu   ? "SiLU"
                                 : c.activation == Config::Activation::gelu ? "GELU"
                                                                            : "GELU (tanh)";
  add("MLP", std::to_string(c.intermediate_size) + ", " + activation + (c.gated ? ", gated" : ""));
  add("norms", norm_text(c));
  add("positions", rope_text(c));
  add("sliding window", window_text(c));
  if (c.attention_softcap > 0) add("cap on attention", number(c.attention_softcap));
  if (c.logit_softcap > 0) add("cap on logits", number(c.logit_softcap));
  add("context", std::to_string(c.max_positions) + " tokens");
  add("embedding rows", std::to_string(c.vocab_size));
  add("unembedding", c.labels > 0 ? "none: a reward head" : c.tied ? "tied" : "its own");
  return out;
}

}  // namespace loupe::engine
