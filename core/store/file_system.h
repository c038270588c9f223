// SPDX-License-Identifier: GPL-3.0-or-later
// Which file systems a WAL database cannot live on: its shared memory index and its locks need one
// host's kernel.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace loupe::store {

// The name of the network file system, or "" for a local one. `magic` is statfs' f_type;
// `mount_type` the type in /proc/self/mountinfo ("fuse.sshfs"), needed only for FUSE.
std::string network_file_system_name(unsigned long magic, std::string_view mount_type);

// ErrorCode::unsupported, with the name of the file system, when `folder` lies on one of them.
Result<void> refuse_network_file_system(const std::filesystem::path& folder);

}  // namespace loupe::store
