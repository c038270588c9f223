// SPDX-License-Identifier: GPL-3.0-or-later
// Rows split among torch's CPU threads. Needs no torch in the header.
#pragma once

#include <cstdint>
#include <functional>

namespace loupe::model {

// Calls work(begin, end) on disjoint ranges that cover [0, count); at least `grain` items a call,
// except the last.
void parallel_rows(int64_t count, int64_t grain, const std::function<void(int64_t, int64_t)>& work);

// Test and benchmark hook: with false, CPU tensors take the path of every other device. On by
// default.
void enable_kernels(bool enabled);
bool kernels_enabled();

}  // namespace loupe::model
