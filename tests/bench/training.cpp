// SPDX-License-Identifier: GPL-3.0-or-later
// How much of the machine's matrix-product rate training reaches. Prints a Markdown table; it
// judges nothing.
//
//   bench_training MODEL DATA.jsonl [THREADS]
//
// Trains on the first 16 pairs of DATA whose prompt and responses are at most 512 tokens each,
// batch 4, and measures matrix products at the model's own shapes in the same run. Useful FLOPs = 6
// x body parameters x distinct tokens + attention (12 x layers x heads x head_dim x pairs of query
// and key, forward and backward), for IM + 6 x hidden x vocabulary x response tokens, and the
// reference's forward pass (a third of all that).
#include <ATen/Parallel.h>

#include <sys/resource.h>
#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <chrono>
#include <cstdio>

#include "core/model/load.h"
#include "core/reward/kinds.h"
#include "core/train/trainer.h"

using namespace loupe;
using Clock = std::chrono::steady_clock;

namespace {

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// FLOP/s of the layers' products, forward and both gradients, at `rows` tokens.
double product_rate(const model::DecoderConfig& c, int64_t rows, at::ScalarType type) {
  at::NoGradGuard no_grad;
  const int64_t q = c.heads * c.head_dim;
  const int64_t kv = c.kv_heads * c.head_dim;
  const std::pair<int64_t, int64_t> shapes[] = {{c.hidden_size, q + 2 * kv},
                                                {q, c.hidden_size},
                                                {c.hidden_size, 2 * c.intermediate_size},
                                                {c.intermediate_size, c.hidden_size}};
  double best = 0;
  for (int repeat = 0; repeat < 4; ++repeat) {
    double flops = 0;
    double seconds = 0;
    for (const auto& [in, out] : shapes) {
      const auto x = at::randn({rows, in}, type);
      const auto w = at::randn({out, in}, type);
      const auto dy = at::randn({rows, out}, type);
      const auto start = Clock::now();
      for (int i = 0; i < 3; ++i) {
        (void)at::mm(x, w.t());
        (void)at::mm(dy, w);
        (void)at::mm(dy.t(), x);
      }
      seconds += seconds_since(start);
      flops +=
          3 * 6.0 * static_cast<double>(rows) * static_cast<double>(in) * static_cast<double>(out);
    }
    best = std::max(best, flops / seconds);
  }
  return best;
}

double useful_flops(const model::DecoderConfig& c, const data::EncodedDataset& set, bool implicit) {
  double total = 0;
  for (const auto& pair : set.pairs) {
    const auto p = static_cast<double>(pair.prompt.size());
    const auto a = static_cast<double>(pair.chosen.size());
    const auto b = static_cast<double>(pair.rejected.size());
    const double seen = p * (p + 1) / 2 + a * p + a * (a + 1) / 2 + b * p + b * (b + 1) / 2;
    double pair_flops = 6.0 * static_cast<double>(c.body_parameters()) * (p + a + b) +
                        12.0 * static_cast<double>(c.layers * c.heads * c.head_dim) * seen;
    if (implicit)
      pair_flops +=
          6.0 * static_cast<double>(c.hidden_size) * static_cast<double>(c.vocab_size) * (a + b);
    total += implicit ? pair_flops * 4 / 3 : pair_flops;
  }
  return total;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: bench_training MODEL DATA.jsonl [THREADS]\n");
    return 2;
  }
  at::set_num_threads(argc > 3 ? std::atoi(argv[3]) : 2);
  const auto dataset = data::load_jsonl(argv[2]);
  if (!dataset) {
    std::fprintf(stderr, "%s\n", dataset.error().text().c_str());
    return 1;
  }
  std::printf(
      "| run | pairs/s | tokens/s | products, GFLOP/s | useful, GFLOP/s | share | peak memory |\n");
  std::printf("| --- | --- | --- | --- | --- | --- | --- |\n");
  for (const auto& [type, dtype] :
       {std::pair{"EX", "fp32"}, {"EX", "bf16"}, {"IM", "fp32"}, {"IM", "bf16"}}) {
    auto language = model::load_model(argv[1], {});
    if (!language) {
      std::fprintf(stderr, "%s\n", language.error().text().c_str());
      return 1;
    }
    auto encoded =
        data::encode_dataset(*dataset, *language->chat_template, *language->tokenizer, {512, 512});
    if (!encoded || encoded->pairs.size() < 16) {
      std::fprintf(stderr, "fewer than 16 pairs fit\n");
      return 1;
    }
    encoded->pairs.resize(16);
    int64_t tokens = 0;
    for (const auto& pair : encoded->pairs)
      tokens +=
          static_cast<int64_t>(pair.prompt.size() + pair.chosen.size() + pair.rejected.size());
    const auto config = language->decoder->config();
    const bool implicit = std::string(type) == "IM";
    const auto scalar = std::string(dtype) == "bf16" ? at::kBFloat16 : at::kFloat;
    const double rate = product_rate(config, tokens / 4, scalar);
    train::Recipe recipe;
    recipe.type = type;
    recipe.compute_dtype = dtype;
    recipe.batch_size = 4;
    recipe.epochs = 2;  // the first one warms up
    auto reward = reward::find_kind(type)->fresh(*language, recipe.to_json());
    train::Trainer trainer(std::move(reward).value(), recipe, *encoded, {});
    double first = 0;
    double last = 0;
    double reference = 0;
    const auto start = Clock::now();
    train::Observer observer;
    observer.on_progress = [&](const Progress& p) {
      if (p.phase.starts_with("reference")) reference = seconds_since(start);
    };
    observer.on_step = [&](const train::StepEvent& e) {
      (e.step == 4 ? first : last) = seconds_since(start);
    };
    if (!trainer.run(observer)) return 1;
    const double seconds = last - first + reference;
    struct rusage usage {};
    getrusage(RUSAGE_SELF, &usage);
    const double useful = useful_flops(config, *encoded, implicit) / seconds;
    std::printf("| %s %s | %.2f | %.0f | %.0f | %.0f | %.0f %% | %.1f GB |\n", type, dtype,
                16 / seconds, static_cast<double>(tokens) / seconds, rate / 1e9, useful / 1e9,
                100 * useful / rate, static_cast<double>(usage.ru_maxrss) / 1e6);
    std::fflush(stdout);
  }
  return 0;
}
