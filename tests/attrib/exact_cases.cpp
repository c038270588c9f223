// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attrib/exact.h"

#include "tests/reward/reward_support.h"
#include "tests/support/case.h"

using namespace loupe;
using namespace loupe::test;

namespace {

data::EncodedText text_of(const std::vector<int32_t>& prompt,
                          const std::vector<int32_t>& response) {
  data::EncodedText out;
  out.prompt = prompt;
  uint32_t at = 0;
  for (const int32_t id : response) {
    out.response.push_back({id, at, at + 3});
    at += 3;
  }
  return out;
}

// Prompts that come back out of turn, a response twice, another prompt with an equal response.
std::vector<data::EncodedText> texts() {
  data::Random random(31);
  std::vector<data::EncodedText> out;
  const auto p = draw_ids(random, 17);
  const auto q = draw_ids(random, 5);
  const auto a = draw_ids(random, 9);
  const auto b = draw_ids(random, 1);
  const auto c = draw_ids(random, 24);
  for (const auto& [prompt, response] :
       {std::pair{q, a}, {p, a}, {q, b}, {p, c}, {p, a}, {q, c}, {c, b}})
    out.push_back(text_of(prompt, response));
  return out;
}

std::vector<int32_t> response_ids(const data::EncodedText& text) {
  std::vector<int32_t> out;
  for (const auto& token : text.response) out.push_back(token.id);
  return out;
}

std::string credits(const std::string& variant) {
  Failures failures;
  const auto list = texts();
  for (const auto& named : every_kind(variant)) {
    const auto got = attrib::Exact().run(*named.model, list, {});
    failures.check(got.size() == list.size(), "a result a text");
    for (size_t i = 0; i < list.size() && i < got.size(); ++i) {
      const std::string where = named.name + ", text " + std::to_string(i);
      const auto response = response_ids(list[i]);
      failures.near(got[i].reward, reward_alone(*named.model, list[i].prompt, response),
                    allowed(named, list[i].prompt, response), where + ": its own reward");
      failures.check(got[i].tokens.size() == response.size(), where + ": a credit a token");
      double sum = got[i].offset;
      for (size_t t = 0; t < got[i].tokens.size(); ++t) {
        const auto& token = got[i].tokens[t].token;
        failures.check(token.id == response[t] && token.begin == 3 * t && token.end == 3 * t + 3,
                       where + ": tokens and their places come back");
        sum += got[i].tokens[t].credit;
      }
      failures.near(sum, got[i].reward, 1e-5 * (1 + std::abs(got[i].reward)), where + ": adds up");
      failures.near(got[i].error, std::abs(sum - got[i].reward), 1e-12,
                    where + ": the error is what is missing");
      failures.check((got[i].offset != 0) == (named.name == "EX"), where + ": offset");
    }
    failures.near(got[1].reward, got[4].reward,
                  allowed(named, list[1].prompt, response_ids(list[1])),
                  named.name + ": the same text, the same reward");
  }
  return failures.text();
}

std::string log_probs_come_along() {
  Failures failures;
  at::NoGradGuard no_grad;
  const auto list = texts();
  const auto reference = tiny_decoder("gqa-untied");
  const auto policy = moved(*reference);
  for (const bool alone_policy : {false, true}) {
    const reward::ImplicitReward model(policy, reference, {tiny_beta, false, alone_policy});
    const auto got = attrib::Exact().run(model, list, {});
    for (size_t i = 0; i < list.size(); ++i) {
      const auto batch = alone(list[i].prompt, response_ids(list[i]));
      const auto log_prob = reward::policy_log_probs(*policy, batch, {});
      const auto ref_log_prob = reward::policy_log_probs(*reference, batch, {});
      for (size_t t = 0; t < got[i].tokens.size(); ++t) {
        const auto& token = got[i].tokens[t];
        const auto at = static_cast<int64_t>(t);
        const double half = alone_policy ? 0 : ref_log_prob[at].item<double>();
        failures.near(token.log_prob, log_prob[at].item<double>(), 1e-5, "log pi");
        failures.near(token.ref_log_prob, half, 1e-5, "log pi_ref");
        failures.near(token.credit, tiny_beta * (token.log_prob - token.ref_log_prob), 1e-6,
                      "the credit is beta times their difference");
      }
    }
  }
  const auto explicit_model = every_kind("gqa-untied");
  for (const auto& response : attrib::Exact().run(*explicit_model[0].model, list, {}))
    for (const auto& token : response.tokens)
      failures.check(token.log_prob == 0 && token.ref_log_prob == 0, "EX has none");
  return failures.text();
}

std::string equals_score() {
  Failures failures;
  const auto pairs = draw_pairs(9, 40, 33);
  const reward::ScorePlan plan({std::span<const data::EncodedPair>(pairs)}, everything_shared, 120);
  std::vector<data::EncodedText> list;
  for (const auto& p : pairs) {
    list.push_back(text_of(p.prompt, p.chosen));
    list.push_back(text_of(p.prompt, p.rejected));
  }
  for (const auto& named : every_kind("gqa-bias")) {
    const auto scores = reward::score(*named.model, plan, {}, {});
    const auto got = attrib::Exact().run(*named.model, list, {});
    for (size_t i = 0; i < list.size(); ++i) {
      const auto [chosen, rejected] = plan.slots(0, i / 2);
      failures.near(got[i].reward, scores[static_cast<size_t>(i % 2 == 0 ? chosen : rejected)],
                    allowed(named, list[i].prompt, response_ids(list[i])), named.name);
    }
  }
  return failures.text();
}

std::string cancel_throws() {
  Failures failures;
  const auto kinds = every_kind("mha-tied");
  model::ForwardOptions options;
  options.cancel.supersede();
  bool superseded = false;
  try {
    (void)attrib::Exact().run(*kinds[2].model, texts(), options);
  } catch (const Cancelled& cancelled) {
    superseded = cancelled.superseded;
  }
  failures.check(superseded, "Cancelled says that it was superseded");
  return failures.text();
}

}  // namespace

std::vector<Case> loupe::test::cases() {
  return {{"credits gqa-untied", [] { return credits("gqa-untied"); }},
          {"credits llama3-rope", [] { return credits("llama3-rope"); }},
          {"log-probabilities", log_probs_come_along},
          {"equals score", equals_score},
          {"cancel", cancel_throws}};
}
