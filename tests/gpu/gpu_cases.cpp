// SPDX-License-Identifier: GPL-3.0-or-later
// The GPU against the CPU on the tiny models of every family, and what a GPU does that a CPU does
// not: it runs backward passes in a thread of its own, and its memory ends early. fp32 on both
// sides, TF32 off, so that only the order of sums differs.
#include "core/engine/guarded.h"
#include "core/reward/reward_model.h"
#include "core/train/trainer.h"
#include "tests/gpu/gpu_models.h"
#include "tests/support/case.h"
#include "tests/train/fresh_reward.h"

using namespace loupe;
using namespace loupe::test;

namespace {

namespace fs = std::filesystem;

constexpr double kTolerance = 1e-4;

// The folders of tests/golden that hold a tiny model with golden.json, by name.
std::map<std::string, fs::path> variants() {
  std::map<std::string, fs::path> out;
  for (const char* group : {"models", "architectures"})
    for (const auto& entry : fs::directory_iterator(golden_folder().parent_path() / group))
      if (fs::exists(entry.path() / "golden.json"))
        out[entry.path().filename().string()] = entry.path();
  return out;
}

model::PackedBatch golden_batch(const fs::path& folder, const model::DecoderConfig& config) {
  model::PackedBatch batch(config);
  for (const auto& c : read_json(folder / "golden.json")["cases"])
    batch.add_group(ids(c["prompt"]), {ids(c["responses"][0]), ids(c["responses"][1])});
  return batch;
}

struct Outcome {
  at::Tensor rewards;                           // on the CPU
  std::map<std::string, at::Tensor> gradients;  // of chosen - rejected, on the CPU
};

Outcome outcome_on(at::Device device, const model::Decoder& base, const std::string& type,
                   const model::PackedBatch& batch) {
  const auto policy = twin(base, device, 4);
  std::unique_ptr<reward::RewardModel> rewards_of;
  if (type == "EX")
    rewards_of = std::make_unique<reward::ExplicitReward>(policy, 3);
  else
    rewards_of = std::make_unique<reward::ImplicitReward>(
        policy, twin(base, device, 0), reward::ImplicitReward::Options{0.25, false, false});
  policy->set_trainable(true);
  for (auto& [name, value] : rewards_of->own_parameters()) value.requires_grad_(true);
  const auto rewards = rewards_of->rewards(batch, {}, {});
  (rewards.slice(0, 0, {}, 2) - rewards.slice(0, 1, {}, 2)).sum().backward();
  Outcome out{rewards.detach().cpu(), {}};
  auto parameters = policy->parameters();
  for (const auto& own : rewards_of->own_parameters()) parameters.push_back(own);
  for (const auto& [name, value] : parameters)
    if (value.grad().defined()) out.gradients[name] = value.grad().cpu();
  return out;
}

// Rewards to 1e-4; gradients to 1e-4 of their largest entry, or of the largest of all where a
// parameter's own is noise (GPT-NeoX's key biases have none but rounding).
std::string parity(const fs::path& folder, const std::string& type) {
  if (auto reason = without_gpu(); !reason.empty()) return reason;
  Failures failures;
  const auto base = decoder_from(folder);
  const auto batch = golden_batch(folder, base->config());
  const auto cpu = outcome_on(at::kCPU, *base, type, batch);
  const auto gpu = outcome_on(gpu_device(), *base, type, batch);
  failures.near((gpu.rewards - cpu.rewards).abs().max().item<double>(), 0, kTolerance, "rewards");
  failures.check(cpu.gradients.size() == gpu.gradients.size() && cpu.gradients.size() > 10,
                 "the same parameters have gradients");
  double largest = 0;
  for (const auto& [name, want] : cpu.gradients)
    largest = std::max(largest, want.abs().max().item<double>());
  for (const auto& [name, want] : cpu.gradients) {
    const double scale = std::max(want.abs().max().item<double>(), 1e-3 * largest);
    const auto got = gpu.gradients.find(name);
    failures.check(got != gpu.gradients.end(), name + " has a gradient on the GPU");
    if (got != gpu.gradients.end())
      failures.near((got->second - want).abs().max().item<double>() / scale, 0, kTolerance, name);
  }
  return failures.text();
}

model::PackedBatch drawn_batch(const model::DecoderConfig& config, int64_t pairs, int64_t length,
                               int64_t vocabulary) {
  auto draw = [&, next = uint64_t{1}](int64_t count) mutable {
    std::vector<int32_t> out;
    for (int64_t i = 0; i < count; ++i) {
      next = next * 6364136223846793005u + 1442695040888963407u;
      out.push_back(static_cast<int32_t>((next >> 33) % static_cast<uint64_t>(vocabulary)));
    }
    return out;
  };
  model::PackedBatch batch(config);
  for (int64_t i = 0; i < pairs; ++i) batch.add_group(draw(length), {draw(length), draw(length)});
  return batch;
}

const Shape kSmall{8, 256, 512, 8, 4, 1024};

// The gradient of the middle layer cancels; the pass ends there, and the next one is right.
std::string cancel_in_mid_backward() {
  if (auto reason = without_gpu(); !reason.empty()) return reason;
  Failures failures;
  const auto decoder = random_llama(kSmall, gpu_device());
  decoder->set_trainable(true);
  const auto batch = drawn_batch(decoder->config(), 2, 64, kSmall.vocabulary);
  const auto parameter = [&](int layer) {
    for (const auto& [name, value] : decoder->parameters())
      if (name == "model.layers." + std::to_string(layer) + ".mlp.down_proj.weight") return value;
    throw std::runtime_error("no such layer");
  };
  const auto run = [&](const model::ForwardOptions& options) {
    for (const auto& [name, value] : decoder->parameters()) value.mutable_grad() = at::Tensor();
    decoder->forward(batch, options).pow(2).sum().backward();
    return parameter(0).grad().cpu();
  };
  const auto want = run({});
  for (int repeat = 0; repeat < 100; ++repeat) {
    model::ForwardOptions options;
    const auto hook =
        parameter(4).register_hook([&](const at::Tensor&) { options.cancel.cancel(); });
    bool stopped = false;
    try {
      (void)run(options);
    } catch (const Cancelled&) {
      stopped = true;
    } catch (const std::exception&) {
      stopped = true;
    }
    parameter(4).remove_hook(hook);
    failures.check(stopped, "a cancelled backward pass throws");
    failures.check(!parameter(0).grad().defined(), "it does not reach the first layer");
  }
  failures.near((run({}) - want).abs().max().item<double>() / want.abs().max().item<double>(), 0,
                1e-5, "the gradient after a hundred cancels");
  return failures.text();
}

// Memory is filled to the brim: the next pass is an Error of the right kind, and the one after it,
// with memory again, succeeds.
std::string out_of_memory() {
  if (auto reason = without_gpu(); !reason.empty()) return reason;
  if (!gpu_device().is_cuda()) return "SKIP: only a GPU's memory can be filled";
  Failures failures;
  const auto decoder = random_llama(kSmall, gpu_device());
  const auto batch = drawn_batch(decoder->config(), 8, 512, kSmall.vocabulary);
  const auto forward = [&]() -> Result<double> {
    return engine::guarded([&]() -> Result<double> {
      at::NoGradGuard no_grad;
      return decoder->forward(batch, {}).sum().item<double>();
    });
  };
  failures.check(forward().ok(), "it fits an empty card");
  std::vector<at::Tensor> filling;
  for (int64_t size = int64_t{1} << 34; size >= int64_t{1} << 20; size /= 2) {
    try {
      while (true)
        filling.push_back(at::empty({size}, at::TensorOptions(at::kByte).device(gpu_device())));
    } catch (const c10::OutOfMemoryError&) {
    }
  }
  const auto full = forward();
  failures.check(
      !full.ok() && full.error().code == ErrorCode::out_of_memory && !full.error().what.empty(),
      full.ok() ? "nothing was said" : "said as " + full.error().text());
  filling.clear();
  failures.check(forward().ok(), "it fits again");
  return failures.text();
}

data::EncodedDataset golden_pairs() {
  data::EncodedDataset out;
  out.name = "golden";
  const auto golden = read_json(golden_folder() / "training.json");
  for (const auto& pair : golden["pairs"]) {
    const auto index = static_cast<int64_t>(out.pairs.size());
    out.pairs.push_back(
        {ids(pair["prompt"]), ids(pair["chosen"]), ids(pair["rejected"]), index, index});
  }
  return out;
}

std::vector<double> losses(const std::string& type, at::Device device) {
  train::Recipe recipe;
  recipe.type = type;
  recipe.epochs = 5;
  recipe.batch_size = 2;
  recipe.lr = 1e-3;
  recipe.beta = 0.1;
  const auto golden = read_json(golden_folder() / "training.json");
  train::Trainer trainer(fresh_reward(tiny_decoder(golden["model"], at::kFloat, device), recipe),
                         recipe, golden_pairs(), {golden_pairs()});
  std::vector<double> out;
  train::Observer observer;
  observer.on_step = [&](const train::StepEvent& e) { out.push_back(e.loss); };
  observer.on_eval = [&](const train::EvalEvent& e) {
    out.push_back(e.measures.at("margin_mean"));
  };
  (void)must(trainer.run(observer));
  return out;
}

std::string training(const std::string& type) {
  if (auto reason = without_gpu(); !reason.empty()) return reason;
  Failures failures;
  const auto on_cpu = losses(type, at::kCPU);
  const auto on_gpu = losses(type, gpu_device());
  failures.check(on_cpu.size() == on_gpu.size(), "number of steps and evaluations");
  for (size_t i = 0; i < std::min(on_cpu.size(), on_gpu.size()); ++i)
    failures.near(on_gpu[i], on_cpu[i], 1e-3, type + ", event " + std::to_string(i));
  return failures.text();
}

}  // namespace

std::vector<Case> loupe::test::cases() {
  std::vector<Case> out;
  for (const std::string type : {"EX", "IM"}) {
    for (const auto& [name, folder] : variants())
      out.push_back(
          {"parity, " + type + ", " + name, [type, path = folder] { return parity(path, type); }});
    out.push_back({"training, " + type, [=] { return training(type); }});
  }
  out.push_back({"cancel in mid-backward", cancel_in_mid_backward});
  out.push_back({"out of memory", out_of_memory});
  return out;
}
