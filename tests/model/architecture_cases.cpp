// SPDX-License-Identifier: GPL-3.0-or-later
// Every family against transformers: tests/golden/architectures, made by
// make_architectures_golden.py.
#include "core/io/gguf.h"
#include "core/model/model_files.h"
#include "core/model/parallel.h"
#include "core/model/registry.h"
#include "core/model/weight_reader.h"
#include "tests/model/golden_models.h"
#include "tests/support/case.h"

using namespace loupe;
using namespace loupe::test;

namespace {

namespace fs = std::filesystem;

fs::path folder() {
  return golden_folder().parent_path() / "architectures";
}

std::vector<std::string> variants() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder()))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

model::OpenedModel open(const std::string& name) {
  const fs::path path = folder() / name;
  const fs::path gguf = path / "model.gguf";
  return must(model::open_model(fs::exists(gguf) ? gguf : path));
}

std::shared_ptr<model::Decoder> decoder_of(const std::string& name, model::BuildOptions options) {
  const auto opened = open(name);
  model::WeightReader reader(opened);
  auto decoder = must(model::Decoder::build(
      opened.config,
      [&](const std::string& parameter, at::Tensor& destination) {
        return reader.fill(parameter, destination);
      },
      options));
  if (auto unused = reader.check_all_used(); !unused)
    throw std::runtime_error(unused.error().text());
  return decoder;
}

struct Golden {
  nlohmann::json cases;
  std::shared_ptr<const io::SafetensorsFile> tensors;
  explicit Golden(const std::string& name)
      : cases(read_json(folder() / name / "golden.json")["cases"]),
        tensors(must(io::SafetensorsFile::open(folder() / name / "golden.safetensors"))) {}
  at::Tensor tensor(const std::string& key, size_t c, int r = -1) const {
    std::string name = key;
    name += '.';
    name += std::to_string(c);
    if (r >= 0) {
      name += '.';
      name += std::to_string(r);
    }
    const auto* info = tensors->find(name);
    at::Tensor out = at::empty(info->shape, at::kDouble);
    std::memcpy(out.data_ptr(), info->data.data(), info->data.size());
    return out;
  }
  model::PackedBatch all(const model::DecoderConfig& config) const {
    model::PackedBatch batch(config);
    for (const auto& c : cases)
      batch.add_group(ids(c["prompt"]), {ids(c["responses"][0]), ids(c["responses"][1])});
    return batch;
  }
  model::PackedBatch first_response(size_t c, const model::DecoderConfig& config) const {
    model::PackedBatch batch(config);
    batch.add_group(ids(cases[c]["prompt"]), {ids(cases[c]["responses"][0])});
    return batch;
  }
};

double off_by(const at::Tensor& got, const at::Tensor& want) {
  return (got.to(at::kCPU, at::kDouble) - want).abs().max().item<double>();
}

// Log-probabilities and logits to 1e-5 (nats; logits relative to their largest beyond 1), states to
// 1e-5 of their largest entry; all cases in one packed batch against each sequence alone.
std::string follows(const std::string& name, at::ScalarType residual, bool kernels) {
  Failures failures;
  const Golden golden(name);
  model::enable_kernels(kernels);
  const auto decoder = decoder_of(name, {residual, residual, at::kCPU});
  const auto batch = golden.all(decoder->config());
  at::NoGradGuard no_grad;
  model::ForwardOptions options;
  options.compute = residual;
  const auto hidden = decoder->forward(batch, options);
  const auto log_probs = decoder->log_probs(hidden, batch, residual);
  model::enable_kernels(true);
  int64_t at = 0;
  size_t response = 0;
  const auto last = batch.last_index();
  for (size_t c = 0; c < golden.cases.size(); ++c)
    for (int r = 0; r < 2; ++r, ++response) {
      const std::string where = " of case " + std::to_string(c) + "." + std::to_string(r);
      for (const auto& want : golden.cases[c]["log_probs"][static_cast<size_t>(r)])
        failures.near(log_probs[at++].item<double>(), want.get<double>(), 1e-5, "log_prob" + where);
      const auto state = hidden.narrow(0, last[response], 1);
      const auto want_state = golden.tensor("state", c, r);
      failures.near(off_by(state[0], want_state) / want_state.abs().max().item<double>(), 0, 1e-5,
                    "state" + where);
      const auto want = golden.tensor("logits", c, r);
      failures.near(
          off_by(decoder->logits(state)[0], want) / std::max(1.0, want.abs().max().item<double>()),
          0, 1e-5, "logits" + where);
    }
  failures.check(at == log_probs.numel(), "number of response tokens");
  return failures.text();
}

// Gradients with respect to the input embeddings, of an implicit reward's sum of log-probabilities
// and of an explicit reward u . h, to 1e-5 of the largest entry.
std::string gradients(const std::string& name, at::ScalarType residual) {
  Failures failures;
  const Golden golden(name);
  const auto decoder = decoder_of(name, {residual, residual, at::kCPU});
  const std::vector<std::string> kinds{"d_log_prob", "d_state"};
  const auto u = at::cos(at::arange(decoder->config().hidden_size, at::kDouble)).to(residual);
  for (size_t c = 0; c < golden.cases.size(); ++c) {
    const auto batch = golden.first_response(c, decoder->config());
    for (const std::string& kind : kinds) {
      model::ForwardOptions options;
      options.compute = residual;
      const auto embeddings = decoder->embed(batch).detach().requires_grad_(true);
      const auto hidden = decoder->forward(batch, options, embeddings);
      const auto reward = kind == "d_state" ? hidden[batch.last_index()[0]].dot(u)
                                            : decoder->log_probs(hidden, batch, residual).sum();
      reward.backward();
      const auto want = golden.tensor(kind, c);
      failures.near(
          off_by(embeddings.grad(), want) / std::max(1e-3, want.abs().max().item<double>()), 0,
          1e-5, kind + " of case " + std::to_string(c));
    }
  }
  return failures.text();
}

// What is trained follows autograd on ordinary operations; every parameter has a gradient.
std::string trains(const std::string& name) {
  Failures failures;
  const Golden golden(name);
  const auto batch = golden.all(open(name).config);
  const auto run = [&](bool kernels) {
    model::enable_kernels(kernels);
    auto decoder = decoder_of(name, {at::kDouble, at::kDouble, at::kCPU});
    decoder->set_trainable(true);
    model::ForwardOptions options;
    options.compute = at::kDouble;
    const auto hidden = decoder->forward(batch, options);
    (decoder->log_probs(hidden, batch, at::kDouble).sum() + hidden.pow(2).sum()).backward();
    model::enable_kernels(true);
    return decoder;
  };
  const auto ours = run(true);
  const auto plain = run(false);
  for (size_t i = 0; i < ours->parameters().size(); ++i) {
    const auto& [parameter, tensor] = ours->parameters()[i];
    const auto want = plain->parameters()[i].second.grad();
    const bool both = tensor.grad().defined() && want.defined();
    failures.check(both, parameter + " has a gradient");
    if (!both) continue;
    // Keys do not feel a bias: softmax does not see a shift. Its gradient is rounding.
    failures.near(off_by(tensor.grad(), want) / std::max(1e-6, want.abs().max().item<double>()), 0,
                  1e-8, parameter);
  }
  return failures.text();
}

// A mixed-device operation throws on the meta device.
std::string stays_on_device(const std::string& name) {
  Failures failures;
  auto decoder = decoder_of(name, {at::kFloat, at::kFloat, at::Device(at::kMeta)});
  decoder->set_trainable(true);
  const auto batch = Golden(name).all(decoder->config());
  for (const auto compute : {at::kFloat, at::kBFloat16}) {
    model::ForwardOptions options;
    options.compute = compute;
    const auto hidden = decoder->forward(batch, options);
    const auto log_probs = decoder->log_probs(hidden, batch, compute);
    failures.check(hidden.device().is_meta() && log_probs.device().is_meta(), "on the device");
    (log_probs.sum() + hidden.sum()).backward();
    failures.check(decoder->embedding().grad().defined(), "gradients reach the embedding");
  }
  return failures.text();
}

// bf16 matrices keep close to fp32, and take half the memory.
std::string in_bf16(const std::string& name) {
  Failures failures;
  const Golden golden(name);
  const auto decoder = decoder_of(name, {at::kFloat, at::kBFloat16, at::kCPU});
  const auto batch = golden.all(decoder->config());
  at::NoGradGuard no_grad;
  for (const auto compute : {at::kFloat, at::kBFloat16}) {
    model::ForwardOptions options;
    options.compute = compute;
    const auto log_probs = decoder->log_probs(decoder->forward(batch, options), batch, compute);
    double worst = 0;
    int64_t at = 0;
    for (const auto& c : golden.cases)
      for (const auto& response : c["log_probs"])
        for (const auto& want : response)
          worst = std::max(worst, std::abs(log_probs[at++].item<double>() - want.get<double>()));
    failures.check(worst > 0 && worst < 1.5, "off by " + std::to_string(worst));
  }
  failures.check(decoder->parameter_bytes() < 3 * static_cast<uint64_t>(decoder->parameter_count()),
                 "two bytes a matrix entry");
  return failures.text();
}

std::string refuses() {
  Failures failures;
  const auto refused = [&](const nlohmann::json& changes, const std::string& word) {
    auto config = read_json(folder() / "qwen2-0" / "config.json");
    config.merge_patch(changes);
    const auto got = model::config_from_json(config, "config.json");
    failures.check(!got && got.error().text().find(word) != std::string::npos,
                   changes.dump() + ": " + (got ? "accepted" : got.error().text()));
  };
  refused({{"architectures", {"MambaForCausalLM"}}}, "MambaForCausalLM");
  refused({{"hidden_act", "relu"}}, "relu");
  refused({{"rope_parameters", {{"rope_type", "spiral"}}}}, "spiral");
  refused({{"layer_types", {"full_attention"}}}, "layer_types");
  refused({{"layer_types", {"chunked_attention", "full_attention", "full_attention"}}}, "chunked");
  refused({{"sliding_window", 0}}, "sliding_window");
  refused({{"num_attention_heads", 5}}, "multiple");
  refused({{"vocab_size", nullptr}}, "vocab_size");
  return failures.text();
}

// Texts on both sides of the length from which angles depend on it: prompts are shared below only,
// and a batch that shares one beyond is refused rather than read wrong.
std::string long_texts() {
  Failures failures;
  for (const std::string name : {"llama-dynamic-far-0", "phi3-far-0"}) {
    const auto decoder = decoder_of(name, {at::kFloat, at::kFloat, at::kCPU});
    const auto& config = decoder->config();
    failures.check(config.shared_positions() == 24, name + " shares up to 24");
    failures.check(config.max_positions == (name[0] == 'l' ? 96 : 256), name + " reads on");
    const std::vector<int32_t> prompt{5, 9, 3, 40, 8, 21, 70, 6, 33, 12};
    const std::vector<int32_t> fits(14, 6), longer(15, 7);
    model::PackedBatch batch(config);
    batch.add_group(prompt, {fits, fits});
    batch.add_group(prompt, {fits, longer});
    failures.check(batch.groups.size() == 3 && batch.response_count() == 4 &&
                       batch.tokens() == 10 + 2 * 14 + 2 * 10 + 14 + 15,
                   "a long response takes the prompt along");
    const auto lengths = batch.response_lengths();
    failures.check(lengths == std::vector<int64_t>{14, 14, 14, 15}, "in the same order");
    at::NoGradGuard no_grad;
    const auto hidden = decoder->forward(batch, {});
    // The same prompt: as before any other short response, not as before the long one.
    const auto state = [&](size_t group) { return hidden[batch.groups[group].prompt.end() - 1]; };
    failures.near((state(0) - state(1)).abs().max().item<double>(), 0, 1e-5, name + " short");
    failures.check((state(0) - state(2)).abs().max().item<double>() > 1e-3, name + " long");
    model::PackedBatch wrong{model::DecoderConfig{}};
    wrong.add_group(prompt, {fits, longer});
    bool refused = false;
    try {
      decoder->forward(wrong, {});
    } catch (const std::exception& error) {
      refused = std::string(error.what()).find("made for another model") != std::string::npos;
    }
    failures.check(refused, name + " refuses a shared prompt");
  }
  // Without the factors of long texts those are not offered.
  auto config = read_json(folder() / "phi3-far-0" / "config.json");
  config["rope_parameters"].erase("long_factor");
  const auto without = must(model::config_from_json(config, "config.json"));
  failures.check(without.max_positions == 24, "up to the trained length");
  config["rope_parameters"]["long_factor"] = {1.0, 2.0};
  failures.check(!model::config_from_json(config, "config.json"), "a list of another length");
  return failures.text();
}

}  // namespace

std::vector<Case> loupe::test::cases() {
  std::vector<Case> list;
  for (const auto& name : variants()) {
    list.push_back({name + " fp32", [=] { return follows(name, at::kFloat, true); }});
    list.push_back({name + " fp64", [=] { return follows(name, at::kDouble, true); }});
    list.push_back({name + " torch ops", [=] { return follows(name, at::kFloat, false); }});
    list.push_back({name + " gradients fp32", [=] { return gradients(name, at::kFloat); }});
    list.push_back({name + " gradients fp64", [=] { return gradients(name, at::kDouble); }});
    if (name.ends_with("-1")) continue;
    list.push_back({name + " training", [=] { return trains(name); }});
    list.push_back({name + " meta device", [=] { return stays_on_device(name); }});
    list.push_back({name + " bf16", [=] { return in_bf16(name); }});
  }
  list.push_back({"long texts", long_texts});
  list.push_back({"refuses what it does not know", refuses});
  return list;
}
