// SPDX-License-Identifier: GPL-3.0-or-later
// Cancellation and progress, handed down to whatever takes longer than a blink.
#pragma once

#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <string>

namespace loupe {

// Thrown inside compute code when its token is cancelled; turned into an Error at the edge. Torch's
// backward pass carries std::exceptions, and nothing else, back to whoever called it.
struct Cancelled : std::exception {
  explicit Cancelled(bool by_a_newer_one) : superseded(by_a_newer_one) {}
  const char* what() const noexcept override { return superseded ? "superseded" : "cancelled"; }
  bool superseded;
};

// A flag shared between the asker and the worker. Thread-safe; copies share the flag.
class CancelToken {
 public:
  CancelToken() : state_(std::make_shared<std::atomic<int>>(0)) {}
  void cancel() const { state_->store(1, std::memory_order_relaxed); }
  void supersede() const { state_->store(2, std::memory_order_relaxed); }
  bool cancelled() const { return state_->load(std::memory_order_relaxed) != 0; }
  void check() const {
    const int state = state_->load(std::memory_order_relaxed);
    if (state != 0) throw Cancelled(state == 2);
  }

 private:
  std::shared_ptr<std::atomic<int>> state_;
};

struct Progress {
  std::string phase;         // "reading tensors", "evaluating test"
  double done = 0;           // in units
  double total = 0;          // 0: unknown
  double seconds_left = -1;  // < 0: unknown
};

using ProgressFn = std::function<void(const Progress&)>;

}  // namespace loupe
