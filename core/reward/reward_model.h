// SPDX-License-Identifier: GPL-3.0-or-later
// A reward model: a decoder and a way to read a scalar off it. One interface, one file a kind.
//
// Every reward depends on its own prompt and response only: see PackedBatch. In bf16 the drift is
// that of the products; scoring with compute = fp32 is the exact mode.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <memory>
#include <string>

#include "core/base/result.h"
#include "core/model/decoder.h"
#include "core/model/packed_batch.h"

namespace loupe::reward {

using at::Tensor;

// What an exact decomposition credits: output positions (design section 4).
struct Credits {
  Tensor rewards;       // [responses]
  Tensor credit;        // [response tokens]; a response's sum + its offset = its reward
  Tensor offset;        // [responses]; EX: u.h_0 at the last prompt token; otherwise 0
  Tensor log_prob;      // [response tokens], IM only
  Tensor ref_log_prob;  // [response tokens], IM with a reference only
};

// Input embeddings in place of a model's own, to ask how a reward depends on its input. Each model
// that the reward reads is asked for by itself: a reference has another embedding than its policy.
struct InputProbe {
  // As model::Decoder::embed gives them, on the decoder's device; gradients flow back to them.
  std::function<Tensor(const model::Decoder& decoder, const model::PackedBatch& batch)> embed;
  // false: the reference reads what it always reads and is a constant.
  bool through_reference = true;
};

// What training makes small, of a batch of pairs: chosen, rejected, chosen, …
struct PairLoss {
  Tensor losses;   // [pairs], differentiable
  Tensor rewards;  // [pairs, 2]
};

class RewardModel {
 public:
  virtual ~RewardModel() = default;
  virtual std::string type() const = 0;  // the id of its kind: see kinds.h

  // Differentiable rewards [responses] in the batch's order. `ref_log_probs` [response tokens]
  // spares an IM-RM the reference's forward pass; undefined, or with a probe that goes through the
  // reference: it makes one, in the same packing and dtype.
  virtual Tensor rewards(const model::PackedBatch& batch, const model::ForwardOptions& options,
                         const Tensor& ref_log_probs, const InputProbe* probe = nullptr) const = 0;
  // By default Bradley-Terry's: -log sigmoid(chosen - rejected).
  virtual PairLoss pair_loss(const model::PackedBatch& batch, const model::ForwardOptions& options,
                             const Tensor& ref_log_probs) const;

  // Whether the reward is a sum over output positions.
  virtual bool decomposes() const { return false; }
  // Exact decomposition, from the same forward pass as rewards(). Of a reward that has none,
  // nothing is credited and all of it is the offset.
  virtual Credits credits(const model::PackedBatch& batch,
                          const model::ForwardOptions& options) const;

  // Whether rewards() needs the reference's log-probabilities.
  virtual bool uses_reference() const { return false; }
  // Parameters beyond the decoder's, under their Hugging Face names.
  virtual std::vector<std::pair<std::string, Tensor>> own_parameters() const { return {}; }

  model::Decoder& decoder() const { return *decoder_; }
  const std::shared_ptr<model::Decoder>& shared_decoder() const { return decoder_; }

 protected:
  explicit RewardModel(std::shared_ptr<model::Decoder> decoder) : decoder_(std::move(decoder)) {}
  // Decoder::forward, of the probe's embeddings where there is one.
  static Tensor forward(const model::Decoder& decoder, const model::PackedBatch& batch,
                        const model::ForwardOptions& options, const InputProbe* probe) {
    return decoder.forward(batch, options, probe ? probe->embed(decoder, batch) : Tensor());
  }

  std::shared_ptr<model::Decoder> decoder_;
};

// EX-RM: r = u . h, h the final hidden state at the response's last token (or the mean over its
// tokens). Hugging Face's AutoModelForSequenceClassification with num_labels = 1; u is
// `score.weight`.
class ExplicitReward : public RewardModel {
 public:
  enum class Pooling { last, mean };
  // u is drawn from N(0, initializer_range) with `seed` (1 / sqrt(hidden) where the config names
  // none), fp32.
  ExplicitReward(std::shared_ptr<model::Decoder> decoder, uint64_t seed,
                 Pooling pooling = Pooling::last, double head_sd = 0);
  ExplicitReward(std::shared_ptr<model::Decoder> decoder, const Tensor& head,
                 Pooling pooling = Pooling::last);

  std::string type() const override { return "EX"; }
  bool decomposes() const override { return true; }
  Tensor rewards(const model::PackedBatch& batch, const model::ForwardOptions& options,
                 const Tensor& ref_log_probs, const InputProbe* probe = nullptr) const override;
  Credits credits(const model::PackedBatch& batch,
                  const model::ForwardOptions& options) const override;
  std::vector<std::pair<std::string, Tensor>> own_parameters() const override {
    return {{"score.weight", head_}};
  }
  const Tensor& head() const { return head_; }

 private:
  Tensor head_;  // [1, hidden]
  Pooling pooling_;
};

// IM-RM: r = beta * sum over the response of log pi - log pi_ref (the reward of DPO).
class ImplicitReward : public RewardModel {
 public:
  struct Options {
    double beta = 0.01;
    bool length_normalised = false;  // divided by the number of response tokens
    bool without_reference = false;  // log pi alone
  };
  // `reference` may be null while ref_log_probs are always given (training).
  ImplicitReward(std::shared_ptr<model::Decoder> decoder,
                 std::shared_ptr<const model::Decoder> reference, Options options);

  std::string type() const override { return "IM"; }
  bool decomposes() const override { return true; }
  Tensor rewards(const model::PackedBatch& batch, const model::ForwardOptions& options,
                 const Tensor& ref_log_probs, const InputProbe* probe = nullptr) const override;
  Credits credits(const model::PackedBatch& batch,
                  const model::ForwardOptions& options) const override;
  bool uses_reference() const override { return !options_.without_reference; }

 private:
  Tensor token_rewards(const Tensor& log_prob, const Tensor& ref_log_prob,
                       const model::PackedBatch& batch) const;
  Tensor reference_log_probs(const model::PackedBatch& batch, const model::ForwardOptions& options,
                             const InputProbe* probe) const;
  std::shared_ptr<const model::Decoder> reference_;
  Options options_;
};

// Sums [response tokens] to [responses].
Tensor sum_by_response(const Tensor& per_token, const model::PackedBatch& batch);

// log pi of a decoder for each response token, no gradient. [response tokens]
Tensor policy_log_probs(const model::Decoder& decoder, const model::PackedBatch& batch,
                        const model::ForwardOptions& options);

}  // namespace loupe::reward
