// SPDX-License-Identifier: GPL-3.0-or-later
// What rewards are, and that their exact decompositions add up.
#include "tests/reward/reward_support.h"
#include "tests/support/case.h"

using namespace loupe;
using namespace loupe::test;

namespace {

using reward::ExplicitReward;
using reward::ImplicitReward;

model::PackedBatch packed(const std::vector<data::EncodedPair>& pairs) {
  model::PackedBatch batch(everything_shared);
  for (const auto& p : pairs) batch.add_group(p.prompt, {p.chosen, p.rejected});
  return batch;
}

std::vector<double> numbers(const at::Tensor& tensor) {
  const auto values = tensor.detach().to(at::kDouble).contiguous();
  return {values.data_ptr<double>(), values.data_ptr<double>() + values.numel()};
}

// transformers' rewards of each sequence alone against all in one packed batch.
std::string follows_transformers(at::ScalarType residual) {
  Failures failures;
  at::NoGradGuard no_grad;
  const auto golden = read_json(golden_folder().parent_path() / "rewards.json");
  const auto policy = tiny_decoder(golden["policy"], residual);
  const auto reference = tiny_decoder(golden["reference"], residual);
  const auto head = at::tensor(golden["head"].get<std::vector<double>>(), at::kDouble);
  const double beta = golden["beta"];
  const double part = residual == at::kDouble ? 1e-6 : 1e-5;  // transformers turns heads in fp32
  model::PackedBatch batch(everything_shared);
  for (const auto& entry : golden["cases"])
    batch.add_group(ids(entry["prompt"]), {ids(entry["response"])});
  model::ForwardOptions options;
  options.compute = residual;
  const auto check = [&](const reward::RewardModel& model, const std::string& key,
                         const std::function<double(size_t)>& tolerance) {
    const auto got = numbers(model.rewards(batch, options, {}));
    for (size_t i = 0; i < got.size(); ++i)
      failures.near(got[i], golden["cases"][i][key].get<double>(), tolerance(i),
                    key + ", case " + std::to_string(i));
    failures.check(got.size() == golden["cases"].size(), "a reward a response");
  };
  const auto terms = numbers((policy->forward(batch, options).to(at::kDouble) * head).abs().sum(1));
  const auto last = batch.last_index();
  const auto lengths = batch.response_lengths();
  const auto largest = *std::max_element(terms.begin(), terms.end());
  check(ExplicitReward(policy, head), "ex",
        [&](size_t i) { return part * terms[static_cast<size_t>(last[i])]; });
  check(ExplicitReward(policy, head, ExplicitReward::Pooling::mean), "ex_mean",
        [&](size_t) { return part * largest; });
  const auto nats = [&](size_t i) { return beta * part * static_cast<double>(lengths[i]); };
  check(ImplicitReward(policy, reference, {beta, false, false}), "im", nats);
  check(ImplicitReward(policy, nullptr, {beta, false, true}), "im_without_reference", nats);
  check(ImplicitReward(policy, reference, {beta, true, false}), "im_normalised",
        [&](size_t) { return beta * part; });
  return failures.text();
}

std::string credits_add_up(const std::string& variant) {
  Failures failures;
  at::NoGradGuard no_grad;
  const auto pairs = draw_pairs(7, 40, 21);
  const auto batch = packed(pairs);
  for (const auto& named : every_kind(variant)) {
    const auto credits = named.model->credits(batch, {});
    const auto rewards = numbers(credits.rewards);
    failures.check(credits.credit.numel() == batch.response_tokens(), named.name + ": one a token");
    const auto wanted = numbers(named.model->rewards(batch, {}, {}));
    const auto credit = numbers(credits.credit);
    const auto offset = numbers(credits.offset);
    const bool has_offset = named.name == "EX";
    size_t at = 0;
    for (size_t r = 0; r < rewards.size(); ++r) {
      const auto& pair = pairs[r / 2];
      const auto& response = r % 2 == 0 ? pair.chosen : pair.rejected;
      double sum = 0;
      for (size_t t = 0; t < response.size(); ++t) sum += credit[at++];
      failures.near(rewards[r], wanted[r], allowed(named, pair.prompt, response),
                    named.name + ": the reward that rewards() gives");
      failures.near(sum + offset[r], rewards[r], 1e-5 * (1 + std::abs(rewards[r])),
                    named.name + ", response " + std::to_string(r));
      failures.check((offset[r] != 0) == has_offset,
                     named.name + ": an offset only where states are differenced");
    }
    const bool implicit = named.model->type() == "IM";
    failures.check(credits.log_prob.defined() == implicit, named.name + ": log pi for IM only");
    failures.check(credits.ref_log_prob.defined() == named.model->uses_reference(),
                   named.name + ": log pi_ref only with a reference");
  }
  return failures.text();
}

// u.h_0 belongs to the prompt, so a margin is the difference of the credits alone.
std::string offset_cancels() {
  Failures failures;
  const auto kinds = every_kind("llama3-rope");
  const auto batch = packed(draw_pairs(7, 40, 22));
  const auto credits = kinds[0].model->credits(batch, {});
  const auto offset = numbers(credits.offset);
  const auto rewards = numbers(credits.rewards);
  const auto sums = numbers(reward::sum_by_response(credits.credit, batch));
  for (size_t i = 0; i < offset.size(); i += 2) {
    failures.check(offset[i] == offset[i + 1], "both responses have the prompt's offset");
    failures.near(sums[i] - sums[i + 1], rewards[i] - rewards[i + 1], 1e-4, "margin");
  }
  return failures.text();
}

std::string credit_by_hand() {
  Failures failures;
  at::NoGradGuard no_grad;
  const auto pairs = draw_pairs(1, 20, 23);
  const auto& p = pairs[0];
  const auto kinds = every_kind("gqa-untied");
  const auto batch = alone(p.prompt, p.chosen);
  const auto& decoder = kinds[0].model->decoder();
  const auto hidden = decoder.forward(batch, {});
  const auto values = numbers(at::mv(hidden, kinds[0].model->own_parameters()[0].second[0]));
  const auto ex = numbers(kinds[0].model->credits(batch, {}).credit);
  const auto mean = numbers(kinds[1].model->credits(batch, {}).credit);
  const auto im = kinds[2].model->credits(batch, {});
  const auto normalised = numbers(kinds[3].model->credits(batch, {}).credit);
  const auto policy_half = numbers(kinds[4].model->credits(batch, {}).credit);
  const auto im_credit = numbers(im.credit);
  const auto log_prob = numbers(im.log_prob);
  const auto ref_log_prob = numbers(im.ref_log_prob);
  const auto length = static_cast<double>(p.chosen.size());
  for (size_t t = 0; t < p.chosen.size(); ++t) {
    const size_t at = p.prompt.size() + t;
    failures.near(ex[t], values[at] - values[at - 1], 1e-5, "EX: u.h_t - u.h_(t-1)");
    failures.near(mean[t], values[at] / length, 1e-5, "EX mean: u.h_t / |y|");
    const double ratio = log_prob[t] - ref_log_prob[t];
    failures.near(im_credit[t], tiny_beta * ratio, 1e-6, "IM: beta times the log-ratio");
    failures.near(normalised[t], tiny_beta * ratio / length, 1e-6, "IM normalised");
    failures.near(policy_half[t], tiny_beta * log_prob[t], 1e-6, "IM without reference");
  }
  return failures.text();
}

std::string policy_is_reference(at::ScalarType compute) {
  Failures failures;
  const auto reference = tiny_decoder("gqa-bias");
  const auto pairs = draw_pairs(15, 40, 24);
  const reward::ScorePlan plan({std::span<const data::EncodedPair>(pairs)}, everything_shared, 130);
  model::ForwardOptions options;
  options.compute = compute;
  for (const bool normalised : {false, true}) {
    const ImplicitReward model(reference->clone(), reference, {tiny_beta, normalised, false});
    for (const auto& given :
         {std::vector<at::Tensor>{}, reward::plan_log_probs(*reference, plan, options)})
      for (const double reward : reward::score(model, plan, options, given))
        failures.check(reward == 0, "reward " + std::to_string(reward) + " is not 0");
    const auto credits = model.credits(plan.batches()[1].packed, options);
    failures.check(credits.credit.abs().max().item<double>() == 0, "nor any credit");
  }
  return failures.text();
}

std::shared_ptr<model::Decoder> wide_decoder(std::optional<double> initializer_range) {
  auto config = tiny_decoder("mha-tied")->config();
  config.hidden_size = 2500;
  config.intermediate_size = config.vocab_size = 8;
  config.heads = config.kv_heads = config.layers = 1;
  config.initializer_range = initializer_range;
  config.layer_specs.resize(1);
  const auto zeros = [](const std::string&, at::Tensor& destination) -> Result<void> {
    destination.zero_();
    return {};
  };
  return must(model::Decoder::build(config, zeros, {}));
}

std::string head_from_seed() {
  Failures failures;
  const auto decoder = wide_decoder(0.3);
  const auto head = [&](uint64_t seed) { return ExplicitReward(decoder, seed).head(); };
  failures.check(at::equal(head(5), head(5)), "the same seed, the same head");
  failures.check(!at::equal(head(5), head(6)), "another seed, another head");
  failures.near((head(5) * head(6)).mean().item<double>() / 0.09, 0, 0.1, "unrelated");
  failures.check(head(5).scalar_type() == at::kFloat && head(5).numel() == 2500,
                 "[1, hidden] fp32");
  const auto sd_of = [&](const ExplicitReward& model, double want, const std::string& what) {
    // The standard error of a sd over 2500 draws is 1.4 %, of the mean 2 % of the sd.
    failures.near(model.head().std().item<double>() / want, 1, 0.06, what + ": sd");
    failures.near(model.head().mean().item<double>() / want, 0, 0.08, what + ": mean");
    const auto scaled = model.head() / want;
    failures.near(scaled.pow(4).mean().item<double>(), 3, 0.6, what + ": normal tails");
  };
  for (const uint64_t seed : {1, 2, 3}) {
    sd_of(ExplicitReward(decoder, seed), 0.3, "initializer_range");
    sd_of(ExplicitReward(decoder, seed, ExplicitReward::Pooling::last, 0.07), 0.07, "asked for");
    sd_of(ExplicitReward(wide_decoder({}), seed), 0.02, "none named: 1 / sqrt(2500)");
  }
  const ExplicitReward model(decoder, 5);
  const auto own = model.own_parameters();
  failures.check(own.size() == 1 && own[0].first == "score.weight" &&
                     own[0].second.sizes() == at::IntArrayRef({1, 2500}),
                 "saved as score.weight [1, hidden]");
  return failures.text();
}

// The gradient of rewards with respect to what each model reads, the reference with its own
// embedding included, against central differences in fp64.
std::string gradient_of_the_input() {
  Failures failures;
  model::ForwardOptions options;
  options.compute = at::kDouble;
  const auto batch = packed(draw_pairs(3, 30, 26));
  const auto weights = at::arange(1, 7, at::kDouble) * at::tensor({1, -1, 1, -1, 1, -1});
  for (const auto& named : every_kind("gqa-untied", at::kDouble)) {
    const auto& model = *named.model;
    std::map<const model::Decoder*, at::Tensor> directions, inputs;
    at::manual_seed(9);
    const auto plain = model.rewards(batch, options, {}).detach();
    for (const bool through : {true, false}) {
      directions.clear();
      inputs.clear();
      const auto moved_by = [&](double step) {
        at::NoGradGuard no_grad;
        const reward::InputProbe probe{
            [&](const model::Decoder& decoder, const model::PackedBatch& read) {
              auto& direction = directions[&decoder];
              const auto own = decoder.embed(read);
              if (!direction.defined()) direction = at::randn_like(own);
              return own + step * direction;
            },
            through};
        return model.rewards(batch, options, {}, &probe).dot(weights).item<double>();
      };
      const double h = 1e-5;
      const double want = (moved_by(h) - moved_by(-h)) / (2 * h);
      const size_t models = through && model.uses_reference() ? 2 : 1;
      failures.check(directions.size() == models, named.name + ": each model is asked for once");
      const reward::InputProbe probe{
          [&](const model::Decoder& decoder, const model::PackedBatch& read) {
            return inputs[&decoder] = decoder.embed(read).detach().requires_grad_(true);
          },
          through};
      // Log-probabilities of the reference that were made of another input are no use here.
      const auto given = through ? at::zeros({batch.response_tokens()}, at::kDouble) : at::Tensor();
      const auto rewards = model.rewards(batch, options, given, &probe);
      failures.near((rewards - plain).abs().max().item<double>(), 0, 1e-13,
                    named.name + ": the models' own embeddings, their own rewards");
      rewards.dot(weights).backward();
      double got = 0;
      for (const auto& [decoder, input] : inputs) {
        failures.check(input.grad().abs().max().item<double>() > 1e-6,
                       named.name + ": no gradient");
        got += (input.grad() * directions.at(decoder)).sum().item<double>();
      }
      failures.near(got / want, 1, 1e-6, named.name + (through ? "" : ", reference held"));
    }
  }
  return failures.text();
}

std::string missing_reference_is_said() {
  Failures failures;
  const ImplicitReward model(tiny_decoder("mha-tied"), nullptr, {});
  const auto batch = packed(draw_pairs(1, 10, 25));
  bool thrown = false;
  try {
    (void)model.rewards(batch, {}, {});
  } catch (const std::exception&) {
    thrown = true;
  }
  failures.check(thrown, "an implicit reward without its reference throws");
  return failures.text();
}

}  // namespace

std::vector<Case> loupe::test::cases() {
  return {{"transformers fp32", [] { return follows_transformers(at::kFloat); }},
          {"transformers fp64", [] { return follows_transformers(at::kDouble); }},
          {"credits add up gqa-untied", [] { return credits_add_up("gqa-untied"); }},
          {"credits add up mha-tied", [] { return credits_add_up("mha-tied"); }},
          {"offset cancels", offset_cancels},
          {"credit by hand", credit_by_hand},
          {"zero at the start fp32", [] { return policy_is_reference(at::kFloat); }},
          {"zero at the start bf16", [] { return policy_is_reference(at::kBFloat16); }},
          {"head from seed", head_from_seed},
          {"gradient of the input", gradient_of_the_input},
          {"missing reference", missing_reference_is_said}};
}
