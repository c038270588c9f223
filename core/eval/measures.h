// SPDX-License-Identifier: GPL-3.0-or-later
// What an evaluation set says about a reward model (design section 4, "Measures"). No torch.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <vector>

namespace loupe::eval {

struct Interval {
  double low = 0, high = 1;
};

struct Measures {
  int64_t n = 0;
  int64_t ties = 0;
  double accuracy = 0;         // ties counted one half
  Interval accuracy_interval;  // 95 %
  double margin_mean = 0;
  double margin_sd = 0;  // n - 1
  double normalised_margin =
      0;  // mean |r+ - r-| / (sd of all 2n rewards, n - 1, + 1e-8), as in the paper's code
  double loss = 0;  // Bradley-Terry
  double chosen_mean = 0, rejected_mean = 0;
};

// `clusters`: rows that share a source row share a number; with as many clusters as rows the
// interval is Wilson's, else a cluster bootstrap (at 0 or 1: Wilson on the number of clusters). All
// spans have the same length.
Measures measure(std::span<const double> chosen, std::span<const double> rejected,
                 std::span<const int64_t> clusters);

// Wilson score interval for `successes` (may be a half) of n.
Interval wilson(double successes, double n);

// -log sigmoid(margin), stable.
double bradley_terry_loss(double margin);

nlohmann::json to_json(const Measures& measures);

}  // namespace loupe::eval
