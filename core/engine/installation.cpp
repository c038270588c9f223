// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/installation.h"

#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace loupe::engine {

namespace fs = std::filesystem;

namespace {

constexpr const char* kDemoModelFile = "SmolLM2-135M-Instruct.Q4_1.gguf";

// A line "Name:  1234 kB" of a file in /proc, in bytes.
uint64_t proc_value(const char* file, const std::string& name) {
  std::ifstream stream(file);
  std::string line;
  while (std::getline(stream, line))
    if (line.starts_with(name))
      return std::strtoull(line.c_str() + name.size(), nullptr, 10) * 1024;
  return 0;
}

fs::path program_folder() {
  std::error_code ignored;
  return fs::read_symlink("/proc/self/exe", ignored).parent_path();
}

fs::path first_that_exists(const std::vector<fs::path>& places) {
  std::error_code ignored;
  for (const auto& place : places)
    if (fs::exists(place, ignored)) return fs::weakly_canonical(place, ignored);
  return {};
}

}  // namespace

std::string host_name() {
  char name[256] = {};
  ::gethostname(name, sizeof(name) - 1);
  return name;
}

uint64_t total_memory() {
  return static_cast<uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
         static_cast<uint64_t>(::sysconf(_SC_PAGE_SIZE));
}

uint64_t available_memory() {
  return proc_value("/proc/meminfo", "MemAvailable:");
}

uint64_t peak_memory() {
  return proc_value("/proc/self/status", "VmHWM:");
}

// build/release/bin lies three folders below the sources; lib/rewardloupe two below the prefix.
fs::path sample_projects() {
  if (const char* given = std::getenv("REWARDLOUPE_PROJECTS")) return given;
  const fs::path here = program_folder();
  return first_that_exists({here / "../../../projects", here / "../../share/rewardloupe/projects",
                            here / "../share/rewardloupe/projects"});
}

fs::path fetch_script() {
  if (const char* given = std::getenv("REWARDLOUPE_FETCH")) return given;
  const fs::path here = program_folder();
  return first_that_exists({here / "fetch", here / "../../../packaging/fetch"});
}

std::vector<fs::path> demo_model_places() {
  if (std::getenv("REWARDLOUPE_FETCH") != nullptr) return {};
  std::vector<fs::path> places{program_folder() / "../../../.deps/models" / kDemoModelFile};
  const char* data = std::getenv("XDG_DATA_HOME");
  const char* home = std::getenv("HOME");
  if (data != nullptr && *data != '\0')
    places.push_back(fs::path(data) / "rewardloupe/models" / kDemoModelFile);
  else if (home != nullptr)
    places.push_back(fs::path(home) / ".local/share/rewardloupe/models" / kDemoModelFile);
  return places;
}

}  // namespace loupe::engine
