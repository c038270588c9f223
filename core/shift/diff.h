// SPDX-License-Identifier: GPL-3.0-or-later
// Which tokens of an edited response correspond to which of the original: a longest common
// subsequence by id. Memory grows with the sum of the lengths; two texts of 16,000 tokens take
// some milliseconds. No torch.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace loupe::shift {

struct AlignedToken {
  int64_t before = -1;  // index into the original; -1: inserted
  int64_t after = -1;   // index into the edited; -1: deleted
};

// In reading order; equal ids are paired, deletions come before insertions.
std::vector<AlignedToken> align(std::span<const int32_t> before, std::span<const int32_t> after);

}  // namespace loupe::shift
