// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/decoder.h"

#include <torch/torch.h>

#include <cmath>

namespace loupe::model {

namespace {

std::vector<double> inverse_frequencies(const DecoderConfig& config) {
  std::vector<double> out;
  for (int64_t i = 0; i < config.head_dim; i += 2) {
    double f = 1.0 / std::pow(config.rope_theta,
                              static_cast<double>(i) / static_cast<double>(config.head_dim));
    f /= config.linear_scaling;
    if (config.llama3_scaling) {
      const auto& s = *config.llama3_scaling;
      const double wavelength = 2 * M_PI / f;
      const double low = s.original_max_positions / s.low_freq_factor;
      const double high = s.original_max_positions / s.high_freq_factor;
      if (wavelength > low) {
        f /= s.factor;
      } else if (wavelength >= high) {
        const double smooth = (s.original_max_positions / wavelength - s.low_freq_factor) /
                              (s.high_freq_factor - s.low_freq_factor);
        f = (1 - smooth) * f / s.factor + smooth * f;
      }
    }
    out.push_back(f);
  }
  return out;
}

std::string layer_name(int64_t layer, const std::string& part) {
  return "model.layers." + std::to_string(layer) + "." + part;
}

}  // namespace

Result<std::shared_ptr<Decoder>> Decoder::build(const DecoderConfig& config, const Weights& weights,
                                                at::ScalarType residual, at::Device device,
                                                const Tensor& frequency_factors,
                                                const ProgressFn& progress) {
  at::NoGradGuard no_grad;
  std::shared_ptr<Decoder> decoder(new Decoder);
  decoder->config_ = config;
  const int64_t d = config.hidden_size;
  const int64_t q = config.heads * config.head_dim;
  const int64_t kv = config.kv_heads * config.head_dim;
  const auto single = [&](const std::string& name,
                          const std::vector<int64_t>& shape) -> Result<Tensor> {
    LOUPE_TRY(Tensor tensor, weights(name, shape));
    return tensor.to(device, residual, false, true).contiguous();
  };
  const auto fused = [&](int64_t layer, const std::vector<std::pair<std::string, int64_t>>& parts,
                         int64_t in, bool bias) -> Result<FusedLinear> {
    std::vector<Tensor> matrices, biases;
    for (const auto& [part, out] : parts) {
      LOUPE_TRY(Tensor matrix, weights(layer_name(layer, part + ".weight"), {out, in}));
      matrices.push_back(std::move(matrix));
      if (!bias) continue;
      LOUPE_TRY(Tensor offset, weights(layer_name(layer, part + ".bias"), {out}));
      biases.push_back(std::move(offset));
    }
    return FusedLinear(matrices, biases, residual, device);
  };
  LOUPE_TRY(decoder->embedding_, single("model.embed_tokens.weight", {config.vocab_size, d}));
  for (int64_t layer = 0; layer < config.layers; ++layer) {
    Layer l;
    LOUPE_TRY(l.attention_norm, single(layer_name(layer, "input_layernorm.weight"), {d}));
    LOUPE_TRY(
        l.qkv,
        fused(layer, {{"self_attn.q_proj", q}, {"self_attn.k_proj", kv}, {"self_attn.v_proj", kv}},
              d, config.attention_bias));
    LOUPE_TRY(l.output, fused(layer, {{"self_attn.o_proj", d}}, q, config.attention_bias));
    LOUPE_TRY(l.mlp_norm, single(layer_name(layer, "post_attention_layernorm.weight"), {d}));
    LOUPE_TRY(l.gate_up, fused(layer,
                               {{"mlp.gate_proj", config.intermediate_size},
                                {"mlp.up_proj", config.intermediate_size}},
                               d, config.mlp_bias));
    LOUPE_TRY(l.down,
              fused(layer, {{"mlp.down_proj", d}}, config.intermediate_size, config.mlp_bias));
    decoder->layers_.push_back(std::move(l));
    if (progress)
      progress({"reading tensors", static_cast<double>(layer + 1),
                static_cast<double>(config.layers), -1});
  }
  LOUPE_TRY(decoder->final_norm_, single("model.norm.weight", {d}));
  if (!config.tied) {
    LOUPE_TRY(decoder->unembedding_, single("lm_head.weight", {config.vocab_size, d}));
  }
  Tensor frequency = at::tensor(inverse_frequencies(config), at::kDouble);
  if (frequency_factors.defined()) frequency = frequency / frequency_factors.to(at::kDouble);
  decoder->inverse_frequency_ = frequency.to(at::kFloat).to(device);
  decoder->list_parameters();
  return decoder;
}

void Decoder::list_parameters() {
  parameters_.clear();
  parameters_.emplace_back("model.embed_tokens.weight", embedding_);
  for (size_t i = 0; i < layers_.size(); ++i) {
    const auto& layer = layers_[i];
    const auto add = [&](const std::vector<std::string>& parts, const FusedLinear& linear) {
      for (size_t p = 0; p < parts.size(); ++p) {
        parameters_.emplace_back(layer_name(static_cast<int64_t>(i), parts[p] + ".weight"),
                                 linear.weights[p]);
        if (!linear.biases.empty())
          parameters_.emplace_back(layer_name(static_cast<int64_t>(i), parts[p] + ".bias"),
                                   linear.biases[p]);
      }
    };
    add({"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"}, layer.qkv);
    add({"self_attn.o_proj"}, layer.output);
    add({"mlp.gate_proj", "mlp.up_proj"}, layer.gate_up);
    add({"mlp.down_proj"}, layer.down);
    parameters_.emplace_back(layer_name(static_cast<int64_t>(i), "input_layernorm.weight"),
                             layer.attention_norm);
    parameters_.emplace_back(layer_name(static_cast<int64_t>(i), "post_attention_layernorm.weight"),
                             layer.mlp_norm);
  }
  parameters_.emplace_back("model.norm.weight", final_norm_);
  if (unembedding_.defined()) parameters_.emplace_back("lm_head.weight", unembedding_);
}

// Computed in fp32 as transformers does (LlamaRotaryEmbedding.forward), whatever the model's dtype.
// [tokens, head_dim / 2]
Tensor Decoder::angles(const PackedBatch& batch) const {
  const Tensor positions = index_tensor(batch.positions, device()).to(at::kFloat);
  return positions.unsqueeze(1) * inverse_frequency_.unsqueeze(0);
}

Tensor Decoder::forward(const PackedBatch& batch, const ForwardOptions& options) const {
  Tensor cosine, sine;
  {
    at::NoGradGuard no_grad;
    const Tensor turn = angles(batch);
    cosine = at::cos(turn).to(residual());
    sine = at::sin(turn).to(residual());
  }
  const auto plan = std::make_shared<const AttentionPlan>(AttentionPlan::make(batch));
  const Tensor ids = index_tensor(batch.token_ids, device());
  Tensor h = options.input_embeddings.defined() ? options.input_embeddings
             : ids.is_meta()                    ? take_rows(embedding_, ids)
                                                : at::embedding(embedding_, ids);
  Tensor x, delta;
  const int64_t turned = config_.heads + config_.kv_heads;
  for (const auto& layer : layers_) {
    options.cancel.check();
    std::tie(h, x) =
        add_rms_norm(h, delta, layer.attention_norm, config_.rms_norm_eps, options.compute);
    if (h.requires_grad())
      h.register_hook([cancel = options.cancel](const Tensor& gradient) {
        cancel.check();
        return gradient;
      });
    const Tensor qkv = rope(layer.qkv.forward(x), cosine, sine, turned + config_.kv_heads, turned);
    const Tensor mixed =
        packed_attention(qkv, plan, config_.heads, config_.kv_heads, config_.head_dim);
    delta = layer.output.forward(mixed);
    std::tie(h, x) = add_rms_norm(h, delta, layer.mlp_norm, config_.rms_norm_eps, options.compute);
    delta = layer.down.forward(swiglu(layer.gate_up.forward(x)));
  }
  options.cancel.check();
  return std::get<1>(
      add_rms_norm(h, delta.to(residual()), final_norm_, config_.rms_norm_eps, residual()));
}

Tensor Decoder::unembedding_as(at::ScalarType compute) const {
  const Tensor& matrix = unembedding();
  if (compute == matrix.scalar_type()) return matrix.detach();
  if (!unembedding_cast_.defined() || unembedding_cast_.scalar_type() != compute) {
    at::NoGradGuard no_grad;
    unembedding_cast_ = matrix.to(compute);
  }
  return unembedding_cast_;
}

Tensor Decoder::log_probs(const Tensor& hidden, const PackedBatch& batch,
                          at::ScalarType compute) const {
  const Tensor predictors = take_rows(hidden, index_tensor(batch.predictor_index(), device()));
  return token_log_probs(predictors, unembedding(), unembedding_as(compute),
                         index_tensor(batch.response_targets(), device()));
}

int64_t Decoder::parameter_count() const {
  int64_t total = 0;
  for (const auto& [name, tensor] : parameters_) total += tensor.numel();
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

std::shared_ptr<Decoder> Decoder::clone() const {
  std::map<std::string, Tensor> by_name(parameters_.begin(), parameters_.end());
  const auto copy = build(
      config_,
      [&](const std::string& name, const std::vector<int64_t>&) -> Result<Tensor> {
        return by_name.at(name).detach();
      },
      residual(), device());
  auto decoder = copy.value();
  decoder->inverse_frequency_ = inverse_frequency_.clone();
  return decoder;
}

}  // namespace loupe::model
