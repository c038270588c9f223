// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <set>

#include "core/eval/measure.h"

namespace loupe::eval {
namespace {

double mean(std::span<const double> values) {
  double sum = 0;
  for (const double v : values) sum += v / static_cast<double>(values.size());
  return sum;
}

double sample_sd(std::span<const double> values) {
  if (values.size() < 2) return 0;
  double middle = 0;
  for (const double v : values) middle += v;
  middle /= static_cast<double>(values.size());
  double squares = 0;
  for (const double v : values) squares += (v - middle) * (v - middle);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

template <class Change>
std::vector<double> of_margins(const Scores& scores, const Change& change) {
  std::vector<double> out;
  out.reserve(scores.margins.size());
  for (const double margin : scores.margins) out.push_back(change(margin));
  return out;
}

std::vector<double> hits(const Scores& scores) {
  return of_margins(scores, [](double m) { return m > 0 ? 1.0 : (m == 0 ? 0.5 : 0.0); });
}

double accuracy(const Scores& scores) {
  double right = 0;
  for (const double hit : hits(scores)) right += hit;
  return right / scores.n();
}

// With as many clusters as rows Wilson's, else a cluster bootstrap (at 0 or 1: Wilson's on the
// number of clusters).
Interval accuracy_interval(const Scores& scores) {
  const auto clusters = std::set<int64_t>(scores.clusters.begin(), scores.clusters.end()).size();
  const double share = accuracy(scores);
  if (clusters == scores.chosen.size() || share == 0 || share == 1)
    return wilson(share * static_cast<double>(clusters), static_cast<double>(clusters));
  return cluster_bootstrap(hits(scores), scores.clusters);
}

// As in the paper's code: mean |margin| / (sd of all 2n rewards + 1e-8).
double normalised_margin(const Scores& scores) {
  std::vector<double> all;
  for (size_t i = 0; i < scores.chosen.size(); ++i)
    all.insert(all.end(), {scores.chosen[i], scores.rejected[i]});
  return mean(of_margins(scores, [](double m) { return std::abs(m); })) / (sample_sd(all) + 1e-8);
}

}  // namespace

const std::vector<Measure>& measures() {
  static const std::vector<Measure> list{
      {.key = "accuracy",
       .title = "Accuracy",
       .why = "Share of pairs whose chosen response has the larger reward; ties count one half",
       .format = Format::share,
       .of = accuracy,
       .interval = accuracy_interval,
       .interval_why = "Wilson, or a cluster bootstrap where rows share a source row"},
      {.key = "margin_mean",
       .title = "Margin",
       .why = "Mean of chosen less rejected reward, in reward units of the run",
       .format = Format::signed_number,
       .of = [](const Scores& s) { return mean(s.margins); }},
      {.key = "margin_sd",
       .title = "Margin sd",
       .why = "Standard deviation of the margin",
       .of = [](const Scores& s) { return sample_sd(s.margins); }},
      {.key = "normalised_margin",
       .title = "Normalised margin",
       .why = "Mean |margin| over the standard deviation of all rewards on the set: comparable "
              "between explicit and implicit models",
       .of = normalised_margin},
      {.key = "loss",
       .title = "Loss",
       .why = "Bradley-Terry loss on the set",
       .of = [](const Scores& s) { return mean(of_margins(s, bradley_terry_loss)); }},
      {.key = "chosen_mean",
       .title = "Chosen",
       .why = "Mean reward of the chosen responses",
       .format = Format::signed_number,
       .of = [](const Scores& s) { return mean(s.chosen); },
       .in_tables = false},
      {.key = "rejected_mean",
       .title = "Rejected",
       .why = "Mean reward of the rejected responses",
       .format = Format::signed_number,
       .of = [](const Scores& s) { return mean(s.rejected); },
       .in_tables = false},
      {.key = "ties",
       .title = "Ties",
       .why = "Pairs with equal rewards",
       .format = Format::count,
       .of =
           [](const Scores& s) {
             return double(std::count(s.margins.begin(), s.margins.end(), 0.0));
           }},
      {.key = "n",
       .title = "n",
       .why = "Pairs in the set",
       .format = Format::count,
       .of = [](const Scores& s) { return s.n(); }},
  };
  return list;
}

std::string_view name_of(Format format) {
  switch (format) {
    case Format::count:
      return "count";
    case Format::share:
      return "share";
    case Format::signed_number:
      return "signed";
    default:
      return "number";
  }
}

double bradley_terry_loss(double margin) {
  return margin > 0 ? std::log1p(std::exp(-margin)) : -margin + std::log1p(std::exp(margin));
}

Scores::Scores(std::span<const double> chosen_rewards, std::span<const double> rejected_rewards,
               std::span<const int64_t> cluster_numbers)
    : chosen(chosen_rewards), rejected(rejected_rewards), clusters(cluster_numbers) {
  for (size_t i = 0; i < chosen.size(); ++i) margins.push_back(chosen[i] - rejected[i]);
}

Values measure(std::span<const double> chosen, std::span<const double> rejected,
               std::span<const int64_t> clusters) {
  const Scores scores(chosen, rejected, clusters);
  const bool any = !chosen.empty();
  Values out;
  for (const Measure& measure : measures()) {
    const std::string key(measure.key);
    out[key] = any ? measure.of(scores) : 0;
    if (measure.interval == nullptr) continue;
    const Interval interval = any ? measure.interval(scores) : Interval();
    out[key + "_low"] = interval.low;
    out[key + "_high"] = interval.high;
  }
  return out;
}

nlohmann::json to_json(const Values& values) {
  nlohmann::json out = values;
  for (const Measure& measure : measures())
    if (auto& value = out[std::string(measure.key)]; measure.format == Format::count)
      value = static_cast<int64_t>(value.get<double>());
  return out;
}

}  // namespace loupe::eval
