// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/trainer.h"

#include <ATen/ATen.h>

#include <chrono>
#include <cmath>

#include "core/data/random.h"
#include "core/io/safetensors.h"
#include "core/model/compute.h"
#include "core/model/load.h"
#include "core/train/trainable.h"

namespace loupe::train {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::vector<std::span<const data::EncodedPair>> spans(
    const std::vector<data::EncodedDataset>& sets) {
  std::vector<std::span<const data::EncodedPair>> out;
  for (const auto& set : sets) out.emplace_back(set.pairs);
  return out;
}

}  // namespace

EvalEvent eval_event(const data::EncodedDataset& set, const reward::ScorePlan& plan, size_t place,
                     const std::vector<double>& rewards) {
  EvalEvent event;
  event.set = set.name;
  for (size_t i = 0; i < set.pairs.size(); ++i) {
    const auto [chosen, rejected] = plan.slots(place, i);
    event.index.push_back(set.pairs[i].index);
    event.cluster.push_back(set.pairs[i].cluster);
    event.chosen.push_back(rewards[static_cast<size_t>(chosen)]);
    event.rejected.push_back(rewards[static_cast<size_t>(rejected)]);
  }
  event.measures = eval::measure(event.chosen, event.rejected, event.cluster);
  return event;
}

Trainer::Trainer(std::unique_ptr<reward::RewardModel> reward, Recipe recipe,
                 data::EncodedDataset train, std::vector<data::EncodedDataset> eval_sets)
    : recipe_(std::move(recipe)),
      train_(std::move(train)),
      eval_sets_(std::move(eval_sets)),
      reward_(std::move(reward)),
      eval_plan_(spans(eval_sets_), reward_->decoder().config()) {
  const auto& decoder = reward_->decoder();
  options_.compute = model::compute_type(recipe_.compute_dtype, decoder.device(), decoder.residual());
  optimizer_ =
      std::make_unique<AdamW>(trained_parameters(*reward_, recipe_),
                              AdamWOptions{recipe_.lr, recipe_.adam_beta1, recipe_.adam_beta2,
                                           recipe_.adam_eps, recipe_.weight_decay});
}

int64_t Trainer::total_steps() const {
  const auto pairs = static_cast<int64_t>(train_.pairs.size());
  const int64_t in_step = recipe_.batch_size * recipe_.gradient_accumulation;
  return recipe_.epochs * ((pairs + in_step - 1) / in_step);
}

Trainer::Batch Trainer::make_batch(std::span<const int64_t> order) const {
  Batch batch{model::PackedBatch(reward_->decoder().config()), {}};
  for (const int64_t i : order) {
    const auto& pair = train_.pairs[static_cast<size_t>(i)];
    batch.packed.add_group(pair.prompt, {pair.chosen, pair.rejected});
    batch.pairs.push_back(static_cast<size_t>(i));
  }
  return batch;
}

// In the packing of the first epoch's batches and of the evaluation plan, so that every IM reward
// is exactly 0 before the first step.
void Trainer::compute_references(const Observer& observer) {
  if (references_ready_ || !reward_->uses_reference()) return;
  const auto progress = [&](const Progress& p) {
    if (observer.on_progress) observer.on_progress(p);
  };
  train_references_.assign(train_.pairs.size(), {});
  const auto order = data::epoch_order(static_cast<int64_t>(train_.pairs.size()), recipe_.seed, 0);
  for (size_t begin = 0; begin < order.size(); begin += static_cast<size_t>(recipe_.batch_size)) {
    const size_t count = std::min(order.size() - begin, static_cast<size_t>(recipe_.batch_size));
    const Batch batch = make_batch(std::span(order).subspan(begin, count));
    const Tensor log_probs = reward::policy_log_probs(reward_->decoder(), batch.packed, options_);
    int64_t at = 0;
    for (const size_t pair : batch.pairs) {
      const auto take = [&](size_t length) {
        const Tensor part = log_probs.narrow(0, at, static_cast<int64_t>(length)).clone();
        at += static_cast<int64_t>(length);
        return part;
      };
      const Tensor chosen = take(train_.pairs[pair].chosen.size());
      train_references_[pair] = {chosen, take(train_.pairs[pair].rejected.size())};
    }
    progress({"reference of the training pairs", static_cast<double>(begin + count),
              static_cast<double>(order.size()), -1});
  }
  eval_references_ = reward::plan_log_probs(reward_->decoder(), eval_plan_, options_, progress);
  references_ready_ = true;
}

Tensor Trainer::references_of(const Batch& batch) const {
  if (!reward_->uses_reference()) return {};
  std::vector<Tensor> parts;
  for (const size_t pair : batch.pairs) {
    parts.push_back(train_references_[pair].first);
    parts.push_back(train_references_[pair].second);
  }
  return at::cat(parts);
}

StepEvent Trainer::step(std::span<const int64_t> order) {
  StepEvent event;
  const auto pairs = static_cast<double>(order.size());
  for (size_t begin = 0; begin < order.size(); begin += static_cast<size_t>(recipe_.batch_size)) {
    const size_t count = std::min(order.size() - begin, static_cast<size_t>(recipe_.batch_size));
    const Batch batch = make_batch(order.subspan(begin, count));
    const auto found = reward_->pair_loss(batch.packed, options_, references_of(batch));
    // The mean over the whole step's pairs, whatever the number of forward passes.
    (found.losses.sum() / pairs).backward();
    const auto numbers = [](const Tensor& tensor) {
      return tensor.detach().to(at::kDouble).cpu().contiguous();
    };
    const Tensor losses = numbers(found.losses);
    const Tensor rewards = numbers(found.rewards);
    const auto* v = rewards.data_ptr<double>();
    for (size_t i = 0; i < count; ++i) {
      const double margin = v[2 * i] - v[2 * i + 1];
      event.loss += losses.data_ptr<double>()[i] / pairs;
      event.accuracy += (margin > 0 ? 1.0 : margin == 0 ? 0.5 : 0.0) / pairs;
      event.chosen_reward += v[2 * i] / pairs;
      event.rejected_reward += v[2 * i + 1] / pairs;
    }
  }
  event.grad_norm = optimizer_->gradient_norm();
  event.lr = recipe_.lr;
  optimizer_->step();
  optimizer_->zero_grad();
  reward_->decoder().parameters_changed();
  return event;
}

void Trainer::evaluate(const Observer& observer) {
  if (eval_sets_.empty()) return;
  const auto rewards =
      reward::score(*reward_, eval_plan_, options_, eval_references_, [&](const Progress& p) {
        if (observer.on_progress) observer.on_progress(p);
      });
  const double epoch = static_cast<double>(steps_done_) * static_cast<double>(recipe_.epochs) /
                       static_cast<double>(std::max<int64_t>(total_steps(), 1));
  for (size_t s = 0; s < eval_sets_.size(); ++s) {
    EvalEvent event = eval_event(eval_sets_[s], eval_plan_, s, rewards);
    event.step = steps_done_;
    event.epoch = epoch;
    if (observer.on_eval) observer.on_eval(event);
  }
}

Result<Outcome> Trainer::run(const Observer& observer) {
  if (train_.pairs.empty())
    return Error{ErrorCode::invalid_input, "there is no pair to train on", train_.name,
                 train_.left_out.empty() ? "give a file with pairs"
                                         : "every pair is over the length limit; raise it"};
  const auto start = Clock::now();
  double paused = 0;  // evaluation and checkpoints do not count as training time left
  const auto pairs = static_cast<int64_t>(train_.pairs.size());
  const int64_t in_step = recipe_.batch_size * recipe_.gradient_accumulation;
  const int64_t steps_in_epoch = (pairs + in_step - 1) / in_step;
  const int64_t total = total_steps();

  compute_references(observer);
  if (checkpoint_) LOUPE_CHECK(load_checkpoint());
  const int64_t first_step = steps_done_;
  auto last_checkpoint = Clock::now();
  const auto checkpoint = [&](bool last) -> Result<void> {
    const auto before = Clock::now();
    seconds_now_ = seconds_before_ + seconds_since(start);
    if (observer.on_checkpoint)
      LOUPE_CHECK(observer.on_checkpoint(
          steps_done_, static_cast<double>(steps_done_) / static_cast<double>(steps_in_epoch),
          last));
    last_checkpoint = Clock::now();
    paused += seconds_since(before);
    return {};
  };
  if (steps_done_ == 0) {
    const auto before = Clock::now();
    evaluate(observer);
    paused += seconds_since(before);
  }
  while (steps_done_ < total) {
    if (observer.stop && observer.stop()) {
      LOUPE_CHECK(checkpoint(false));
      return Outcome::stopped;
    }
    const int64_t epoch = steps_done_ / steps_in_epoch;
    const int64_t within = steps_done_ % steps_in_epoch;
    const auto order = data::epoch_order(pairs, recipe_.seed, epoch);
    const auto begin = static_cast<size_t>(within * in_step);
    const size_t count = std::min(order.size() - begin, static_cast<size_t>(in_step));
    StepEvent event = step(std::span(order).subspan(begin, count));
    ++steps_done_;
    event.step = steps_done_;
    event.epoch = static_cast<double>(steps_done_) / static_cast<double>(steps_in_epoch);
    event.seconds = seconds_before_ + seconds_since(start);
    if (!std::isfinite(event.loss) || !std::isfinite(event.grad_norm))
      return Error{ErrorCode::invalid_input, "the loss or its gradient is no longer finite",
                   "step " + std::to_string(steps_done_),
                   "lower the learning rate, or train in fp32"};
    if (observer.on_step) observer.on_step(event);
    const double a_step =
        (seconds_since(start) - paused) / static_cast<double>(steps_done_ - first_step);
    if (observer.on_progress)
      observer.on_progress(
          {"epoch " + std::to_string(epoch + 1) + " of " + std::to_string(recipe_.epochs),
           static_cast<double>(steps_done_), static_cast<double>(total),
           a_step * static_cast<double>(total - steps_done_)});
    const bool epoch_ends = steps_done_ % steps_in_epoch == 0;
    if (epoch_ends && ((epoch + 1) % recipe_.eval_every_epochs == 0 || steps_done_ == total)) {
      const auto before = Clock::now();
      evaluate(observer);
      paused += seconds_since(before);
    }
    if (steps_done_ == total || epoch_ends ||
        seconds_since(last_checkpoint) > 60 * recipe_.checkpoint_minutes)
      LOUPE_CHECK(checkpoint(steps_done_ == total));
  }
  return Outcome::done;
}

Result<void> Trainer::save_checkpoint(const std::filesystem::path& path,
                                      bool with_optimizer) const {
  auto extra = reward_->own_parameters();
  if (with_optimizer)
    for (auto& entry : optimizer_->state()) extra.push_back(std::move(entry));
  const std::map<std::string, std::string> metadata{
      {"format", "pt"},
      {"rewardloupe.step", std::to_string(steps_done_)},
      {"rewardloupe.seconds", std::to_string(seconds_now_)},
      {"rewardloupe.recipe", api::json(recipe_).dump()}};
  if (recipe_.tuning == "full")
    return model::save_parameters(reward_->decoder(), extra, metadata, path);
  auto tensors = decoder_state(reward_->decoder(), recipe_);
  tensors.insert(tensors.end(), extra.begin(), extra.end());
  return model::save_tensors(tensors, metadata, path);
}

Result<void> Trainer::resume_from(const std::filesystem::path& path) {
  LOUPE_TRY(const auto file, io::SafetensorsFile::open(path));
  const auto& metadata = file->metadata();
  const auto step = metadata.find("rewardloupe.step");
  if (step == metadata.end() || file->find("adam.steps") == nullptr)
    return Error{ErrorCode::corrupt, "this is no checkpoint that training can go on from",
                 path.string(), "choose another checkpoint"};
  steps_done_ = std::strtoll(step->second.c_str(), nullptr, 10);
  const auto seconds = metadata.find("rewardloupe.seconds");
  seconds_before_ = seconds == metadata.end() ? 0 : std::strtod(seconds->second.c_str(), nullptr);
  checkpoint_ = path;
  return {};
}

Result<void> Trainer::load_checkpoint() {
  LOUPE_TRY(const auto extra, load_decoder_state(*checkpoint_, reward_->decoder(), recipe_));
  for (auto& [name, tensor] : reward_->own_parameters()) {
    const auto found = extra.find(name);
    if (found == extra.end() || found->second.numel() != tensor.numel())
      return Error{ErrorCode::corrupt, "the tensor " + name + " is missing", checkpoint_->string(),
                   "the checkpoint belongs to another kind of reward model"};
    tensor.detach().copy_(found->second.reshape(tensor.sizes()));
  }
  return optimizer_->load_state(extra);
}

}  // namespace loupe::train
