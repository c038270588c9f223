// SPDX-License-Identifier: GPL-3.0-or-later
// A model's config in words, for people who know the names.
#pragma once

#include <vector>

#include "core/api/models.h"
#include "core/model/config.h"

namespace loupe::engine {

std::vector<api::NamedValue> config_facts(const model::DecoderConfig& config);

}  // namespace loupe::engine
