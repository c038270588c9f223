// SPDX-License-Identifier: GPL-3.0-or-later
// Programs that outlive whoever starts them.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/store/workspace.h"

namespace loupe::engine {

// Where a program that was started finds the lock that was handed over to it.
inline constexpr int lock_descriptor = 3;

// This program's file, also after it was replaced by a newer one.
std::filesystem::path this_program();

// In a session of its own: stdin from /dev/null, output to the end of `log`, `lock` handed over,
// everything else closed. Returns its process id.
Result<pid_t> start_program(std::vector<std::string> words, const std::filesystem::path& log,
                            const store::FileLock& lock);

}  // namespace loupe::engine
