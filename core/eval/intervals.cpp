// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include "core/data/random.h"
#include "core/eval/measure.h"

namespace loupe::eval {
namespace {

constexpr double z95 = 1.959963984540054;
constexpr int bootstrap_samples = 2000;

}  // namespace

Interval wilson(double successes, double n) {
  if (n <= 0) return {};
  const double p = successes / n;
  const double z2 = z95 * z95;
  const double centre = (p + z2 / (2 * n)) / (1 + z2 / n);
  const double half = z95 * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n);
  return {std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

Interval cluster_bootstrap(std::span<const double> values, std::span<const int64_t> clusters) {
  std::map<int64_t, std::pair<double, double>> by_cluster;  // sum, rows
  for (size_t i = 0; i < values.size(); ++i) {
    auto& cluster = by_cluster[clusters[i]];
    cluster.first += values[i];
    cluster.second += 1;
  }
  std::vector<std::pair<double, double>> list;
  for (const auto& [key, value] : by_cluster) list.push_back(value);
  data::Random random(0x5eed);
  std::vector<double> means;
  means.reserve(bootstrap_samples);
  for (int sample = 0; sample < bootstrap_samples; ++sample) {
    double sum = 0;
    double rows = 0;
    for (size_t i = 0; i < list.size(); ++i) {
      const auto& drawn = list[random.below(list.size())];
      sum += drawn.first;
      rows += drawn.second;
    }
    means.push_back(sum / rows);
  }
  std::sort(means.begin(), means.end());
  const auto at = [&](double q) {
    return means[static_cast<size_t>(q * (bootstrap_samples - 1) + 0.5)];
  };
  return {at(0.025), at(0.975)};
}

}  // namespace loupe::eval
