// SPDX-License-Identifier: GPL-3.0-or-later
// errno as an Error: which code it is, and what the user can do about it.
#pragma once

#include <filesystem>
#include <string>

#include "core/base/result.h"

namespace loupe {

// `doing` completes "cannot ...": "open the file", "write". ENOENT gives not_found; ENOSPC, EDQUOT
// and EFBIG give disk_full; anything else io.
Error os_error(int errno_value, const std::string& doing, const std::filesystem::path& path);

}  // namespace loupe
