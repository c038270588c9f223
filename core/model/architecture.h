// SPDX-License-Identifier: GPL-3.0-or-later
// A family of decoders: how its config.json and its GGUF metadata are read. One subclass a file in
// architectures/; a new one is that file and a line in registry.cpp.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/model/config.h"
#include "core/model/config_reader.h"

namespace loupe::model {

class Architecture {
 public:
  virtual ~Architecture() = default;
  virtual std::string hf_name() const = 0;     // config.json "architectures": "LlamaForCausalLM"
  virtual std::string model_type() const = 0;  // config.json "model_type"
  virtual std::string gguf_name() const = 0;   // general.architecture; "": GGUF has none
  // The class that reads a scalar off it: "LlamaForSequenceClassification".
  virtual std::string classifier_name() const;

  // What is the family's own. Sizes, norms' epsilon, tying and layer_specs (full attention, the
  // usual scale) are read before by `read_common`, unless the family overrides that.
  virtual Result<void> read(const ConfigReader& config, DecoderConfig& out) const = 0;
  virtual Result<void> read_common(const ConfigReader& config, DecoderConfig& out) const;

  // GGUF metadata as the config.json that the family's `read` understands.
  virtual Result<nlohmann::json> config_from_gguf(const io::GgufFile& file) const;

  // How llama.cpp's converter rewrites tensors.
  virtual bool gguf_interleaves_heads() const { return false; }  // rotary pairs side by side
  virtual bool gguf_adds_one() const { return false; }           // to the weights of norms
  virtual bool gguf_stacks_qkv() const { return false; }         // q, k, v one after the other
};

// Shared by the families.
Result<DecoderConfig::Activation> read_activation(const ConfigReader& config, const char* key,
                                                  const std::string& fallback);
// "layer_types" of a config, or `sliding(layer)` where it has none; sets each layer's window.
Result<void> read_windows(const ConfigReader& config, int64_t window,
                          const std::function<bool(int64_t)>& sliding, DecoderConfig& out);
// partial_rotary_factor of the head, an even number.
Result<void> read_plain_rope(const ConfigReader& config, DecoderConfig& out,
                             double default_theta = 10000, double default_part = 1);

// One maker a family.
std::unique_ptr<Architecture> make_llama();
std::unique_ptr<Architecture> make_mistral();
std::unique_ptr<Architecture> make_qwen2();
std::unique_ptr<Architecture> make_qwen3();
std::unique_ptr<Architecture> make_gemma2();
std::unique_ptr<Architecture> make_gemma3();
std::unique_ptr<Architecture> make_gpt_neox();
std::unique_ptr<Architecture> make_gpt2();
std::unique_ptr<Architecture> make_phi3();
std::unique_ptr<Architecture> make_olmo2();

}  // namespace loupe::model
