// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/random.h"

#include <numeric>

namespace loupe::data {

uint64_t Random::next() {
  state_ += 0x9e3779b97f4a7c15U;
  uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
  return mixed ^ (mixed >> 31);
}

uint64_t Random::below(uint64_t bound) {
  // The lowest 2^64 mod bound values would make small results likelier: they are drawn again.
  const uint64_t surplus = (0 - bound) % bound;
  uint64_t value = next();
  while (value < surplus) value = next();
  return value % bound;
}

double Random::uniform() {
  return static_cast<double>(next() >> 11) * 0x1.0p-53;
}

std::vector<int64_t> epoch_order(int64_t count, uint64_t seed, int64_t epoch) {
  std::vector<int64_t> order(count > 0 ? static_cast<size_t>(count) : 0);
  std::iota(order.begin(), order.end(), int64_t{0});
  // The seed is mixed before the epoch is added: else epoch 1 of seed 0 would be epoch 0 of seed 1.
  Random(Random(seed).next() + static_cast<uint64_t>(epoch)).shuffle(order);
  return order;
}

}  // namespace loupe::data
