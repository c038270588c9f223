// SPDX-License-Identifier: GPL-3.0-or-later
// The engine's own folders and sample projects, for choosing from a window that may sit on another
// machine.
#pragma once

#include <string>
#include <vector>

#include "core/api/messages.h"
#include "core/base/result.h"

namespace loupe::engine {

// `path`: absolute, or from the home folder; "" is the home folder, and a leading ~ means it. A
// file gives the folder it lies in. At most 5,000 entries, hidden ones last.
Result<api::FolderListing> list_folder(const std::string& path);

Result<api::Project> show_project(const std::string& path);
// Those that can be read; a damaged one is left out and logged.
std::vector<api::Project> list_sample_projects();

}  // namespace loupe::engine
