// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/parallel.h"

#include <ATen/Parallel.h>

#include <atomic>

namespace loupe::model {

namespace {
std::atomic<bool> enabled{true};
}  // namespace

void enable_kernels(bool on) {
  enabled = on;
}
bool kernels_enabled() {
  return enabled.load(std::memory_order_relaxed);
}

void parallel_rows(int64_t count, int64_t grain,
                   const std::function<void(int64_t, int64_t)>& work) {
  at::parallel_for(0, count, grain, [&](int64_t begin, int64_t end) { work(begin, end); });
}

}  // namespace loupe::model
