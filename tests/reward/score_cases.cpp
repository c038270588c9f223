// SPDX-License-Identifier: GPL-3.0-or-later
// A reward does not depend on what else is in the batch, nor on order.
#include "tests/reward/reward_support.h"
#include "tests/support/case.h"

using namespace loupe;
using namespace loupe::test;

namespace {

using Pairs = std::vector<data::EncodedPair>;

constexpr uint64_t pair_size = 40;

std::span<const data::EncodedPair> span(const Pairs& pairs) {
  return pairs;
}

struct Reference {
  double chosen = 0, rejected = 0, chosen_allowed = 0, rejected_allowed = 0;
};

// Each response on its own, by the pair's index.
std::vector<Reference> each_alone(const NamedModel& named, const Pairs& pairs) {
  std::vector<Reference> out;
  for (const auto& p : pairs)
    out.push_back({reward_alone(*named.model, p.prompt, p.chosen),
                   reward_alone(*named.model, p.prompt, p.rejected),
                   allowed(named, p.prompt, p.chosen), allowed(named, p.prompt, p.rejected)});
  return out;
}

void compare(Failures& failures, const NamedModel& named, const Pairs& pairs, int64_t budget,
             const std::vector<Reference>& want, const std::string& what) {
  const reward::ScorePlan plan({span(pairs)}, everything_shared, budget);
  const auto scores = reward::score(*named.model, plan, {}, {});
  failures.check(static_cast<int64_t>(scores.size()) == plan.slot_count(), "a score a slot");
  for (size_t i = 0; i < pairs.size(); ++i) {
    const auto [chosen, rejected] = plan.slots(0, i);
    const auto& expected = want[static_cast<size_t>(pairs[i].index)];
    const std::string where = named.name + ", " + what + ", pair " + std::to_string(i);
    failures.near(scores[static_cast<size_t>(chosen)], expected.chosen, expected.chosen_allowed,
                  where + " chosen");
    failures.near(scores[static_cast<size_t>(rejected)], expected.rejected,
                  expected.rejected_allowed, where + " rejected");
  }
}

std::string invariance(const std::string& variant) {
  Failures failures;
  const Pairs pairs = draw_pairs(21, pair_size, 1);
  data::Random random(8);
  for (const auto& named : every_kind(variant)) {
    const auto want = each_alone(named, pairs);
    for (const int64_t prompts : {1, 2, 7}) {
      const int64_t budget = prompts * static_cast<int64_t>(pair_size);
      const std::string what = "batches of " + std::to_string(prompts);
      const reward::ScorePlan plan({span(pairs)}, everything_shared, budget);
      failures.check(static_cast<int64_t>(plan.batches().front().packed.groups.size()) == prompts,
                     what + ": that many prompts");
      compare(failures, named, pairs, budget, want, what);
      Pairs shuffled = pairs;
      random.shuffle(shuffled);
      compare(failures, named, shuffled, budget, want, what + ", shuffled");
      Pairs repeated = pairs;
      for (const size_t i : {5, 0, 5, 20}) repeated.push_back(pairs[i]);
      random.shuffle(repeated);
      compare(failures, named, repeated, budget, want, what + ", with duplicates");
    }
    const auto& first = want[0];
    failures.check(std::abs(first.chosen - first.rejected) > 100 * first.chosen_allowed,
                   named.name + ": rewards differ by more than what is allowed");
  }
  return failures.text();
}

// One long row next to short ones, and several responses to one prompt.
std::string uneven_lengths() {
  Failures failures;
  data::Random random(12);
  Pairs pairs = draw_pairs(6, pair_size, 2);
  pairs[2].prompt = draw_ids(random, 150);
  pairs[2].chosen = draw_ids(random, 90);
  pairs[4].prompt = pairs[1].prompt;
  pairs[5].prompt = pairs[1].prompt;
  pairs[5].chosen = draw_ids(random, 1);
  for (const auto& named : every_kind("gqa-bias"))
    for (const int64_t budget : {1, 300, 100000})
      compare(failures, named, pairs, budget, each_alone(named, pairs),
              "budget " + std::to_string(budget));
  return failures.text();
}

std::string plan_computes_nothing_twice() {
  Failures failures;
  data::Random random(3);
  const auto p = draw_ids(random, 11);
  const auto q = draw_ids(random, 7);
  const auto a = draw_ids(random, 3);
  const auto b = draw_ids(random, 4);
  const auto c = draw_ids(random, 5);
  const auto d = draw_ids(random, 6);
  const Pairs rewordings{{p, a, c, 0, 0}, {p, a, d, 1, 0}, {p, b, c, 2, 0}, {p, b, d, 3, 0}};
  const reward::ScorePlan products({span(rewordings)}, everything_shared);
  failures.check(products.slot_count() == 4, "four responses in four products: four slots");
  failures.check(products.tokens() == 11 + 3 + 4 + 5 + 6, "each text once");
  failures.check(products.batches().size() == 1 && products.batches()[0].packed.groups.size() == 1,
                 "one prompt, one group");
  failures.check(products.slots(0, 0).first == products.slots(0, 1).first &&
                     products.slots(0, 0).second == products.slots(0, 2).second &&
                     products.slots(0, 0).first != products.slots(0, 2).first,
                 "equal responses share a slot, others do not");

  const Pairs other{{q, a, c, 0, 0}, {p, a, a, 1, 1}};
  const reward::ScorePlan both({span(rewordings), span(other)}, everything_shared);
  failures.check(both.slot_count() == 6, "the same response to another prompt is another slot");
  failures.check(both.tokens() == 29 + 7 + 3 + 5, "another set adds what is new in it");
  failures.check(both.slots(1, 1) == std::pair(both.slots(0, 0).first, both.slots(0, 0).first),
                 "sets share their slots, and so do equal responses of a pair");
  failures.check(both.slots(1, 0).first != both.slots(0, 0).first, "by prompt");

  std::vector<int> filled(static_cast<size_t>(both.slot_count()), 0);
  for (const auto& batch : both.batches()) {
    failures.check(static_cast<int64_t>(batch.slots.size()) == batch.packed.response_count(),
                   "a slot a response");
    for (const int64_t slot : batch.slots) ++filled.at(static_cast<size_t>(slot));
  }
  failures.check(std::all_of(filled.begin(), filled.end(), [](int n) { return n == 1; }),
                 "every slot is filled once");
  return failures.text();
}

std::string budget_is_kept() {
  Failures failures;
  const Pairs pairs = draw_pairs(21, pair_size, 5);
  for (const int64_t budget : {39, 40, 100, 280}) {
    const reward::ScorePlan plan({span(pairs)}, everything_shared, budget);
    int64_t tokens = 0;
    for (const auto& batch : plan.batches()) {
      failures.check(batch.packed.groups.size() == 1 || batch.packed.tokens() <= budget,
                     "over the budget only where one prompt is");
      tokens += batch.packed.tokens();
    }
    failures.check(tokens == 21 * 40 && plan.tokens() == tokens, "nothing is lost");
  }
  const reward::ScorePlan empty(std::vector<std::span<const data::EncodedPair>>{},
                                everything_shared);
  const Pairs none;
  const reward::ScorePlan empty_set({span(none)}, everything_shared);
  for (const auto* plan : {&empty, &empty_set})
    failures.check(plan->batches().empty() && plan->slot_count() == 0 && plan->tokens() == 0,
                   "nothing to score");
  const auto kinds = every_kind("mha-tied");
  failures.check(reward::score(*kinds[2].model, empty, {}, {}).empty(), "no scores");
  return failures.text();
}

// The reference's log-probabilities given, or made on the way: the same bits.
std::string given_reference() {
  Failures failures;
  const auto reference = tiny_decoder("gqa-untied");
  const reward::ImplicitReward model(moved(*reference), reference, {tiny_beta, false, false});
  const reward::ImplicitReward without(model.shared_decoder(), nullptr, {tiny_beta, false, false});
  const Pairs pairs = draw_pairs(9, pair_size, 6);
  const reward::ScorePlan plan({span(pairs)}, everything_shared, 100);
  const auto given = reward::plan_log_probs(*reference, plan, {});
  const auto made = reward::score(model, plan, {}, {});
  failures.check(made == reward::score(model, plan, {}, given), "given to a model that has one");
  failures.check(made == reward::score(without, plan, {}, given), "given to a model without one");
  return failures.text();
}

std::string progress_and_cancel() {
  Failures failures;
  const auto kinds = every_kind("mha-tied");
  const Pairs pairs = draw_pairs(6, pair_size, 7);
  const reward::ScorePlan plan({span(pairs)}, everything_shared, 80);
  double last = 0;
  int calls = 0;
  (void)reward::score(*kinds[0].model, plan, {}, {}, [&](const Progress& progress) {
    failures.check(progress.done > last && progress.total == 240, "tokens done of all");
    last = progress.done;
    ++calls;
  });
  failures.check(calls == 3 && last == 240, "a report a batch, up to the end");
  model::ForwardOptions options;
  options.cancel.cancel();
  bool thrown = false;
  try {
    (void)reward::score(*kinds[0].model, plan, options, {});
  } catch (const Cancelled&) {
    thrown = true;
  }
  failures.check(thrown, "a cancelled score throws Cancelled");
  return failures.text();
}

}  // namespace

std::vector<Case> loupe::test::cases() {
  return {{"invariance gqa-untied", [] { return invariance("gqa-untied"); }},
          {"invariance mha-tied", [] { return invariance("mha-tied"); }},
          {"invariance llama3-rope", [] { return invariance("llama3-rope"); }},
          {"uneven lengths", uneven_lengths},
          {"nothing computed twice", plan_computes_nothing_twice},
          {"budget", budget_is_kept},
          {"given reference", given_reference},
          {"progress and cancel", progress_and_cancel}};
}
