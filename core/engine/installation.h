// SPDX-License-Identifier: GPL-3.0-or-later
// Where this program runs, and where the files that come with it lie: beside the sources it was
// built from, or under the prefix it was installed to.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace loupe::engine {

std::string host_name();
// Bytes of the machine's memory, and of what is free for a new process now. 0: unknown.
uint64_t total_memory();
uint64_t available_memory();
// The largest memory this process has had, bytes.
uint64_t peak_memory();

// The folder of sample projects; empty when there is none.
std::filesystem::path sample_projects();
// The script that fetches what does not come with the program: REWARDLOUPE_FETCH, or our own; empty
// when there is none.
std::filesystem::path fetch_script();
// Where the demo model may already lie, best place first; nowhere when REWARDLOUPE_FETCH says what
// brings it.
std::vector<std::filesystem::path> demo_model_places();

}  // namespace loupe::engine
