// SPDX-License-Identifier: GPL-3.0-or-later
// The architectures that can be loaded, listed by hand: a static registration would be dropped by
// the linker.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"

namespace loupe::model {

struct Architecture {
  std::string hf_name;                  // config.json "architectures"
  std::string model_type;               // config.json "model_type"
  std::string gguf_name;                // general.architecture
  bool gguf_interleaves_heads = false;  // llama.cpp stores q and k with rotary pairs side by side
};

const std::vector<Architecture>& architectures();
// By any of the three names; nullptr when unknown.
const Architecture* find_architecture(const std::string& name);
Error unknown_architecture(const std::string& name, const std::string& where);

// Hugging Face parameter name -> the name in a GGUF file.
std::string gguf_name(const std::string& hf_name);

}  // namespace loupe::model
