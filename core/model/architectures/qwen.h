// SPDX-License-Identifier: GPL-3.0-or-later
// What Qwen2 and Qwen3 have in common. Internal to core/model/architectures.
#pragma once

#include "core/model/architecture.h"

namespace loupe::model {

// From layer max_window_layers on the window slides, where use_sliding_window says so at all.
Result<void> read_qwen_windows(const ConfigReader& config, DecoderConfig& out);

}  // namespace loupe::model
