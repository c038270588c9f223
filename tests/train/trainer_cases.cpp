// SPDX-License-Identifier: GPL-3.0-or-later
#include <ATen/Parallel.h>

#include <unistd.h>

#include "core/data/random.h"
#include "core/train/trainable.h"
#include "core/train/trainer.h"
#include "tests/model/golden_models.h"
#include "tests/support/case.h"
#include "tests/support/temporary_folder.h"
#include "tests/train/fresh_reward.h"

using namespace loupe;
using namespace loupe::test;

namespace {

data::EncodedDataset encoded(const nlohmann::json& pairs, const std::string& name) {
  data::EncodedDataset out;
  out.name = name;
  for (const auto& pair : pairs) {
    const auto index = static_cast<int64_t>(out.pairs.size());
    out.pairs.push_back(
        {ids(pair["prompt"]), ids(pair["chosen"]), ids(pair["rejected"]), index, index});
  }
  return out;
}

// Trains `model` on the golden pairs and batches, and compares the loss of every step, to 1e-5.
void compare_losses(Failures& failures, const reward::RewardModel& model, train::AdamW& optimizer,
                    const nlohmann::json& plain, const nlohmann::json& losses) {
  const auto data = encoded(plain["pairs"], "golden");
  const auto want = losses[model.type()].get<std::vector<double>>();
  const auto batches = plain["batches"].get<std::vector<std::vector<size_t>>>();
  for (size_t step = 0; step < batches.size(); ++step) {
    model::PackedBatch batch(model.decoder().config());
    for (const size_t i : batches[step])
      batch.add_group(data.pairs[i].prompt, {data.pairs[i].chosen, data.pairs[i].rejected});
    const auto rewards = model.rewards(batch, {}, {}).view({-1, 2});
    const auto loss = -at::log_sigmoid(rewards.select(1, 0) - rewards.select(1, 1)).mean();
    failures.near(loss.item<double>(), want[step], 1e-5,
                  model.type() + " loss of step " + std::to_string(step));
    loss.backward();
    optimizer.step();
    optimizer.zero_grad();
    model.decoder().parameters_changed();
  }
}

// Twenty steps with the same weights and batches as a plain PyTorch script (make_model_golden.py):
// loss to 1e-5.
std::string follows_pytorch(const std::string& type) {
  Failures failures;
  const auto golden = read_json(golden_folder() / "training.json");
  const auto decoder = tiny_decoder(golden["model"]);
  decoder->set_trainable(true);
  const auto reference = tiny_decoder(golden["model"]);
  std::unique_ptr<reward::RewardModel> model;
  if (type == "EX")
    model = std::make_unique<reward::ExplicitReward>(
        decoder, at::tensor(golden["head"].get<std::vector<double>>()));
  else
    model = std::make_unique<reward::ImplicitReward>(
        decoder, reference,
        reward::ImplicitReward::Options{golden["beta"].get<double>(), false, false});
  auto parameters = decoder->parameters();
  for (auto& [name, tensor] : model->own_parameters()) {
    tensor.set_requires_grad(true);
    parameters.emplace_back(name, tensor);
  }
  train::AdamW optimizer(parameters, {golden["lr"].get<double>(), 0.9, 0.999, 1e-8, 0});
  compare_losses(failures, *model, optimizer, golden, golden["losses"]);
  return failures.text();
}

// The same with low-rank matrices trained by peft (make_brought_golden.py): losses, and in the end
// the norm of every matrix, to 1e-5. The base must stay what it was.
std::string lora_follows_peft(const std::string& type) {
  Failures failures;
  const auto plain = read_json(golden_folder() / "training.json");
  const auto golden = read_json(golden_folder().parent_path() / "brought" / "lora_training.json");
  const auto base = tiny_decoder(plain["model"]);
  const auto before = base->clone();
  train::Recipe recipe;
  recipe.type = type;
  recipe.tuning = "lora";
  recipe.lora_rank = golden["rank"];
  recipe.lora_alpha = golden["alpha"];
  recipe.lora_targets = "q_proj,v_proj,down_proj";
  const auto decoder = must(train::make_trainable(base, recipe));
  failures.check(decoder->lora().size() == 9, "three matrices of three layers");
  for (const auto& [name, values] : golden["start"].items()) {
    bool found = false;
    for (const auto& module : decoder->lora())
      if (model::lora_names(module.name).first == name) {
        std::vector<double> flat;
        for (const auto& row : values)
          for (const double value : row) flat.push_back(value);
        module.a.copy_(at::tensor(flat, at::kDouble).view_as(module.a));
        found = true;
      }
    failures.check(found, name + " is trained too");
  }
  std::unique_ptr<reward::RewardModel> model;
  if (type == "EX")
    model = std::make_unique<reward::ExplicitReward>(
        decoder, at::tensor(plain["head"].get<std::vector<double>>()));
  else
    model = std::make_unique<reward::ImplicitReward>(
        decoder, base, reward::ImplicitReward::Options{plain["beta"].get<double>(), false, false});
  train::AdamW optimizer(train::trained_parameters(*model, recipe),
                         {plain["lr"].get<double>(), 0.9, 0.999, 1e-8, 0});
  compare_losses(failures, *model, optimizer, plain, golden["losses"]);
  for (const auto& [name, tensor] : model::lora_tensors(decoder->lora()))
    failures.near(tensor.norm().item<double>(), golden["norms"][type][name].get<double>(), 1e-5,
                  "norm of " + name);
  for (size_t i = 0; i < before->parameters().size(); ++i) {
    const auto& [name, parameter] = base->parameters()[i];
    failures.check(at::equal(parameter, before->parameters()[i].second), name + " stays");
    failures.check(!parameter.grad().defined(), name + " has no gradient");
  }
  return failures.text();
}

// What is trained leaves as a checkpoint and comes back: the same rewards; only what is trained is
// in the file.
std::string trained_comes_back(const std::string& type, const std::string& trains) {
  Failures failures;
  const auto golden = read_json(golden_folder() / "training.json");
  const auto data = encoded(golden["pairs"], "golden");
  train::Recipe recipe;
  recipe.type = type;
  recipe.tuning = trains;
  recipe.epochs = 2;
  recipe.batch_size = 4;
  recipe.lr = 1e-2;
  recipe.beta = 0.1;
  recipe.lora_rank = 2;
  const auto base = tiny_decoder(golden["model"]);
  const auto reference = base->clone();
  train::Trainer trainer(fresh_reward(must(train::make_trainable(base, recipe)), recipe), recipe,
                         data, {data});
  const TemporaryFolder place;
  const auto path = place.path() / "checkpoint.safetensors";
  train::Observer observer;
  std::vector<double> first, last;
  observer.on_eval = [&](const train::EvalEvent& e) { (first.empty() ? first : last) = e.chosen; };
  observer.on_checkpoint = [&](int64_t, double, bool) {
    return trainer.save_checkpoint(path, false);
  };
  const auto outcome = trainer.run(observer);
  failures.check(outcome.ok(), outcome.ok() ? "" : outcome.error().text());
  failures.check(first != last, "training moves the rewards");
  const auto file = must(io::SafetensorsFile::open(path));
  for (const auto& [name, info] : file->tensors())
    failures.check(trains == "full" || name == "score.weight" ||
                       (trains == "lora" && name.find(".lora_") != std::string::npos),
                   name + " is not trained, but saved");
  const auto back = must(train::load_trained(path, reference, recipe));
  std::unique_ptr<reward::RewardModel> model;
  if (type == "EX")
    model = std::make_unique<reward::ExplicitReward>(back.decoder, back.extra.at("score.weight"));
  else
    model = std::make_unique<reward::ImplicitReward>(
        back.decoder, reference, reward::ImplicitReward::Options{0.1, false, false});
  at::NoGradGuard no_grad;
  for (size_t i = 0; i < data.pairs.size(); ++i) {
    model::PackedBatch batch(model->decoder().config());
    batch.add_group(data.pairs[i].prompt, {data.pairs[i].chosen});
    failures.near(model->rewards(batch, {}, {})[0].item<double>(), last[i], 1e-5,
                  "reward of pair " + std::to_string(i));
  }
  return failures.text();
}

std::string targets_that_are_not_there() {
  Failures failures;
  train::Recipe recipe;
  recipe.tuning = "lora";
  recipe.lora_targets = "q_proj,c_attn";
  const auto refused = train::make_trainable(tiny_decoder("mha-tied"), recipe);
  failures.check(!refused.ok() && refused.error().text().find("c_attn") != std::string::npos,
                 refused.ok() ? "not refused" : refused.error().text());
  recipe.lora_targets = "all-linear";
  const auto adapted = must(train::make_trainable(tiny_decoder("mha-tied"), recipe));
  failures.check(!train::make_trainable(adapted, recipe).ok(), "an adapter on an adapter");
  return failures.text();
}

struct Recorded {
  std::vector<train::StepEvent> steps;
  std::vector<train::EvalEvent> evals;
};

train::Observer recorder(Recorded& into) {
  train::Observer observer;
  observer.on_step = [&](const train::StepEvent& e) { into.steps.push_back(e); };
  observer.on_eval = [&](const train::EvalEvent& e) { into.evals.push_back(e); };
  return observer;
}

train::Recipe small_recipe(const std::string& type) {
  train::Recipe recipe;
  recipe.type = type;
  recipe.epochs = 3;
  recipe.batch_size = 2;
  recipe.gradient_accumulation = 2;
  recipe.lr = 1e-3;
  recipe.beta = 0.1;
  recipe.seed = 5;
  return recipe;
}

// Stopped in the middle of an epoch and resumed from the checkpoint: the same steps as without the
// stop.
std::string resume_goes_on(const std::string& type, const std::string& dtype,
                           const std::string& trains = "full") {
  Failures failures;
  const auto golden = read_json(golden_folder() / "training.json");
  const auto data = encoded(golden["pairs"], "golden");
  auto recipe = small_recipe(type);
  recipe.compute_dtype = dtype;
  recipe.tuning = trains;
  const auto fresh = [&] {
    return fresh_reward(must(train::make_trainable(tiny_decoder(golden["model"]), recipe)), recipe);
  };
  Recorded whole;
  {
    train::Trainer trainer(fresh(), recipe, data, {data});
    failures.check(trainer.run(recorder(whole)).ok(), "an undisturbed run ends well");
  }
  failures.check(whole.steps.size() == 9, "12 pairs, 4 a step, 3 epochs: 9 steps");
  failures.check(whole.evals.size() == 4, "evaluated before training and after each epoch");
  const auto path = std::filesystem::temp_directory_path() /
                    ("loupe-resume-" + std::to_string(::getpid()) + ".safetensors");
  Recorded first;
  {
    train::Trainer trainer(fresh(), recipe, data, {data});
    auto observer = recorder(first);
    observer.stop = [&] { return first.steps.size() == 4; };
    observer.on_checkpoint = [&](int64_t, double, bool) {
      return trainer.save_checkpoint(path, true);
    };
    const auto outcome = trainer.run(observer);
    failures.check(outcome.ok() && *outcome == train::Outcome::stopped, "asked to stop, it stops");
  }
  Recorded second;
  {
    train::Trainer trainer(fresh(), recipe, data, {data});
    const auto resumed = trainer.resume_from(path);
    failures.check(resumed.ok(), resumed.ok() ? "" : resumed.error().text());
    const auto outcome = trainer.run(recorder(second));
    failures.check(outcome.ok(), outcome.ok() ? "" : outcome.error().text());
  }
  std::filesystem::remove(path);
  failures.check(second.steps.size() == 5 && second.steps.front().step == 5,
                 "it goes on at step 5");
  for (size_t i = 0; i < second.steps.size() && i + 4 < whole.steps.size(); ++i) {
    failures.near(second.steps[i].loss, whole.steps[i + 4].loss, 1e-7, "loss after resume");
    failures.near(second.steps[i].grad_norm / whole.steps[i + 4].grad_norm, 1, 1e-5,
                  "gradient norm after resume");
  }
  return failures.text();
}

// Two trainings on four threads: the same steps and the same parameters, bit for bit.
std::string four_threads_twice(const std::string& type) {
  Failures failures;
  const auto golden = read_json(golden_folder() / "training.json");
  const auto data = encoded(golden["pairs"], "golden");
  auto recipe = small_recipe(type);
  recipe.epochs = 20;
  recipe.batch_size = 12;
  recipe.gradient_accumulation = 1;
  const int threads = at::get_num_threads();
  at::set_num_threads(4);
  std::vector<Recorded> recorded(2);
  std::vector<std::shared_ptr<model::Decoder>> decoders;
  for (auto& run : recorded) {
    decoders.push_back(tiny_decoder(golden["model"]));
    failures.check(train::Trainer(fresh_reward(decoders.back(), recipe), recipe, data, {data})
                       .run(recorder(run))
                       .ok(),
                   "runs");
  }
  at::set_num_threads(threads);
  failures.check(recorded[0].steps.size() == 20 && recorded[1].steps.size() == 20, "20 steps");
  for (size_t i = 0; i < recorded[0].steps.size(); ++i) {
    failures.check(recorded[0].steps[i].loss == recorded[1].steps[i].loss, "another loss");
    failures.check(recorded[0].steps[i].grad_norm == recorded[1].steps[i].grad_norm,
                   "another gradient norm");
  }
  failures.check(recorded[0].evals.back().chosen == recorded[1].evals.back().chosen,
                 "other rewards");
  for (size_t i = 0; i < decoders[0]->parameters().size(); ++i) {
    const auto& [name, parameter] = decoders[0]->parameters()[i];
    failures.check(at::equal(parameter, decoders[1]->parameters()[i].second), name + " differs");
  }
  return failures.text();
}

// Before the first step every IM reward is exactly zero, in training and in evaluation, in fp32 and
// bf16.
std::string implicit_starts_at_zero(const std::string& dtype) {
  Failures failures;
  const auto golden = read_json(golden_folder() / "training.json");
  const auto data = encoded(golden["pairs"], "golden");
  auto recipe = small_recipe("IM");
  recipe.compute_dtype = dtype;
  recipe.epochs = 1;
  Recorded recorded;
  train::Trainer trainer(fresh_reward(tiny_decoder(golden["model"]), recipe), recipe, data, {data});
  failures.check(trainer.run(recorder(recorded)).ok(), "runs");
  for (const double reward : recorded.evals.front().chosen)
    failures.check(reward == 0, "evaluated reward is 0");
  failures.check(recorded.evals.front().measures.at("ties") == 12, "all ties");
  failures.check(recorded.evals.front().measures.at("accuracy") == 0.5, "ties count one half");
  failures.check(
      recorded.steps.front().chosen_reward == 0 && recorded.steps.front().rejected_reward == 0,
      "the first step's rewards are 0");
  return failures.text();
}

std::string accumulation_is_a_mean() {
  Failures failures;
  const auto golden = read_json(golden_folder() / "training.json");
  const auto data = encoded(golden["pairs"], "golden");
  Recorded one, two;
  auto recipe = small_recipe("EX");
  recipe.batch_size = 4;
  recipe.gradient_accumulation = 1;
  (void)train::Trainer(fresh_reward(tiny_decoder(golden["model"]), recipe), recipe, data, {})
      .run(recorder(one));
  recipe.batch_size = 2;
  recipe.gradient_accumulation = 2;
  (void)train::Trainer(fresh_reward(tiny_decoder(golden["model"]), recipe), recipe, data, {})
      .run(recorder(two));
  failures.check(one.steps.size() == two.steps.size() && one.steps.size() == 9, "as many steps");
  for (size_t i = 0; i < one.steps.size(); ++i) {
    failures.near(one.steps[i].loss, two.steps[i].loss, 1e-5, "loss");
    failures.near(one.steps[i].grad_norm / two.steps[i].grad_norm, 1, 1e-4, "gradient norm");
  }
  return failures.text();
}

std::string empty_set_is_an_error() {
  Failures failures;
  data::EncodedDataset none;
  none.name = "none";
  const auto outcome = train::Trainer(fresh_reward(tiny_decoder("mha-tied"), small_recipe("EX")),
                                      small_recipe("EX"), none, {})
                           .run({});
  failures.check(!outcome.ok() && outcome.error().code == ErrorCode::invalid_input, "refused");
  return failures.text();
}

// A reward that is no sum over tokens, with a loss that is no function of the margin: what a kind
// that asks the model for its judgement is like.
class Judgement : public reward::RewardModel {
 public:
  explicit Judgement(std::shared_ptr<model::Decoder> decoder) : RewardModel(std::move(decoder)) {}
  std::string type() const override { return "judgement"; }
  at::Tensor rewards(const model::PackedBatch& batch, const model::ForwardOptions& options,
                     const at::Tensor&, const reward::InputProbe* probe) const override {
    return verdicts(batch, options, probe).select(1, 0).exp();
  }
  reward::PairLoss pair_loss(const model::PackedBatch& batch, const model::ForwardOptions& options,
                             const at::Tensor&) const override {
    const auto found = verdicts(batch, options, nullptr).view({-1, 2, 2});
    const auto good = found.select(1, 0).select(1, 0);
    const auto bad = found.select(1, 1).select(1, 1);
    return {-(good + bad) / 2, found.select(2, 0).exp()};
  }

 private:
  // Log-probabilities of two tokens behind the response.
  at::Tensor verdicts(const model::PackedBatch& batch, const model::ForwardOptions& options,
                      const reward::InputProbe* probe) const {
    const auto hidden = forward(*decoder_, batch, options, probe);
    const auto last =
        model::take_rows(hidden, model::index_tensor(batch.last_index(), hidden.device()));
    return at::log_softmax(decoder_->logits(last), -1).narrow(1, 7, 2);
  }
};

std::string another_loss_is_trained() {
  Failures failures;
  const auto golden = read_json(golden_folder() / "training.json");
  const auto data = encoded(golden["pairs"], "golden");
  auto recipe = small_recipe("EX");
  recipe.epochs = 10;
  recipe.lr = 1e-2;
  Recorded recorded;
  const auto decoder = tiny_decoder(golden["model"]);
  train::Trainer trainer(std::make_unique<Judgement>(decoder), recipe, data, {data});
  failures.check(trainer.run(recorder(recorded)).ok(), "runs");
  const auto& steps = recorded.steps;
  failures.check(steps.back().loss < 0.5 * steps.front().loss, "its own loss falls");
  failures.check(recorded.evals.back().measures.at("accuracy") >
                     recorded.evals.front().measures.at("accuracy"),
                 "it learns");
  const Judgement fresh(tiny_decoder(golden["model"]));
  model::PackedBatch batch(decoder->config());
  for (int i = 0; i < 4; ++i) {
    const auto order = data::epoch_order(12, recipe.seed, 0);
    const auto& pair = data.pairs[static_cast<size_t>(order[static_cast<size_t>(i)])];
    batch.add_group(pair.prompt, {pair.chosen, pair.rejected});
  }
  failures.near(steps.front().loss, fresh.pair_loss(batch, {}, {}).losses.mean().item<double>(),
                1e-5, "the loss of the first step");
  failures.check(!fresh.decomposes(), "it credits nothing");
  const auto credits = fresh.credits(batch, {});
  failures.check(credits.credit.numel() == batch.response_tokens() &&
                     credits.credit.abs().max().item<double>() == 0 &&
                     at::equal(credits.offset, credits.rewards),
                 "all of the reward is the offset");
  return failures.text();
}

// What differs between kinds is said once: ids, the recipe's keys, roles of imported models.
std::string kinds_are_listed() {
  Failures failures;
  const auto recipe = api::json(train::Recipe());
  for (const auto& kind : reward::reward_kinds()) {
    for (const auto& key : kind->options())
      failures.check(recipe.contains(key), kind->id() + ": a recipe has no " + key);
    auto named = train::Recipe{};
    named.type = kind->id();
    failures.check(train::recipe_from_json(named).ok() == kind->trains(), kind->id());
    named.tuning = "head";
    failures.check(train::recipe_from_json(named).ok() == kind->has_head(),
                   kind->id() + ": a head");
    failures.check(reward::find_kind(kind->id()) == kind.get(), kind->id());
  }
  failures.check(reward::find_kind("im") != nullptr && reward::find_kind("im")->id() == "IM", "im");
  failures.check(reward::find_kind("") == nullptr && !reward::kind_named("EXX"), "no such kind");
  namespace role = model::role;
  using json = nlohmann::json;
  const auto is = [&](const char* files, const json& details, const std::string& want) {
    const auto got = reward::kind_of(files, details).id();
    failures.check(got == want, std::string(files) + " " + details.dump() + " is " + got);
  };
  is(role::language, json(), "LM");
  is(role::language, json::object(), "LM");
  is(role::classifier, json::object(), "EX");
  is(role::policy, {{"beta", 0.1}}, "IM");
  is(role::adapter, {{"adapter", {{"classifier", false}}}}, "LM");
  is(role::adapter, {{"adapter", {{"classifier", true}}}}, "EX");
  is(role::adapter, {{"adapter", {{"on_classifier", true}}}}, "EX");
  is(role::adapter, {{"pooling", "mean"}}, "EX");
  is(role::adapter, {{"beta", 0.1}}, "IM");
  const auto cost = [](const char* id, const json& settings) {
    return reward::find_kind(id)->cost(settings);
  };
  using Logits = reward::Cost::Logits;
  failures.check(!cost("EX", recipe).reference && cost("EX", recipe).logits == Logits::none, "EX");
  failures.check(cost("IM", recipe).reference && cost("IM", recipe).logits == Logits::each, "IM");
  failures.check(!cost("IM", {{"without_reference", true}}).reference, "IM without reference");
  const auto missing = reward::find_kind("EX")->restore({}, nullptr, {}, recipe, "a file");
  failures.check(!missing && missing.error().where == "a file", "a checkpoint without its head");
  return failures.text();
}

std::string recipe_refuses_nonsense() {
  Failures failures;
  const auto round = train::recipe_from_json(api::json(small_recipe("IM")));
  failures.check(round.ok() && api::json(*round) == api::json(small_recipe("IM")), "round trip");
  for (const char* bad :
       {R"({"lr": -1})", R"({"epoch": 3})", R"({"type": "XX"})", R"({"epochs": 0})",
        R"({"lr": "1"})", R"({"batch_size": 1.5})", R"({"seed": -1})", R"([1])"}) {
    const auto result = train::recipe_from_json(nlohmann::json::parse(bad));
    failures.check(!result.ok(), std::string(bad) + " is refused");
  }
  return failures.text();
}

}  // namespace

std::vector<Case> loupe::test::cases() {
  return {{"EX follows PyTorch", [] { return follows_pytorch("EX"); }},
          {"IM follows PyTorch", [] { return follows_pytorch("IM"); }},
          {"EX LoRA follows peft", [] { return lora_follows_peft("EX"); }},
          {"IM LoRA follows peft", [] { return lora_follows_peft("IM"); }},
          {"EX comes back", [] { return trained_comes_back("EX", "full"); }},
          {"EX LoRA comes back", [] { return trained_comes_back("EX", "lora"); }},
          {"EX head comes back", [] { return trained_comes_back("EX", "head"); }},
          {"IM LoRA comes back", [] { return trained_comes_back("IM", "lora"); }},
          {"targets that are not there", targets_that_are_not_there},
          {"EX resumes", [] { return resume_goes_on("EX", "fp32"); }},
          {"IM resumes", [] { return resume_goes_on("IM", "fp32"); }},
          {"IM resumes, bf16", [] { return resume_goes_on("IM", "bf16"); }},
          {"EX LoRA resumes", [] { return resume_goes_on("EX", "fp32", "lora"); }},
          {"IM LoRA resumes", [] { return resume_goes_on("IM", "fp32", "lora"); }},
          {"EX on four threads", [] { return four_threads_twice("EX"); }},
          {"IM on four threads", [] { return four_threads_twice("IM"); }},
          {"IM starts at zero", [] { return implicit_starts_at_zero("fp32"); }},
          {"IM starts at zero, bf16", [] { return implicit_starts_at_zero("bf16"); }},
          {"accumulation", accumulation_is_a_mean},
          {"empty set", empty_set_is_an_error},
          {"another loss", another_loss_is_trained},
          {"kinds", kinds_are_listed},
          {"recipe", recipe_refuses_nonsense}};
}
