// SPDX-License-Identifier: GPL-3.0-or-later
// The README of an exported folder. Internal to core/model.
#pragma once

#include <string>

#include "core/model/export.h"

namespace loupe::model {

// `capped`: the attention's logits are, which torch's fused kernel does not know.
std::string export_readme(const ExportOptions& options, const std::string& opens_with, bool capped);

}  // namespace loupe::model
