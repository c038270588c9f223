// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/jobs/spawn.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <thread>

extern char** environ;

namespace loupe::engine {

std::filesystem::path this_program() {
  std::error_code ignored;
  std::string path = std::filesystem::read_symlink("/proc/self/exe", ignored).string();
  const std::string replaced = " (deleted)";
  if (path.ends_with(replaced)) path.resize(path.size() - replaced.size());
  return path;
}

Result<pid_t> start_program(std::vector<std::string> words, const std::filesystem::path& log,
                            const store::FileLock& lock) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  posix_spawn_file_actions_adddup2(&actions, lock.descriptor(), lock_descriptor);
  posix_spawn_file_actions_addclosefrom_np(&actions, lock_descriptor + 1);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  // OpenMP's threads spin at every barrier; on shared cores that starves the very thread they wait
  // for. A short spin costs nothing where the cores are free.
  std::vector<char*> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) environment.push_back(*entry);
  std::string spin = "GOMP_SPINCOUNT=10000";
  if (std::getenv("GOMP_SPINCOUNT") == nullptr && std::getenv("OMP_WAIT_POLICY") == nullptr)
    environment.push_back(spin.data());
  environment.push_back(nullptr);
  pid_t pid = 0;
  const int status =
      posix_spawn(&pid, argv.front(), &actions, &attributes, argv.data(), environment.data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (status != 0)
    return Error{ErrorCode::io,
                 std::string("the job's process could not be started: ") + std::strerror(status),
                 words.front(),
                 "check that the program is there and that memory and process limits allow it"};
  // Its exit code says nothing more than the store; reaping keeps the process table clean while we
  // live.
  std::thread([pid] { ::waitpid(pid, nullptr, 0); }).detach();
  return pid;
}

}  // namespace loupe::engine
