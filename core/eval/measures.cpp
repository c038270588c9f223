// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/eval/measures.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/data/random.h"

namespace loupe::eval {

namespace {

constexpr double z95 = 1.959963984540054;
constexpr int bootstrap_samples = 2000;

double sample_sd(std::span<const double> values) {
  if (values.size() < 2) return 0;
  double mean = 0;
  for (const double v : values) mean += v;
  mean /= static_cast<double>(values.size());
  double squares = 0;
  for (const double v : values) squares += (v - mean) * (v - mean);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

double score_of(double margin) {
  return margin > 0 ? 1.0 : (margin == 0 ? 0.5 : 0.0);
}

// Percentile bootstrap over whole clusters, each with its rows.
Interval cluster_bootstrap(const std::vector<std::pair<double, double>>& clusters) {
  data::Random random(0x5eed);
  std::vector<double> means;
  means.reserve(bootstrap_samples);
  for (int sample = 0; sample < bootstrap_samples; ++sample) {
    double score = 0;
    double rows = 0;
    for (size_t i = 0; i < clusters.size(); ++i) {
      const auto& drawn = clusters[random.below(clusters.size())];
      score += drawn.first;
      rows += drawn.second;
    }
    means.push_back(score / rows);
  }
  std::sort(means.begin(), means.end());
  const auto at = [&](double q) {
    return means[static_cast<size_t>(q * (bootstrap_samples - 1) + 0.5)];
  };
  return {at(0.025), at(0.975)};
}

}  // namespace

double bradley_terry_loss(double margin) {
  return margin > 0 ? std::log1p(std::exp(-margin)) : -margin + std::log1p(std::exp(margin));
}

Interval wilson(double successes, double n) {
  if (n <= 0) return {};
  const double p = successes / n;
  const double z2 = z95 * z95;
  const double centre = (p + z2 / (2 * n)) / (1 + z2 / n);
  const double half = z95 * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n);
  return {std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

Measures measure(std::span<const double> chosen, std::span<const double> rejected,
                 std::span<const int64_t> clusters) {
  Measures out;
  out.n = static_cast<int64_t>(chosen.size());
  if (out.n == 0) return out;
  const auto n = static_cast<double>(out.n);
  std::vector<double> margins;
  std::vector<double> all;
  std::map<int64_t, std::pair<double, double>> by_cluster;  // score, rows
  double absolute = 0;
  double score = 0;
  for (size_t i = 0; i < chosen.size(); ++i) {
    const double margin = chosen[i] - rejected[i];
    margins.push_back(margin);
    all.push_back(chosen[i]);
    all.push_back(rejected[i]);
    absolute += std::abs(margin) / n;
    out.margin_mean += margin / n;
    out.chosen_mean += chosen[i] / n;
    out.rejected_mean += rejected[i] / n;
    out.loss += bradley_terry_loss(margin) / n;
    out.ties += margin == 0 ? 1 : 0;
    score += score_of(margin);
    auto& cluster = by_cluster[clusters[i]];
    cluster.first += score_of(margin);
    cluster.second += 1;
  }
  out.accuracy = score / n;
  out.margin_sd = sample_sd(margins);
  out.normalised_margin = absolute / (sample_sd(all) + 1e-8);
  const auto cluster_count = static_cast<double>(by_cluster.size());
  if (by_cluster.size() == chosen.size()) {
    out.accuracy_interval = wilson(score, n);
  } else if (out.accuracy == 0 || out.accuracy == 1) {
    out.accuracy_interval = wilson(out.accuracy * cluster_count, cluster_count);
  } else {
    std::vector<std::pair<double, double>> list;
    for (const auto& [key, value] : by_cluster) list.push_back(value);
    out.accuracy_interval = cluster_bootstrap(list);
  }
  return out;
}

nlohmann::json to_json(const Measures& m) {
  return {{"n", m.n},
          {"ties", m.ties},
          {"accuracy", m.accuracy},
          {"accuracy_low", m.accuracy_interval.low},
          {"accuracy_high", m.accuracy_interval.high},
          {"margin_mean", m.margin_mean},
          {"margin_sd", m.margin_sd},
          {"normalised_margin", m.normalised_margin},
          {"loss", m.loss},
          {"chosen_mean", m.chosen_mean},
          {"rejected_mean", m.rejected_mean}};
}

}  // namespace loupe::eval
