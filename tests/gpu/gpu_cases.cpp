// SPDX-License-Identifier: GPL-3.0-or-later
// The GPU against the CPU on the tiny models: log-probabilities, rewards, and steps of training.
// fp32 on both sides, TF32 off, so that only the order of sums differs.
#include <ATen/Context.h>

#include "core/reward/reward_model.h"
#include "core/train/trainer.h"
#include "tests/model/golden_models.h"
#include "tests/support/case.h"
#include "tests/train/fresh_reward.h"

using namespace loupe;
using namespace loupe::test;

namespace {

const at::Device kGpu(at::kCUDA, 0);

std::string without_device() {
  if (!at::hasCUDA()) return "SKIP: there is no CUDA device";
  at::globalContext().setAllowTF32CuBLAS(false);
  return "";
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

std::string log_probs(const std::string& variant) {
  if (auto reason = without_device(); !reason.empty()) return reason;
  Failures failures;
  model::PackedBatch batch(tiny_decoder(variant)->config());
  for (const auto& pair : golden_pairs().pairs)
    batch.add_group(pair.prompt, {pair.chosen, pair.rejected});
  const auto on_cpu = reward::policy_log_probs(*tiny_decoder(variant), batch, {});
  const auto on_gpu = reward::policy_log_probs(*tiny_decoder(variant, at::kFloat, kGpu), batch, {});
  failures.check(on_gpu.device().is_cuda(), "computed on " + on_gpu.device().str());
  failures.near((on_gpu.cpu() - on_cpu).abs().max().item<double>(), 0, 1e-4, "log_prob");
  return failures.text();
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
  observer.on_eval = [&](const train::EvalEvent& e) { out.push_back(e.measures.at("margin_mean")); };
  (void)must(trainer.run(observer));
  return out;
}

std::string training(const std::string& type) {
  if (auto reason = without_device(); !reason.empty()) return reason;
  Failures failures;
  const auto on_cpu = losses(type, at::kCPU);
  const auto on_gpu = losses(type, kGpu);
  failures.check(on_cpu.size() == on_gpu.size(), "number of steps and evaluations");
  for (size_t i = 0; i < std::min(on_cpu.size(), on_gpu.size()); ++i)
    failures.near(on_gpu[i], on_cpu[i], 1e-3, type + ", event " + std::to_string(i));
  return failures.text();
}

}  // namespace

std::vector<Case> loupe::test::cases() {
  std::vector<Case> out;
  for (const std::string variant : {"mha-tied", "gqa-untied", "gqa-bias", "llama3-rope"})
    out.push_back({"log-probabilities, " + variant, [=] { return log_probs(variant); }});
  for (const std::string type : {"EX", "IM"})
    out.push_back({"training, " + type, [=] { return training(type); }});
  return out;
}
