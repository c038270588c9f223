// SPDX-License-Identifier: GPL-3.0-or-later
// One logger for the engine, to stderr (stdout belongs to the wire and to --json). Thread-safe.
//
// spdlog stays in the .cpp: its fmt and the one that comes with torch's headers do not go together.
#pragma once

#include <string>

namespace loupe {

void init_log(bool verbose);  // verbose: debug messages too
void log_debug(const std::string& message);
void log_info(const std::string& message);
void log_warning(const std::string& message);
void log_error(const std::string& message);

}  // namespace loupe
