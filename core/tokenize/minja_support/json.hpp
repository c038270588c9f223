// SPDX-License-Identifier: GPL-3.0-or-later
// minja asks for nlohmann's JSON under this name.
#pragma once
#include <nlohmann/json.hpp>
