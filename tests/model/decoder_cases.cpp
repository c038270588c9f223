// SPDX-License-Identifier: GPL-3.0-or-later
#include <ATen/Parallel.h>

#include "core/model/compute.h"
#include "core/model/kernels.h"
#include "core/model/parallel.h"
#include "tests/model/golden_models.h"
#include "tests/support/case.h"

using namespace loupe;
using namespace loupe::test;

namespace {

struct GoldenCase {
  std::vector<int32_t> prompt;
  std::vector<std::vector<int32_t>> responses;
  std::vector<std::vector<double>> log_probs, final_state;
};

std::vector<GoldenCase> golden(const std::string& variant) {
  std::vector<GoldenCase> out;
  const auto file = read_json(golden_folder() / variant / "golden.json");
  for (const auto& entry : file["cases"]) {
    GoldenCase c;
    c.prompt = ids(entry["prompt"]);
    for (const auto& response : entry["responses"]) c.responses.push_back(ids(response));
    c.log_probs = entry["log_probs"].get<std::vector<std::vector<double>>>();
    c.final_state = entry["final_state"].get<std::vector<std::vector<double>>>();
    out.push_back(std::move(c));
  }
  return out;
}

model::PackedBatch pack(const std::vector<GoldenCase>& list) {
  model::PackedBatch batch{model::DecoderConfig{}};
  for (const auto& c : list) batch.add_group(c.prompt, {c.responses[0], c.responses[1]});
  return batch;
}

// All cases in one packed batch, against transformers on each sequence alone. 1e-5 nat a token;
// states to 1e-5 of their largest entry.
std::string follows_transformers(const std::string& variant, at::ScalarType residual, bool kernels,
                                 double tolerance) {
  Failures failures;
  model::enable_kernels(kernels);
  const auto decoder = tiny_decoder(variant, residual);
  const auto list = golden(variant);
  const auto batch = pack(list);
  at::NoGradGuard no_grad;
  model::ForwardOptions options;
  options.compute = residual;
  const auto hidden = decoder->forward(batch, options).to(at::kDouble);
  const auto log_probs =
      decoder->log_probs(decoder->forward(batch, options), batch, residual).to(at::kDouble);
  model::enable_kernels(true);
  int64_t at = 0;
  size_t response = 0;
  const auto last = batch.last_index();
  for (size_t c = 0; c < list.size(); ++c)
    for (size_t r = 0; r < 2; ++r, ++response) {
      for (const double want : list[c].log_probs[r])
        failures.near(log_probs[at++].item<double>(), want, tolerance,
                      "log_prob, case " + std::to_string(c));
      const auto want = at::tensor(list[c].final_state[r], at::kDouble);
      const double off = (hidden[last[response]] - want).abs().max().item<double>();
      failures.near(off / want.abs().max().item<double>(), 0, 1e-5,
                    "final state, case " + std::to_string(c));
    }
  failures.check(at == log_probs.numel(), "number of response tokens");
  return failures.text();
}

std::map<std::string, at::Tensor> gradients(const model::Decoder& decoder) {
  std::map<std::string, at::Tensor> out;
  for (const auto& [name, parameter] : decoder.parameters())
    if (parameter.grad().defined()) out[name] = parameter.grad().clone();
  return out;
}

// One packed pair against two separate sequences: the same loss, gradients to `tolerance` of the
// largest entry.
std::string prefix_sharing(at::ScalarType residual, double tolerance) {
  Failures failures;
  const auto list = golden("gqa-bias");
  const auto run = [&](bool shared) {
    auto decoder = tiny_decoder("gqa-bias", residual);
    decoder->set_trainable(true);
    model::ForwardOptions options;
    options.compute = residual;
    for (const auto& c : list) {
      std::vector<model::PackedBatch> batches(shared ? 1 : 2,
                                              model::PackedBatch(decoder->config()));
      if (shared) {
        batches[0].add_group(c.prompt, {c.responses[0], c.responses[1]});
      } else {
        batches[0].add_group(c.prompt, {c.responses[0]});
        batches[1].add_group(c.prompt, {c.responses[1]});
      }
      at::Tensor loss = at::zeros({}, residual);
      int64_t sign = 1;
      for (const auto& batch : batches) {
        const auto hidden = decoder->forward(batch, options);
        const auto log_probs = decoder->log_probs(hidden, batch, residual);
        int64_t at = 0;
        for (const int64_t length : batch.response_lengths()) {
          loss = loss + static_cast<double>(sign) * log_probs.narrow(0, at, length).sum();
          at += length;
          sign = -sign;
        }
        for (const int64_t last : batch.last_index())
          loss = loss + hidden[last].pow(2).sum() * 0.01;
      }
      loss.backward();
    }
    return gradients(*decoder);
  };
  const auto together = run(true);
  const auto apart = run(false);
  failures.check(together.size() == apart.size() && together.size() > 20,
                 "same parameters have gradients");
  for (const auto& [name, gradient] : apart) {
    const double largest = gradient.abs().max().item<double>();
    failures.near((together.at(name) - gradient).abs().max().item<double>() / largest, 0, tolerance,
                  name);
  }
  return failures.text();
}

// Our kernels and their gradients against ordinary torch operations with autograd, fp64.
std::string kernels_against_torch() {
  Failures failures;
  const auto list = golden("gqa-untied");
  const auto batch = pack(list);
  const auto run = [&](bool kernels) {
    model::enable_kernels(kernels);
    auto decoder = tiny_decoder("gqa-untied", at::kDouble);
    decoder->set_trainable(true);
    model::ForwardOptions options;
    options.compute = at::kDouble;
    const auto hidden = decoder->forward(batch, options);
    (decoder->log_probs(hidden, batch, at::kDouble).sum() + hidden.pow(2).sum()).backward();
    model::enable_kernels(true);
    return gradients(*decoder);
  };
  const auto ours = run(true);
  for (const auto& [name, want] : run(false))
    failures.near(
        (ours.at(name) - want).abs().max().item<double>() / want.abs().max().item<double>(), 0,
        1e-10, name);
  failures.check(ours.size() > 20, "gradients exist");
  return failures.text();
}

// Every op on one device only: a mixed-device operation throws on the meta device.
std::string meta_device() {
  Failures failures;
  auto decoder = tiny_decoder("gqa-bias", at::kFloat, at::Device(at::kMeta));
  decoder->set_trainable(true);
  const auto batch = pack(golden("gqa-bias"));
  for (const auto compute : {at::kFloat, at::kBFloat16}) {
    model::ForwardOptions options;
    options.compute = compute;
    const auto hidden = decoder->forward(batch, options);
    const auto log_probs = decoder->log_probs(hidden, batch, compute);
    failures.check(hidden.device().is_meta() && log_probs.device().is_meta(),
                   "results live on the device");
    failures.check(log_probs.numel() == batch.response_tokens(), "one log_prob a response token");
    (log_probs.sum() + hidden.sum()).backward();
    failures.check(decoder->embedding().grad().defined(), "gradients reach the embedding");
  }
  return failures.text();
}

std::string bf16_stays_close() {
  Failures failures;
  const auto decoder = tiny_decoder("gqa-untied");
  const auto list = golden("gqa-untied");
  const auto batch = pack(list);
  at::NoGradGuard no_grad;
  model::ForwardOptions options;
  options.compute = at::kBFloat16;
  const auto log_probs = decoder->log_probs(decoder->forward(batch, options), batch, at::kBFloat16);
  failures.check(log_probs.scalar_type() == at::kFloat, "log-probabilities are fp32");
  int64_t at = 0;
  for (const auto& c : list)
    for (const auto& response : c.log_probs)
      for (const double want : response)
        failures.near(log_probs[at++].item<double>(), want, 0.15, "log_prob");
  return failures.text();
}

std::string cancel_stops() {
  Failures failures;
  const auto decoder = tiny_decoder("mha-tied");
  model::ForwardOptions options;
  options.cancel.cancel();
  bool stopped = false;
  try {
    (void)decoder->forward(pack(golden("mha-tied")), options);
  } catch (const Cancelled& cancelled) {
    stopped = !cancelled.superseded;
  }
  failures.check(stopped, "a cancelled forward pass throws Cancelled");
  return failures.text();
}

// Backward passes cancelled in their middle, more of them than torch nests before it takes other
// threads: Cancelled arrives as it was thrown, and what comes after them is as before.
std::string cancelled_backward_leaves_nothing() {
  Failures failures;
  const auto batch = pack(golden("mha-tied"));
  const auto decoder = tiny_decoder("mha-tied");
  decoder->set_trainable(true);
  const auto loss = [&](const model::ForwardOptions& options) {
    const auto hidden = decoder->forward(batch, options);
    return decoder->log_probs(hidden, batch, at::kFloat).sum() + hidden.pow(2).sum();
  };
  const auto clean = [&] {
    for (const auto& [name, parameter] : decoder->parameters())
      parameter.mutable_grad() = at::Tensor();
    loss({}).backward();
    return gradients(*decoder);
  };
  const auto want = clean();
  // Where the gradient of the middle layer's norm is there, the layers below are still to come.
  const auto& parameters = decoder->parameters();
  const auto middle = std::find_if(parameters.begin(), parameters.end(), [](const auto& entry) {
    return entry.first == "model.layers.1.input_layernorm.weight";
  });
  const CancelToken* token = nullptr;
  const auto hook = middle->second.register_hook([&](at::Tensor gradient) {
    if (token != nullptr) token->supersede();
    return gradient;
  });
  for (int i = 0; i < 100; ++i) {
    for (const auto& [name, parameter] : parameters) parameter.mutable_grad() = at::Tensor();
    model::ForwardOptions options;
    token = &options.cancel;
    bool superseded = false;
    try {
      loss(options).backward();
    } catch (const Cancelled& cancelled) {
      superseded = cancelled.superseded;
    }
    failures.check(superseded, "a backward pass that is cancelled throws what cancelled it");
    failures.check(
        parameters.back().second.grad().defined() && !parameters[1].second.grad().defined(),
        "it ends in its middle");
  }
  token = nullptr;
  const auto got = clean();
  failures.check(got.size() == want.size() && got.size() > 20, "every gradient is there");
  for (const auto& [name, gradient] : want)
    failures.check(at::equal(got.at(name), gradient), name + ": the same gradient as before");
  middle->second.remove_hook(hook);
  return failures.text();
}

// Sums over rows are added in one order, however many threads there are.
std::string norm_gradient_of_any_threads() {
  Failures failures;
  at::manual_seed(3);
  const auto h = at::randn({1000, 40});
  const auto down = at::randn({1000, 40});
  const int threads = at::get_num_threads();
  std::vector<at::Tensor> found;
  for (const int count : {1, 2, 3, 4, 7}) {
    at::set_num_threads(count);
    const auto weight = at::ones({40}).requires_grad_(true);
    std::get<1>(model::add_rms_norm(h, {}, weight, 1e-5, at::kFloat)).backward(down);
    found.push_back(weight.grad());
  }
  at::set_num_threads(threads);
  const auto want = (h * at::rsqrt(h.pow(2).mean(-1, true) + 1e-5) * down).to(at::kDouble).sum(0);
  failures.near((found[0] - want).abs().max().item<double>(), 0, 1e-4, "sum over the rows");
  for (size_t i = 1; i < found.size(); ++i)
    failures.check(at::equal(found[i], found[0]), "other bits, number " + std::to_string(i));
  return failures.text();
}

std::string log_sum_exp_is_exact() {
  Failures failures;
  const auto logits = at::randn({7, 49152}, at::kFloat) * 8;
  const auto want = at::logsumexp(logits.to(at::kDouble), {1});
  std::vector<float> got(7);
  model::kernels::table_f32().log_sum_exp(logits.data_ptr<float>(), got.data(), 7, 49152);
  for (int64_t i = 0; i < 7; ++i)
    failures.near(got[static_cast<size_t>(i)], want[i].item<double>(), 4e-6,
                  "row " + std::to_string(i));
  return failures.text();
}

// bf16 only where torch has products for it.
std::string compute_types() {
  Failures failures;
  const std::string set = model::kernels::instruction_set();
  const auto on_cpu = model::compute_type("bf16", at::kCPU);
  failures.check(on_cpu == (set == "x86-64-v4" ? at::kBFloat16 : at::kFloat), "bf16 on " + set);
  const at::Device gpu(at::kCUDA, 0);
  failures.check(model::compute_type("bf16", gpu) == at::kBFloat16, "bf16 on a GPU");
  failures.check(model::compute_type("fp32", gpu) == at::kFloat, "fp32 on a GPU");
  failures.check(model::compute_type("fp32", at::kCPU, at::kDouble) == at::kDouble, "fp64");
  return failures.text();
}

}  // namespace

std::vector<Case> loupe::test::cases() {
  std::vector<Case> list;
  for (const std::string variant : {"gqa-untied", "mha-tied", "gqa-bias", "llama3-rope"}) {
    list.push_back(
        {variant + " fp32", [=] { return follows_transformers(variant, at::kFloat, true, 1e-5); }});
    list.push_back({variant + " fp64",
                    [=] { return follows_transformers(variant, at::kDouble, true, 1e-5); }});
    list.push_back({variant + " torch ops",
                    [=] { return follows_transformers(variant, at::kFloat, false, 1e-5); }});
  }
  list.push_back({"prefix sharing fp64", [] { return prefix_sharing(at::kDouble, 1e-12); }});
  list.push_back({"prefix sharing fp32", [] { return prefix_sharing(at::kFloat, 1e-6); }});
  list.push_back({"kernels against torch", kernels_against_torch});
  list.push_back({"meta device", meta_device});
  list.push_back({"bf16 stays close", bf16_stays_close});
  list.push_back({"compute types", compute_types});
  list.push_back({"cancel stops", cancel_stops});
  list.push_back({"cancelled backward passes", cancelled_backward_leaves_nothing});
  list.push_back({"norm's gradient, any threads", norm_gradient_of_any_threads});
  list.push_back({"log-sum-exp", log_sum_exp_is_exact});
  return list;
}
