// SPDX-License-Identifier: GPL-3.0-or-later
// What an evaluation set says about a reward model (design section 4, "Measures"): one list. A new
// measure is an entry in measures.cpp; the store, the wire, the command line and the tables of the
// window read keys, titles and formats from here. No torch. Pure, any thread.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace loupe::eval {

struct Interval {
  double low = 0, high = 1;
};

// The rewards of n > 0 pairs. Rows that share a source row share a cluster's number.
class Scores {
 public:
  Scores(std::span<const double> chosen, std::span<const double> rejected,
         std::span<const int64_t> clusters);

  double n() const { return static_cast<double>(chosen.size()); }

  std::span<const double> chosen, rejected;
  std::span<const int64_t> clusters;
  std::vector<double> margins;  // chosen - rejected
};

enum class Format { count, share, number, signed_number };
std::string_view name_of(Format format);  // "count", "share", "number", "signed"

struct Measure {
  std::string_view key;  // in the store and on the wire; its interval is key_low and key_high
  std::string_view title, why;
  Format format = Format::number;
  double (*of)(const Scores&) = nullptr;
  Interval (*interval)(const Scores&) = nullptr;  // 95 %; most have none
  std::string_view interval_why = {};
  bool in_tables = true;  // else in exports only
};

// In the order of tables.
const std::vector<Measure>& measures();

// Each measure by its key, intervals as key_low and key_high. Of no pairs: zeros, an interval from
// 0 to 1. All spans have the same length.
using Values = std::map<std::string, double>;
Values measure(std::span<const double> chosen, std::span<const double> rejected,
               std::span<const int64_t> clusters);
// Counts as whole numbers.
nlohmann::json to_json(const Values& values);

// Wilson score interval for `successes` (may be a half) of n.
Interval wilson(double successes, double n);
// Of the mean of `values`: a percentile bootstrap over whole clusters, each with its rows. The same
// draws each time.
Interval cluster_bootstrap(std::span<const double> values, std::span<const int64_t> clusters);

// -log sigmoid(margin), stable.
double bradley_terry_loss(double margin);

}  // namespace loupe::eval
