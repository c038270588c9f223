// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/shift/diff.h"

#include <algorithm>
#include <utility>

namespace loupe::shift {
namespace {

using Ids = std::span<const int32_t>;

// For each length of a prefix of `columns`: the longest common subsequence of it and `rows`. A row
// of the usual table differs from its neighbour by 0 or 1, so that 64 cells are one machine word
// (Hyyrö, "Bit-parallel LCS-length computation revisited", 2004). `from_end` reads both texts
// backwards and counts suffixes.
std::vector<int32_t> common_lengths(Ids rows, Ids columns, bool from_end) {
  const size_t width = columns.size();
  std::vector<std::pair<int32_t, size_t>> places;  // id, column
  places.reserve(width);
  for (size_t j = 0; j < width; ++j) places.push_back({columns[from_end ? width - 1 - j : j], j});
  std::sort(places.begin(), places.end());
  const size_t words = (width + 63) / 64;
  std::vector<uint64_t> flat(words, ~uint64_t{0});  // a bit of 0: the length grows here
  std::vector<uint64_t> equal(words, 0);
  for (size_t i = 0; i < rows.size(); ++i) {
    const int32_t id = rows[from_end ? rows.size() - 1 - i : i];
    const auto first = std::lower_bound(places.begin(), places.end(), std::pair{id, size_t{0}});
    auto last = first;
    for (; last != places.end() && last->first == id; ++last)
      equal[last->second / 64] |= uint64_t{1} << (last->second % 64);
    if (first == last) continue;
    uint64_t carry = 0;
    for (size_t w = 0; w < words; ++w) {
      const uint64_t met = flat[w] & equal[w];
      const uint64_t partial = flat[w] + met;
      const uint64_t sum = partial + carry;
      carry = (partial < met || sum < carry) ? 1 : 0;
      flat[w] = sum | (flat[w] & ~met);
    }
    for (auto place = first; place != last; ++place) equal[place->second / 64] = 0;
  }
  std::vector<int32_t> lengths(width + 1, 0);
  for (size_t j = 0; j < width; ++j)
    lengths[j + 1] = lengths[j] + ((flat[j / 64] >> (j % 64) & 1) == 0 ? 1 : 0);
  return lengths;
}

using Pairs = std::vector<std::pair<size_t, size_t>>;

// Hirschberg: where a longest common subsequence crosses the middle row is found from the lengths
// on both sides, then each half is a smaller question. Memory grows with the texts' lengths, not
// with their product.
void add_pairs(Ids before, Ids after, size_t i, size_t j, Pairs& pairs) {
  while (!before.empty() && !after.empty() && before.front() == after.front()) {
    pairs.push_back({i++, j++});
    before = before.subspan(1);
    after = after.subspan(1);
  }
  size_t tail = 0;
  while (tail < before.size() && tail < after.size() &&
         before[before.size() - 1 - tail] == after[after.size() - 1 - tail])
    ++tail;
  before = before.first(before.size() - tail);
  after = after.first(after.size() - tail);
  if (before.size() == 1 && !after.empty()) {
    const auto found = std::find(after.begin(), after.end(), before[0]);
    if (found != after.end()) pairs.push_back({i, j + static_cast<size_t>(found - after.begin())});
  } else if (!before.empty() && !after.empty()) {
    const size_t middle = before.size() / 2;
    size_t cut = 0;
    {
      const auto front = common_lengths(before.first(middle), after, false);
      const auto back = common_lengths(before.subspan(middle), after, true);
      for (size_t k = 1; k <= after.size(); ++k)
        if (front[k] + back[after.size() - k] > front[cut] + back[after.size() - cut]) cut = k;
    }
    add_pairs(before.first(middle), after.first(cut), i, j, pairs);
    add_pairs(before.subspan(middle), after.subspan(cut), i + middle, j + cut, pairs);
  }
  for (size_t k = 0; k < tail; ++k) pairs.push_back({i + before.size() + k, j + after.size() + k});
}

}  // namespace

std::vector<AlignedToken> align(Ids before, Ids after) {
  Pairs pairs;
  add_pairs(before, after, 0, 0, pairs);
  std::vector<AlignedToken> out;
  out.reserve(before.size() + after.size() - pairs.size());
  size_t i = 0, j = 0;
  const auto unpaired_until = [&](size_t row, size_t column) {
    while (i < row) out.push_back({static_cast<int64_t>(i++), -1});
    while (j < column) out.push_back({-1, static_cast<int64_t>(j++)});
  };
  for (const auto& [row, column] : pairs) {
    // Of equally long alignments the one that pairs at once: a repeated word counts as added behind
    // the first one.
    if (before[i] != after[j]) unpaired_until(row, column);
    out.push_back({static_cast<int64_t>(i++), static_cast<int64_t>(j++)});
  }
  unpaired_until(before.size(), after.size());
  return out;
}

}  // namespace loupe::shift
