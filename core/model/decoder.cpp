// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/decoder.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <map>

#include "core/model/rope_angles.h"

namespace loupe::model {

using Residual = DecoderConfig::Residual;

struct Decoder::Pass {
  std::shared_ptr<const AttentionPlan> plan;
  RopeAngles angles, local;
};

Result<std::shared_ptr<Decoder>> Decoder::build(const DecoderConfig& config, const Weights& weights,
                                                const BuildOptions& options,
                                                const ProgressFn& progress) {
  at::NoGradGuard no_grad;
  std::shared_ptr<Decoder> decoder(new Decoder);
  decoder->config_ = config;
  const auto& names = config.names;
  const int64_t d = config.hidden_size;
  const int64_t q = config.heads * config.head_dim;
  const int64_t kv = config.kv_heads * config.head_dim;
  const auto add = [&](const std::string& name, Tensor tensor) -> Result<void> {
    LOUPE_CHECK(weights(name, tensor));
    decoder->parameters_.emplace_back(name, tensor);
    return {};
  };
  const auto room = [&](const std::vector<int64_t>& shape, at::ScalarType dtype) {
    return at::empty(shape, at::TensorOptions().dtype(dtype).device(options.device));
  };
  const auto norm = [&](const std::string& name, int64_t width, bool biased,
                        Norm& out) -> Result<void> {
    out.weight = room({width}, options.residual);
    LOUPE_CHECK(add(name + ".weight", out.weight));
    if (!biased) return {};
    out.bias = room({width}, options.residual);
    return add(name + ".bias", out.bias);
  };
  const auto linear = [&](const std::string& at, const std::vector<std::string>& parts,
                          const std::vector<int64_t>& outputs, int64_t in, bool bias,
                          FusedLinear& out) -> Result<void> {
    out = FusedLinear(outputs, in, bias, options.weights, options.residual, options.device);
    for (size_t i = 0; i < parts.size(); ++i) {
      LOUPE_CHECK(add(at + parts[i] + ".weight", out.weights[i]));
      if (bias) LOUPE_CHECK(add(at + parts[i] + ".bias", out.biases[i]));
    }
    return {};
  };
  const bool biased = config.norm == DecoderConfig::Norm::layer;

  decoder->embedding_ = room({config.vocab_size, d}, options.weights);
  LOUPE_CHECK(add(names.prefix + names.embedding, decoder->embedding_));
  if (!names.positions.empty()) {
    decoder->positions_ = room({config.max_positions, d}, options.residual);
    LOUPE_CHECK(add(names.prefix + names.positions, decoder->positions_));
  }
  for (int64_t layer = 0; layer < config.layers; ++layer) {
    const std::string at = names.prefix + names.layers + "." + std::to_string(layer) + ".";
    Layer& l = decoder->layers_.emplace_back();
    const auto qkv_outputs =
        names.qkv.size() == 1 ? std::vector<int64_t>{q + 2 * kv} : std::vector<int64_t>{q, kv, kv};
    const int64_t inner = config.intermediate_size;
    const auto mlp_outputs = names.gate_up.size() == 1
                                 ? std::vector<int64_t>{config.gated ? 2 * inner : inner}
                                 : std::vector<int64_t>(names.gate_up.size(), inner);
    LOUPE_CHECK(linear(at, names.qkv, qkv_outputs, d, config.qkv_bias, l.qkv));
    LOUPE_CHECK(linear(at, {names.output}, {d}, q, config.output_bias, l.output));
    LOUPE_CHECK(linear(at, names.gate_up, mlp_outputs, d, config.mlp_bias, l.gate_up));
    LOUPE_CHECK(linear(at, {names.down}, {d}, inner, config.mlp_bias, l.down));
    const std::pair<const std::string*, Norm*> norms[] = {
        {&names.attention_norm, &l.attention_norm},
        {&names.attention_out_norm, &l.attention_out_norm},
        {&names.mlp_norm, &l.mlp_norm},
        {&names.mlp_out_norm, &l.mlp_out_norm}};
    for (const auto& [name, place] : norms)
      if (!name->empty()) LOUPE_CHECK(norm(at + *name, d, biased, *place));
    if (config.qk_norm != DecoderConfig::QkNorm::none) {
      const bool whole = config.qk_norm == DecoderConfig::QkNorm::whole;
      LOUPE_CHECK(norm(at + names.q_norm, whole ? q : config.head_dim, false, l.q_norm));
      LOUPE_CHECK(norm(at + names.k_norm, whole ? kv : config.head_dim, false, l.k_norm));
    }
    if (progress)
      progress({"reading tensors", static_cast<double>(layer + 1),
                static_cast<double>(config.layers), -1});
  }
  LOUPE_CHECK(norm(names.prefix + names.final_norm, d, biased, decoder->final_norm_));
  if (!config.tied) {
    decoder->unembedding_ = room({config.vocab_size, d}, options.weights);
    LOUPE_CHECK(add(names.unembedding, decoder->unembedding_));
  }
  decoder->frequency_ = rope_frequency(config.rope, options.device);
  decoder->local_frequency_ = rope_frequency(config.local_rope, options.device);
  return decoder;
}

std::tuple<Tensor, Tensor> Decoder::add_norm(const Tensor& h, const Tensor& delta, const Norm& norm,
                                             at::ScalarType compute) const {
  if (config_.norm == DecoderConfig::Norm::layer)
    return add_layer_norm(h, delta, norm.weight, norm.bias, config_.norm_eps, compute);
  const bool plus_one = config_.norm == DecoderConfig::Norm::rms_plus_one;
  return add_rms_norm(h, delta, plus_one ? norm.weight + 1 : norm.weight, config_.norm_eps,
                      compute);
}

// Norms q and k of [tokens, (heads + 2 * kv_heads) * head_dim], head by head or over all heads.
Tensor Decoder::norm_heads(const Layer& layer, const Tensor& qkv) const {
  const int64_t tokens = qkv.size(0);
  const int64_t q = config_.heads * config_.head_dim;
  const int64_t kv = config_.kv_heads * config_.head_dim;
  const auto normed = [&](int64_t begin, int64_t width, const Norm& norm) {
    const Tensor part = qkv.narrow(1, begin, width).to(residual());
    const Tensor rows = part.reshape({-1, norm.weight.size(0)});
    return std::get<1>(add_norm(rows, {}, norm, qkv.scalar_type())).reshape({tokens, width});
  };
  return at::cat(
      {normed(0, q, layer.q_norm), normed(q, kv, layer.k_norm), qkv.narrow(1, q + kv, kv)}, 1);
}

Tensor Decoder::attention(const Layer& layer, const LayerSpec& spec, const Tensor& x,
                          const Pass& pass) const {
  Tensor qkv = layer.qkv.forward(x);
  if (config_.interleaved_qkv)
    qkv = qkv.view({qkv.size(0), config_.heads, 3, config_.head_dim})
              .transpose(1, 2)
              .reshape({qkv.size(0), -1});
  if (config_.qk_norm != DecoderConfig::QkNorm::none) qkv = norm_heads(layer, qkv);
  const int64_t turned = config_.heads + config_.kv_heads;
  const auto& angles = spec.local_rope ? pass.local : pass.angles;
  if (angles.cosine.defined())
    qkv = rope(qkv, angles.cosine, angles.sine, turned + config_.kv_heads, turned);
  const Tensor mixed = packed_attention(qkv, pass.plan,
                                        {config_.heads, config_.kv_heads, config_.head_dim,
                                         spec.scale, config_.attention_softcap, spec.window});
  return layer.output.forward(mixed);
}

Tensor Decoder::mlp(const Layer& layer, const Tensor& x) const {
  using Activation = DecoderConfig::Activation;
  const Tensor in = layer.gate_up.forward(x);
  if (config_.gated && config_.activation == Activation::silu)
    return layer.down.forward(swiglu(in));
  const auto activate = [&](const Tensor& z) {
    if (config_.activation == Activation::silu) return at::silu(z);
    return at::gelu(z, config_.activation == Activation::gelu_tanh ? "tanh" : "none");
  };
  if (!config_.gated) return layer.down.forward(activate(in));
  const auto halves = in.chunk(2, -1);
  return layer.down.forward(activate(halves[0]) * halves[1]);
}

Tensor Decoder::embed(const PackedBatch& batch) const {
  const Tensor ids = index_tensor(batch.token_ids, device());
  const Tensor rows =
      (ids.is_meta() ? take_rows(embedding_, ids) : at::embedding(embedding_, ids)).to(residual());
  return config_.embedding_scale == 1 ? rows : rows * config_.embedding_scale;
}

Tensor Decoder::forward(const PackedBatch& batch, const ForwardOptions& options,
                        const Tensor& input_embeddings) const {
  Pass pass;
  pass.plan = std::make_shared<const AttentionPlan>(AttentionPlan::make(batch));
  const Tensor positions = index_tensor(batch.positions, device());
  pass.angles = rope_angles(config_.rope, frequency_, batch, positions, residual());
  pass.local = rope_angles(config_.local_rope, local_frequency_, batch, positions, residual());

  Tensor h = input_embeddings.defined() ? input_embeddings : embed(batch);
  if (positions_.defined()) h = h + take_rows(positions_, positions);
  Tensor x, delta;
  const auto compute = options.compute;
  for (size_t i = 0; i < layers_.size(); ++i) {
    options.cancel.check();
    const auto& layer = layers_[i];
    const auto& spec = config_.layer_specs[i];
    const auto behind = [&](const Tensor& out, const Norm& norm) {
      return std::get<1>(add_norm(out.to(residual()), {}, norm, compute));
    };
    switch (config_.residual) {
      case Residual::pre:
        std::tie(h, x) = add_norm(h, delta, layer.attention_norm, compute);
        delta = attention(layer, spec, x, pass);
        std::tie(h, x) = add_norm(h, delta, layer.mlp_norm, compute);
        delta = mlp(layer, x);
        break;
      case Residual::sandwich:
        std::tie(h, x) = add_norm(h, delta, layer.attention_norm, compute);
        delta = behind(attention(layer, spec, x, pass), layer.attention_out_norm);
        std::tie(h, x) = add_norm(h, delta, layer.mlp_norm, compute);
        delta = behind(mlp(layer, x), layer.mlp_out_norm);
        break;
      case Residual::post:
        if (delta.defined()) h = h + delta;
        h = h + behind(attention(layer, spec, h.to(compute), pass), layer.attention_out_norm);
        delta = behind(mlp(layer, h.to(compute)), layer.mlp_out_norm);
        break;
      case Residual::parallel: {
        std::tie(h, x) = add_norm(h, delta, layer.attention_norm, compute);
        const Tensor other = std::get<1>(add_norm(h, {}, layer.mlp_norm, compute));
        delta = attention(layer, spec, x, pass) + mlp(layer, other);
        break;
      }
    }
    if (h.requires_grad())
      h.register_hook([cancel = options.cancel](const Tensor& gradient) {
        cancel.check();
        return gradient;
      });
  }
  options.cancel.check();
  return std::get<1>(add_norm(h, delta.to(residual()), final_norm_, residual()));
}

Tensor Decoder::unembedding_as(at::ScalarType compute) const {
  const Tensor& matrix = unembedding();
  if (compute == matrix.scalar_type()) return matrix.detach();
  if (unembedding_cast_.defined() && unembedding_cast_.scalar_type() == compute)
    return unembedding_cast_;
  at::NoGradGuard no_grad;
  if (matrix.element_size() < static_cast<int64_t>(at::elementSize(compute)))
    return matrix.to(compute);
  unembedding_cast_ = matrix.to(compute);
  return unembedding_cast_;
}

Tensor Decoder::log_probs(const Tensor& hidden, const PackedBatch& batch,
                          at::ScalarType compute) const {
  const Tensor predictors = take_rows(hidden, index_tensor(batch.predictor_index(), device()));
  return token_log_probs(predictors, unembedding(), unembedding_as(compute),
                         index_tensor(batch.response_targets(), device()), config_.logit_softcap);
}

Tensor Decoder::logits(const Tensor& hidden) const {
  const Tensor z = at::mm(hidden, unembedding().to(hidden.scalar_type()).t());
  const double cap = config_.logit_softcap;
  return cap == 0 ? z : at::tanh(z / cap) * cap;
}

int64_t Decoder::parameter_count() const {
  int64_t total = 0;
  for (const auto& [name, tensor] : parameters_) total += tensor.numel();
  return total;
}

uint64_t Decoder::parameter_bytes() const {
  uint64_t total = 0;
  for (const auto& [name, tensor] : parameters_) total += tensor.nbytes();
  return total;
}

void Decoder::set_trainable(bool trainable) {
  for (auto& [name, tensor] : parameters_) tensor.set_requires_grad(trainable);
}

void Decoder::parameters_changed() const {
  unembedding_cast_ = Tensor();
  for (const auto& layer : layers_)
    for (const auto* linear : {&layer.qkv, &layer.output, &layer.gate_up, &layer.down})
      linear->forget_cast();
}

std::shared_ptr<Decoder> Decoder::copy() const {
  std::map<std::string, Tensor> by_name(parameters_.begin(), parameters_.end());
  const auto copy = build(config_,
                          [&](const std::string& name, Tensor& destination) -> Result<void> {
                            destination.copy_(by_name.at(name).detach());
                            return {};
                          },
                          {residual(), weights_dtype(), device()});
  return copy.value();
}

std::shared_ptr<Decoder> Decoder::clone() const {
  const auto out = copy();
  if (lora_.empty()) return out;
  std::vector<LoraModule> modules = lora_;
  for (auto& module : modules) {
    module.a = module.a.detach().clone();
    module.b = module.b.detach().clone();
  }
  return out->with_lora(modules).value();
}

Result<std::shared_ptr<Decoder>> Decoder::with_lora(const std::vector<LoraModule>& modules) const {
  const auto refuse = [](const std::string& what, const std::string& name) {
    return Error{ErrorCode::invalid_input, what, name,
                 "use the model that the adapter was trained on"};
  };
  std::shared_ptr<Decoder> out(new Decoder(*this));
  std::map<std::string, Tensor> by_name(parameters_.begin(), parameters_.end());
  for (const auto& module : modules) {
    const auto found = by_name.find(module.name + ".weight");
    if (found == by_name.end()) return refuse("the model has no matrix to adapt", module.name);
    const Tensor& matrix = found->second;
    const bool fits = matrix.dim() == 2 && module.a.dim() == 2 && module.b.dim() == 2 &&
                      module.a.size(1) == matrix.size(1) && module.b.size(0) == matrix.size(0) &&
                      module.a.size(0) == module.b.size(1);
    if (!fits) return refuse("the adapter has another shape than the model", module.name);
    bool added = false;
    for (auto& layer : out->layers_)
      for (auto* linear : {&layer.qkv, &layer.output, &layer.gate_up, &layer.down})
        for (size_t part = 0; part < linear->weights.size(); ++part)
          if (linear->weights[part].is_same(matrix)) {
            linear->add_low_rank(part, module.a, module.b, module.scale);
            added = true;
          }
    if (!added) return refuse("only matrices of the layers take a low-rank change", module.name);
    out->lora_.push_back(module);
  }
  return out;
}

std::shared_ptr<Decoder> Decoder::merged() const {
  if (lora_.empty()) return std::shared_ptr<Decoder>(new Decoder(*this));
  at::NoGradGuard no_grad;
  const auto out = copy();
  std::map<std::string, Tensor> by_name(out->parameters_.begin(), out->parameters_.end());
  for (const auto& module : lora_) {
    Tensor& matrix = by_name.at(module.name + ".weight");
    const Tensor change = at::mm(module.b, module.a) * module.scale;
    matrix.detach().copy_(matrix.detach().to(change.scalar_type()) + change);
  }
  return out;
}

}  // namespace loupe::model
