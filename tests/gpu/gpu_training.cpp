// SPDX-License-Identifier: GPL-3.0-or-later
// How fast a random Llama trains in bf16 on the GPU: a line of JSON for EX and one for IM.
//
//   gpu_training [PAIRS-A-STEP [TOKENS-A-TEXT [STEPS]]]
//
// The largest shape that fits, beginning with that of Llama 3.2 1B (fp32 parameters, gradients and
// two moments: 16 bytes a parameter). Useful FLOPs of a step: 6 x body parameters x tokens +
// attention (12 x layers x width x pairs of query and key), IM + 6 x hidden x vocabulary x response
// tokens, and its reference's forward pass (a third of all that), which the first epoch makes once.
#include <ATen/ATen.h>
#include <ATen/DeviceAccelerator.h>
#include <ATen/core/grad_mode.h>

#include <chrono>
#include <cstdio>

#include "core/data/random.h"
#include "core/train/trainer.h"
#include "tests/gpu/gpu_models.h"
#include "tests/train/fresh_reward.h"

using namespace loupe;
using namespace loupe::test;
using Clock = std::chrono::steady_clock;

namespace {

double since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void wait(at::Device device) {
  if (device.is_cuda()) at::accelerator::synchronizeDevice(device.index());
}

data::EncodedDataset drawn_pairs(int64_t count, int64_t length, int64_t vocabulary) {
  data::Random random(1);
  const auto text = [&] {
    std::vector<int32_t> out(static_cast<size_t>(length));
    for (auto& id : out) id = static_cast<int32_t>(random.below(static_cast<uint64_t>(vocabulary)));
    return out;
  };
  data::EncodedDataset out;
  out.name = "random";
  for (int64_t i = 0; i < count; ++i) out.pairs.push_back({text(), text(), text(), i, i});
  return out;
}

// FLOP/s of bf16 products of the layers' shapes at `rows` tokens, forward and both gradients.
double product_rate(const Shape& s, int64_t rows, at::Device device) {
  at::NoGradGuard no_grad;
  const auto options = at::TensorOptions(at::kBFloat16).device(device);
  const int64_t q_and_kv = s.hidden + 2 * s.hidden / s.heads * s.kv_heads;
  const std::pair<int64_t, int64_t> shapes[] = {{s.hidden, q_and_kv},
                                                {s.hidden, s.hidden},
                                                {s.hidden, 2 * s.intermediate},
                                                {s.intermediate, s.hidden}};
  double best = 0;
  for (int repeat = 0; repeat < 4; ++repeat) {
    double flops = 0;
    double seconds = 0;
    for (const auto& [in, out] : shapes) {
      const auto x = at::randn({rows, in}, options);
      const auto w = at::randn({out, in}, options);
      const auto dy = at::randn({rows, out}, options);
      wait(device);
      const auto start = Clock::now();
      for (int i = 0; i < 8; ++i) {
        (void)at::mm(x, w.t());
        (void)at::mm(dy, w);
        (void)at::mm(dy.t(), x);
      }
      wait(device);
      seconds += since(start);
      flops +=
          8 * 6.0 * static_cast<double>(rows) * static_cast<double>(in) * static_cast<double>(out);
    }
    best = std::max(best, flops / seconds);
  }
  return best;
}

double step_flops(const model::DecoderConfig& c, int64_t pairs, int64_t length, bool implicit) {
  const auto n = static_cast<double>(length);
  // The prompt once; each response sees the prompt and itself.
  const double seen = n * (n + 1) / 2 + 2 * (n * n + n * (n + 1) / 2);
  double flops = 6.0 * static_cast<double>(c.body_parameters()) * 3 * n +
                 12.0 * static_cast<double>(c.layers * c.heads * c.head_dim) * seen;
  if (implicit)
    flops += 6.0 * static_cast<double>(c.hidden_size) * static_cast<double>(c.vocab_size) * 2 * n;
  return static_cast<double>(pairs) * flops;
}

double parameters_of(const Shape& s) {
  const auto h = static_cast<double>(s.hidden);
  const double layer =
      h * h * (2 + 2.0 * static_cast<double>(s.kv_heads) / static_cast<double>(s.heads)) +
      3 * h * static_cast<double>(s.intermediate);
  return static_cast<double>(s.layers) * layer + h * static_cast<double>(s.vocabulary);
}

nlohmann::json measure(const std::string& type, const Shape& shape, at::Device device,
                       int64_t pairs, int64_t length, int64_t steps) {
  const bool implicit = type == "IM";
  if (device.is_cuda()) at::accelerator::resetPeakStats(device.index());
  train::Recipe recipe;
  recipe.type = type;
  recipe.compute_dtype = "bf16";
  recipe.device = device.str();
  recipe.batch_size = pairs;
  recipe.epochs = 2;  // the first one warms up and makes the reference's log-probabilities
  train::Trainer trainer(fresh_reward(random_llama(shape, device), recipe), recipe,
                         drawn_pairs(pairs * steps, length, shape.vocabulary), {});
  const auto config = trainer.reward_model().decoder().config();
  Clock::time_point start;
  double seconds = 0;
  double loss = 0;
  train::Observer observer;
  observer.on_step = [&](const train::StepEvent& e) {
    wait(device);
    if (e.step == steps) start = Clock::now();
    seconds = since(start);
    loss = e.loss;
  };
  (void)must(trainer.run(observer));
  const double a_step = seconds / static_cast<double>(steps);
  const double rate = product_rate(shape, pairs * length * 3, device);
  const double useful = step_flops(config, pairs, length, implicit) / a_step;
  nlohmann::json out = {{"type", type},
                        {"parameters", trainer.reward_model().decoder().parameter_count()},
                        {"pairs_a_step", pairs},
                        {"tokens_a_text", length},
                        {"seconds_a_step", a_step},
                        {"tokens_per_second", static_cast<double>(pairs * length * 3) / a_step},
                        {"product_tflops", rate / 1e12},
                        {"useful_tflops", useful / 1e12},
                        {"share_of_products", useful / rate},
                        {"last_loss", loss}};
  if (device.is_cuda()) {
    const auto stats = at::accelerator::getDeviceStats(device.index());
    out["peak_gigabytes"] = static_cast<double>(stats.allocated_bytes[0].peak) / 1e9;
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  if (const auto reason = without_gpu(); !reason.empty()) {
    std::printf("%s\n", nlohmann::json{{"result", "skipped"}, {"says", "no GPU"}}.dump().c_str());
    return 0;
  }
  const at::Device device = gpu_device();
  const int64_t pairs = argc > 1 ? std::atoll(argv[1]) : 8;
  const int64_t length = argc > 2 ? std::atoll(argv[2]) : 256;
  const int64_t steps = argc > 3 ? std::atoll(argv[3]) : 12;
  Shape shape;
  if (device.is_cuda()) {
    const auto [free, total] = at::accelerator::getMemoryInfo(device.index());
    // 16 bytes a parameter, casts, and room for activations.
    while (parameters_of(shape) * 18 + 8e9 > static_cast<double>(free) && shape.layers > 2)
      shape.layers /= 2;
  } else {
    shape = {2, 256, 512, 8, 4, 1024};
  }
  int status = 0;
  for (const std::string type : {"EX", "IM"}) {
    nlohmann::json line;
    try {
      line = measure(type, shape, device, pairs, length, steps);
      line["result"] = "measured";
    } catch (const std::exception& error) {
      line = {{"type", type}, {"result", "failed"}, {"says", error.what()}};
      status = 1;
    }
    line["layers"] = shape.layers;
    std::printf("%s\n",
                line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
    std::fflush(stdout);
  }
  return status;
}
