// SPDX-License-Identifier: GPL-3.0-or-later
// The engine as a service: JSON-RPC 2.0, a message a line, on stdin and stdout.
//
// Threads: the caller's reads lines, answers $/cancel, ping and the store's questions; one thread
// computes, one reads folders, one watches the store and notifies. Messages are written whole, one
// at a time. stdout is taken over: whatever a library prints goes to stderr.
#pragma once

#include <string>

namespace loupe::engine {

struct ServeOptions {
  std::string workspace;
  std::string device = "auto";
  int64_t threads = 0;       // 0: all cores
  uint64_t cache_limit = 0;  // bytes of loaded models kept; 0: a third of the memory
};

// Until stdin ends or shutdown is asked for. Returns the exit code.
int serve(const ServeOptions& options);

}  // namespace loupe::engine
