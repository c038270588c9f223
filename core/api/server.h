// SPDX-License-Identifier: GPL-3.0-or-later
// What the engine says of itself, and the methods that the conversation itself needs.
#pragma once

#include "core/api/method.h"

namespace loupe::api {

inline constexpr int protocol_version = 2;

// JSON-RPC error codes of our own; the error object's data is {code, what, where, hint}.
inline constexpr int error_request = -32001;     // an Error value; see data.code
inline constexpr int error_cancelled = -32800;   // cancelled by $/cancel
inline constexpr int error_superseded = -32801;  // a newer request took the slot

// Answered by the reading thread itself.
namespace method {
inline constexpr const char* initialize = "initialize";  // {protocol} -> ServerInfo
inline constexpr const char* ping = "ping";              // {} -> {}
inline constexpr const char* shutdown = "shutdown";      // {} -> {}, then the engine ends
inline constexpr const char* cancel = "$/cancel";        // notification {id}
// Notifications from the engine.
inline constexpr const char* changed =
    "workspace/changed";  // {}: something in the store changed; ask again
inline constexpr const char* progress = "$/progress";  // {id, phase, done, total, seconds_left}
inline constexpr const char* partial =
    "$/partial";  // {id, value}: part of an answer still being worked on
}  // namespace method

struct ServerInfo {
  int protocol = protocol_version;
  std::string version;    // rewardloupe
  std::string torch;      // "2.11.0"
  std::string workspace;  // folder
  std::string host;
  int64_t pid = 0;
  std::vector<std::string> devices;  // "cpu", "cuda:0 NVIDIA …"
  int64_t threads = 0;
  int64_t cores = 0;
  double memory = 0;       // of the machine, bytes
  double cache_limit = 0;  // bytes of loaded models kept
  std::string device;      // where scoring happens
  LOUPE_FIELDS(ServerInfo, protocol, version, torch, workspace, host, pid, devices, threads, cores,
               memory, cache_limit, device)
};

}  // namespace loupe::api
