// SPDX-License-Identifier: GPL-3.0-or-later
// Everything that decides what a training run computes; stored whole with the run. The command
// line's options, the form of the Train page, the titles of the Runs page and the guide's table are
// read off fields().
#pragma once

#include "core/api/field_info.h"

namespace loupe::api {

inline constexpr std::string_view recipe_dtypes[] = {"fp32", "bf16"};
inline constexpr std::string_view tunings[] = {"full", "lora", "head"};
inline constexpr std::string_view devices[] = {"auto", "cpu"};
inline constexpr std::string_view lora_sets[] = {"all-linear", "q_proj,v_proj"};
inline constexpr std::string_view poolings[] = {"last", "mean"};

struct Recipe {
  std::string type = "EX";
  int64_t epochs = 4;
  double lr = 1e-5;
  double beta = 0.01;
  int64_t batch_size = 8;
  int64_t gradient_accumulation = 1;
  uint64_t seed = 0;
  std::string tuning = "full";
  int64_t lora_rank = 8;
  double lora_alpha = 16;
  std::string lora_targets = "all-linear";
  std::string pooling = "last";
  double head_init_std = 0;
  bool length_normalised = false, without_reference = false;
  double weight_decay = 0;
  double adam_beta1 = 0.9, adam_beta2 = 0.999, adam_eps = 1e-8;
  std::string compute_dtype = "fp32";
  std::string device = "auto";
  int64_t max_prompt_tokens = 512, max_response_tokens = 512;
  int64_t eval_every_epochs = 1;
  double checkpoint_minutes = 5;
  int64_t threads = 0;

  static constexpr auto fields() {
    using T = Recipe;
    constexpr double many = 1e6;
    return std::tuple(
        field("type", &T::type,
              {.title = LOUPE_TEXT("Type"),
               .why = LOUPE_TEXT("How the reward is read off: EX, a linear head on the last hidden "
                                 "state; IM, beta times the log-ratio of the policy to its "
                                 "reference.")}),
        field(
            "epochs", &T::epochs,
            {.title = LOUPE_TEXT("Epochs"),
             .why = LOUPE_TEXT("How often the training goes through all pairs. An implicit model "
                               "needs few: more make it lean harder on the words it saw.\nThe "
                               "paper: 50 (persona), 5 (UltraFeedback), 15 (Hamiltonian cycles)."),
             .least = 1,
             .most = many,
             .group = "main"}),
        field(
            "lr", &T::lr,
            {.title = LOUPE_TEXT("Learning rate"),
             .why = LOUPE_TEXT("The step size of AdamW, the same from the first step to the "
                               "last.\nThe paper: 1e-6; with few epochs a small model needs more, "
                               "such as 3e-5."),
             .least = 0,
             .above_least = true,
             .group = "main"}),
        field("beta", &T::beta,
              {.title = LOUPE_TEXT("Beta"),
               .why = LOUPE_TEXT("Implicit only: the reward is beta times the log-ratio of the "
                                 "policy to its reference. It scales the margin in the loss, so a "
                                 "smaller beta lets the policy move further.\nThe paper: 0.01."),
               .least = 0,
               .above_least = true,
               .group = "main",
               .only = "type=IM"}),
        field(
            "batch_size", &T::batch_size,
            {.title = LOUPE_TEXT("Batch size"),
             .why = LOUPE_TEXT("Pairs in one forward pass. More need more memory; the result of a "
                               "step depends on batch size times gradient accumulation only.\nThe "
                               "paper: 8 (persona), 4 (UltraFeedback), 16 (Hamiltonian cycles)."),
             .least = 1,
             .most = many,
             .unit = "pairs",
             .group = "main"}),
        field("gradient_accumulation", &T::gradient_accumulation,
              {.title = LOUPE_TEXT("Gradient accumulation"),
               .why = LOUPE_TEXT("Forward passes in one optimiser step: large steps in little "
                                 "memory.\nThe paper: 4 (persona), 8 (UltraFeedback), 2 "
                                 "(Hamiltonian cycles)."),
               .least = 1,
               .most = many,
               .group = "main",
               .was = "accumulate"}),
        field("seed", &T::seed,
              {.title = LOUPE_TEXT("Seed"),
               .why = LOUPE_TEXT("Of the head's first values, and of the order of the pairs.")}),
        field("tuning", &T::tuning,
              {.title = LOUPE_TEXT("Tuning"),
               .why = LOUPE_TEXT(
                   "full: every parameter. lora: small low-rank matrices beside the layers' own, "
                   "which stay; less memory, small checkpoints, and the result leaves in PEFT's "
                   "format. head: only the head of an explicit model; the hidden states stay as "
                   "they are. lora and head want a larger learning rate, such as 3e-4.\nThe paper: "
                   "full."),
               .choices = tunings,
               .group = "trained",
               .was = "trains"}),
        field("lora_rank", &T::lora_rank,
              {.title = LOUPE_TEXT("LoRA rank"),
               .why = LOUPE_TEXT("With lora: the width of the low-rank matrices. More can change "
                                 "more, and take more memory."),
               .least = 1,
               .most = many,
               .group = "trained",
               .only = "tuning=lora"}),
        field("lora_alpha", &T::lora_alpha,
              {.title = LOUPE_TEXT("LoRA alpha"),
               .why = LOUPE_TEXT("With lora: the low-rank change counts alpha / rank."),
               .least = 0,
               .above_least = true,
               .group = "trained",
               .only = "tuning=lora"}),
        field("lora_targets", &T::lora_targets,
              {.title = LOUPE_TEXT("LoRA targets"),
               .why = LOUPE_TEXT("With lora: which matrices get a change: all-linear, every one of "
                                 "the layers, or names such as q_proj,v_proj, the attention's "
                                 "queries and values, as in the paper on LoRA."),
               .suggested = lora_sets,
               .group = "trained",
               .only = "tuning=lora"}),
        field("pooling", &T::pooling,
              {.title = LOUPE_TEXT("Pooling"),
               .why = LOUPE_TEXT("Explicit only: the head reads the hidden state of the response's "
                                 "last token, or the mean over its tokens.\nThe paper: last."),
               .choices = poolings,
               .group = "trained",
               .only = "type=EX"}),
        field(
            "head_init_std", &T::head_init_std,
            {.title = LOUPE_TEXT("Head init std"),
             .why = LOUPE_TEXT("Explicit only: the standard deviation of the head's first values. "
                               "0 takes the model's own initializer_range, as the paper does."),
             .least = 0,
             .zero = LOUPE_TEXT("model's own"),
             .group = "trained",
             .only = "type=EX",
             .was = "head_sd"}),
        field(
            "length_normalised", &T::length_normalised,
            {.title = LOUPE_TEXT("Length-normalised"),
             .why = LOUPE_TEXT("Implicit only: divides the reward by the response's number of "
                               "tokens, so that a long response gains nothing by its length.\nThe "
                               "paper: off."),
             .group = "trained",
             .only = "type=IM"}),
        field("without_reference", &T::without_reference,
              {.title = LOUPE_TEXT("Without reference"),
               .why = LOUPE_TEXT("Implicit only: the reward is beta times the policy's own "
                                 "log-probability; nothing is subtracted.\nThe paper: off."),
               .group = "trained",
               .only = "type=IM"}),
        field("weight_decay", &T::weight_decay,
              {.title = LOUPE_TEXT("Weight decay"),
               .why = LOUPE_TEXT("Pulls every weight towards zero at each step.\nThe paper: 0."),
               .least = 0,
               .group = "optimiser"}),
        field("adam_beta1", &T::adam_beta1,
              {.title = LOUPE_TEXT("Adam beta 1"),
               .why = LOUPE_TEXT("How long AdamW remembers the gradient's direction.\nThe paper: "
                                 "0.9."),
               .least = 0,
               .most = 1,
               .group = "optimiser"}),
        field(
            "adam_beta2", &T::adam_beta2,
            {.title = LOUPE_TEXT("Adam beta 2"),
             .why = LOUPE_TEXT("How long AdamW remembers the gradient's size.\nThe paper: 0.999."),
             .least = 0,
             .most = 1,
             .group = "optimiser"}),
        field("adam_eps", &T::adam_eps,
              {.title = LOUPE_TEXT("Adam eps"),
               .why = LOUPE_TEXT("Keeps AdamW from dividing by zero.\nThe paper: 1e-8."),
               .least = 0,
               .above_least = true,
               .group = "optimiser"}),
        field("compute_dtype", &T::compute_dtype,
              {.title = LOUPE_TEXT("Precision"),
               .why = LOUPE_TEXT("Of the matrix products; weights and optimiser stay fp32. bf16 is "
                                 "about twice as fast where the processor has it; fp32 follows the "
                                 "numbers of the papers most closely."),
               .choices = recipe_dtypes,
               .group = "limits",
               .was = "dtype"}),
        field("device", &T::device,
              {.title = LOUPE_TEXT("Device"),
               .why = LOUPE_TEXT("Where it trains: cpu, cuda:N, or auto: the first GPU that holds "
                                 "the training, else the CPU."),
               .suggested = devices,
               .group = "limits"}),
        field("max_prompt_tokens", &T::max_prompt_tokens,
              {.title = LOUPE_TEXT("Prompt tokens"),
               .why = LOUPE_TEXT("A pair with a longer prompt is left out and counted; nothing is "
                                 "cut.\nThe paper: 512."),
               .least = 0,
               .zero = LOUPE_TEXT("the model's own limit"),
               .unit = "tokens",
               .group = "limits"}),
        field(
            "max_response_tokens", &T::max_response_tokens,
            {.title = LOUPE_TEXT("Response tokens"),
             .why = LOUPE_TEXT("A pair with a longer response is left out and counted; nothing is "
                               "cut.\nThe paper: 512."),
             .least = 0,
             .zero = LOUPE_TEXT("the model's own limit"),
             .unit = "tokens",
             .group = "limits"}),
        field("eval_every_epochs", &T::eval_every_epochs,
              {.title = LOUPE_TEXT("Evaluate every"),
               .why = LOUPE_TEXT("Epochs between evaluations: the points of the accuracy curves."),
               .least = 1,
               .most = many,
               .unit = "epochs",
               .group = "limits",
               .was = "eval_every"}),
        field(
            "checkpoint_minutes", &T::checkpoint_minutes,
            {.title = LOUPE_TEXT("Save every (min)"),
             .why = LOUPE_TEXT("Minutes between checkpoints within an epoch: what a power cut can "
                               "cost."),
             .least = 0,
             .above_least = true,
             .group = "limits"}),
        field("threads", &T::threads,
              {.title = LOUPE_TEXT("CPU threads"),
               .why = LOUPE_TEXT("How many cores the training takes. Fewer leave some for you."),
               .least = 0,
               .most = 4096,
               .zero = LOUPE_TEXT("all"),
               .group = "limits"}));
  }
};

}  // namespace loupe::api
