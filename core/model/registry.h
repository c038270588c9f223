// SPDX-License-Identifier: GPL-3.0-or-later
// The architectures that can be loaded, listed by hand: a static registration would be dropped by
// the linker.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/model/architecture.h"

namespace loupe::model {

const std::vector<std::unique_ptr<const Architecture>>& architectures();
// By any of its names, its classifier's included; nullptr when unknown.
const Architecture* find_architecture(const std::string& name);
Error unknown_architecture(const std::string& name, const std::string& where);

// Hugging Face parameter name -> the name in a GGUF file of that family.
std::string gguf_name(const std::string& hf_name, const ParameterNames& names);

}  // namespace loupe::model
