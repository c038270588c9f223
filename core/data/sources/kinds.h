// SPDX-License-Identifier: GPL-3.0-or-later
// The kinds of core/data/source.h, each in a file of its own beside this one.
#pragma once

#include "core/data/source.h"

namespace loupe::data {

const Source& jsonl_source();
const Source& persona_source();

}  // namespace loupe::data
