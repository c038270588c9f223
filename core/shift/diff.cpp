// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/shift/diff.h"

#include <algorithm>

namespace loupe::shift {

std::vector<AlignedToken> align(std::span<const int32_t> before, std::span<const int32_t> after) {
  const auto rows = before.size();
  const auto columns = after.size();
  // length[i][j]: longest common subsequence of before[i..] and after[j..].
  std::vector<std::vector<int32_t>> length(rows + 1, std::vector<int32_t>(columns + 1, 0));
  for (size_t i = rows; i-- > 0;)
    for (size_t j = columns; j-- > 0;)
      length[i][j] = before[i] == after[j] ? length[i + 1][j + 1] + 1
                                           : std::max(length[i + 1][j], length[i][j + 1]);
  std::vector<AlignedToken> out;
  size_t i = 0;
  size_t j = 0;
  while (i < rows || j < columns) {
    if (i < rows && j < columns && before[i] == after[j])
      out.push_back({static_cast<int64_t>(i++), static_cast<int64_t>(j++)});
    else if (i < rows && (j == columns || length[i + 1][j] >= length[i][j + 1]))
      out.push_back({static_cast<int64_t>(i++), -1});
    else
      out.push_back({-1, static_cast<int64_t>(j++)});
  }
  return out;
}

}  // namespace loupe::shift
