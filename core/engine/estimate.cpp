// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/estimate.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <numeric>

#include "core/api/field_info.h"
#include "core/base/file.h"
#include "core/engine/installation.h"
#include "core/engine/models.h"
#include "core/engine/placement.h"
#include "core/model/compute.h"
#include "core/model/load.h"
#include "core/reward/kinds.h"

namespace loupe::engine {

namespace {

// LibTorch, its kernels and buffers, and the program itself.
constexpr double kProgram = 7e8;

std::string quoted(const std::string& word) {
  const bool plain = !word.empty() && word.find_first_not_of(
                                          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                          "0123456789_-+=./:@%,") == std::string::npos;
  if (plain) return word;
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

std::string shortest(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_number_float()) return value.dump();
  char text[32];
  for (int digits = 1; digits <= 17; ++digits) {
    std::snprintf(text, sizeof(text), "%.*g", digits, value.get<double>());
    if (std::strtod(text, nullptr) == value.get<double>()) break;
  }
  return text;
}

}  // namespace

int64_t PairLengths::total() const {
  return std::accumulate(tokens.begin(), tokens.end(), int64_t{0});
}

PairLengths pair_lengths(const data::EncodedDataset& set) {
  PairLengths out;
  for (const auto& pair : set.pairs) {
    const auto responses = static_cast<int64_t>(pair.chosen.size() + pair.rejected.size());
    out.responses.push_back(responses);
    out.tokens.push_back(static_cast<int64_t>(pair.prompt.size()) + responses);
  }
  out.left_out = static_cast<int64_t>(set.left_out.size());
  return out;
}

namespace {

// Kept for the backward pass, a token and layer: the residual and two norms, queries and
// attention's output, keys and values, and the products of the MLP.
double floats_a_token(const model::DecoderConfig& config) {
  const double width = static_cast<double>(config.hidden_size);
  const double kv = static_cast<double>(config.kv_heads * config.head_dim);
  const double heads = static_cast<double>(config.heads * config.head_dim);
  const double inner = static_cast<double>(config.intermediate_size);
  return 3 * width + 2 * heads + 3 * kv + (config.gated ? 3 : 2) * inner;
}

// Of a recipe that was checked.
reward::Cost cost_of(const train::Recipe& recipe) {
  return reward::find_kind(recipe.type)->cost(recipe);
}

// The logits that a reward is read off exist for 256 response positions at a time, with their
// gradient; the unembedding's gradient is summed up beside the embedding's.
double logit_bytes(const model::DecoderConfig& config, double response_tokens, bool trained) {
  return static_cast<double>(config.vocab_size) *
         (12 * std::min(response_tokens, 256.0) +
          (trained ? 8 * static_cast<double>(config.hidden_size) : 0));
}

// A and B of every matrix of the layers: rank x (in + out) numbers a matrix.
double lora_parameters(const model::DecoderConfig& config, double rank) {
  const double hidden = static_cast<double>(config.hidden_size);
  const double attention =
      static_cast<double>((2 * config.heads + 2 * config.kv_heads) * config.head_dim);
  return rank * static_cast<double>(config.layers) *
         (attention + 4 * hidden +
          (config.gated ? 3 : 2) * (hidden + static_cast<double>(config.intermediate_size)));
}

}  // namespace

double trained_count(const model::DecoderConfig& config, int64_t parameters,
                     const train::Recipe& recipe) {
  if (recipe.tuning == "full") return static_cast<double>(parameters);
  if (recipe.tuning == "head") return static_cast<double>(config.hidden_size);
  return lora_parameters(config, static_cast<double>(recipe.lora_rank));
}

double training_memory(const model::DecoderConfig& config, int64_t parameters,
                       const train::Recipe& recipe, const PairLengths& train) {
  // Weights; gradients and the two moments of AdamW of what is trained; all fp32.
  double bytes =
      kProgram + 4.0 * static_cast<double>(parameters) +
      (recipe.tuning == "full" ? 12.0 : 16.0) * trained_count(config, parameters, recipe);
  const bool bf16 = model::compute_type(recipe.compute_dtype, at::kCPU) == at::kBFloat16;
  const double size = bf16 ? 3.0 : 4.0;
  const auto batch = static_cast<size_t>(recipe.batch_size);
  const auto longest = [&](std::vector<int64_t> lengths) {
    std::sort(lengths.begin(), lengths.end(), std::greater<>());
    lengths.resize(std::min(lengths.size(), batch));
    return static_cast<double>(std::accumulate(lengths.begin(), lengths.end(), int64_t{0}));
  };
  // For a head alone nothing is kept: one layer's tensors are alive at a time.
  bytes += longest(train.tokens) * floats_a_token(config) *
           (recipe.tuning == "head" ? 8.0 : static_cast<double>(config.layers) * size);
  using Logits = reward::Cost::Logits;
  if (const auto logits = cost_of(recipe).logits; logits != Logits::none)
    bytes += logit_bytes(config,
                         logits == Logits::each ? longest(train.responses)
                                                : 2 * static_cast<double>(recipe.batch_size),
                         recipe.tuning == "full");
  return bytes;
}

api::MemoryTable memory_table(const model::DecoderConfig& config, int64_t parameters,
                              int64_t length, int64_t batch, at::Device device) {
  api::MemoryTable out;
  out.device = device.str();
  out.length = length;
  out.batch = batch;
  out.available = room_on(device, Room::whole);
  const double count = static_cast<double>(parameters);
  const double tokens = 2.0 * static_cast<double>(length) * static_cast<double>(batch);
  const double kept = tokens * static_cast<double>(config.layers) * floats_a_token(config) * 4;
  // While scoring, one layer's tensors are alive at a time; a plan's batch has 2048 tokens.
  const double passing = std::max(tokens, 2048.0) * floats_a_token(config) * 8;
  const double lora = lora_parameters(config, 16);
  const auto add = [&](const char* use, double weights, double gradients, double optimizer,
                       double activations) {
    api::MemoryRow row{use, weights, gradients, optimizer, activations, 0, true};
    row.total = kProgram + weights + gradients + optimizer + activations;
    row.fits = out.available == 0 || row.total <= out.available;
    out.rows.push_back(std::move(row));
  };
  const double score_logits = static_cast<double>(config.vocab_size) * 8 * std::min(tokens, 256.0);
  add("score as EX-RM, fp32", 4 * count, 0, 0, passing);
  add("score as IM-RM, fp32", 8 * count, 0, 0, passing + score_logits);
  add("score as EX-RM, bf16 weights", 2 * count, 0, 0, passing);
  add("train EX-RM, full", 4 * count, 4 * count, 8 * count, kept);
  add("train IM-RM, full", 4 * count, 4 * count, 8 * count,
      kept + logit_bytes(config, tokens, true));
  add("train EX-RM, LoRA r = 16", 4 * (count + lora), 4 * lora, 8 * lora, kept);
  add("train IM-RM, LoRA r = 16", 4 * (count + lora), 4 * lora, 8 * lora,
      kept + logit_bytes(config, tokens, false));
  return out;
}

double training_work(const train::Recipe& recipe, int64_t train_tokens, int64_t eval_tokens) {
  const double epochs = static_cast<double>(recipe.epochs);
  const double evaluations = epochs / static_cast<double>(recipe.eval_every_epochs) + 1;
  const double reference = cost_of(recipe).reference ? 1 : 0;
  return static_cast<double>(train_tokens) * (3 * epochs + reference) +
         static_cast<double>(eval_tokens) * (evaluations + reference);
}

Result<std::shared_ptr<const PairLengths>> Estimator::lengths(const store::ModelRow& model,
                                                              const json& spec,
                                                              const train::Recipe& recipe,
                                                              const CancelToken& cancel) {
  // The file may be another one by now.
  const auto file = stat_file(data::file_of(spec));
  const std::string key = json{model.id,
                               spec,
                               file ? file->size : 0,
                               file ? file->mtime_ns : 0,
                               recipe.type,
                               recipe.max_prompt_tokens,
                               recipe.max_response_tokens}
                              .dump(-1, ' ', false, json::error_handler_t::replace);
  if (auto found = known_.find(key)) return found;
  LOUPE_TRY(const auto dataset, data::load_spec(spec));
  cancel.check();
  LOUPE_TRY(const auto files, text_row(workspace_, model));
  LOUPE_TRY(
      const auto text,
      model::load_text_parts(
          files.path, model.details.value("template_date", model::LoadOptions{}.template_date)));
  LOUPE_TRY(const auto config, model::config_from_json(model.details.at("config"), model.path));
  cancel.check();
  LOUPE_TRY(const auto* kind, reward::kind_named(recipe.type));
  LOUPE_TRY(const auto encoded,
            data::encode_dataset(
                dataset, kind->encoder(text),
                {recipe.max_prompt_tokens, recipe.max_response_tokens, config.max_positions}));
  auto lengths = pair_lengths(encoded);
  const uint64_t pairs = lengths.tokens.size();
  return known_.keep(key, std::move(lengths), pairs);
}

// The median speed of the runs that are like this one; -1 where there is none.
Result<double> Estimator::seconds(const store::ModelRow& model, const train::Recipe& recipe,
                                  at::Device device, double work) {
  LOUPE_TRY(const auto runs, workspace_.runs_of_model(model.id));
  std::vector<double> rates;
  for (const auto& run : runs) {
    if (run.type != recipe.type || run.status != "done") continue;
    if (run.device != device.str() || run.host != host_name()) continue;
    const json stored = api::with_present_keys(api::infos<api::Recipe>(), run.recipe);
    if (stored.value("tuning", "full") != recipe.tuning) continue;
    if (stored.value("compute_dtype", "") != recipe.compute_dtype || !run.summary.is_object())
      continue;
    const double wall = run.summary.value("wall_seconds", 0.0);
    const double done = run.summary.value("work", 0.0);
    if (wall > 0 && done > 0) rates.push_back(wall / done);
  }
  if (rates.empty()) return -1.0;
  std::nth_element(rates.begin(), rates.begin() + static_cast<long>(rates.size() / 2), rates.end());
  return rates[rates.size() / 2] * work;
}

Result<std::vector<std::string>> Estimator::devices_for(const store::ModelRow& model,
                                                        const train::Recipe& recipe,
                                                        const json& train_spec,
                                                        const CancelToken& cancel) {
  if (recipe.device != "auto" || gpus().empty()) return job_devices(recipe.device, 0);
  LOUPE_TRY(const auto config, model::config_from_json(model.details.at("config"), model.path));
  LOUPE_TRY(const auto train, lengths(model, train_spec, recipe, cancel));
  return job_devices("auto", training_memory(config, model.parameters, recipe, *train));
}

Result<api::Estimate> Estimator::estimate(const TrainRequest& request, const CancelToken& cancel) {
  LOUPE_TRY(const auto model, workspace_.model(request.model));
  LOUPE_TRY(const auto devices, devices_for(model, request.recipe, request.train, cancel));
  LOUPE_TRY(const auto device, choose_device(devices.front()));
  LOUPE_TRY(const auto config, model::config_from_json(model.details.at("config"), model.path));
  LOUPE_TRY(const auto train, lengths(model, request.train, request.recipe, cancel));
  api::Estimate out;
  out.device = device.str();
  out.pairs = static_cast<int64_t>(train->tokens.size());
  out.left_out = train->left_out;
  int64_t eval_tokens = 0;
  for (const auto& spec : request.eval) {
    LOUPE_TRY(const auto set, lengths(model, spec, request.recipe, cancel));
    out.eval_pairs += static_cast<int64_t>(set->tokens.size());
    out.left_out += set->left_out;
    eval_tokens += set->total();
  }
  out.memory = training_memory(config, model.parameters, request.recipe, *train);
  out.memory_available = room_on(device, Room::whole);
  // The old checkpoint goes only when the new one is whole; each has what is trained and two
  // moments.
  out.disk = 2 * 12 * trained_count(config, model.parameters, request.recipe);
  std::error_code ignored;
  const auto space = std::filesystem::space(workspace_.folder(), ignored);
  out.disk_available = ignored ? 0 : static_cast<double>(space.available);
  out.fits = (out.memory_available == 0 || out.memory <= out.memory_available) &&
             (out.disk_available == 0 || out.disk <= out.disk_available);
  LOUPE_TRY(out.seconds, seconds(model, request.recipe, device,
                                 training_work(request.recipe, train->total(), eval_tokens)));
  return out;
}

std::string command_line_of(const store::Workspace& workspace, const TrainRequest& request,
                            const api::TrainAsked& asked) {
  const auto& recipe = request.recipe;
  std::string out = "rewardloupe-engine --workspace " + quoted(workspace.folder().string()) +
                    " train --type " + lower(recipe.type) + " --model " + quoted(request.model);
  size_t from_project = 0;
  if (!asked.project.empty()) {
    out += " --project " + quoted(asked.project);
    if (!asked.statements.empty()) out += " --statements " + quoted(asked.statements);
    if (asked.sets)
      for (const auto& set : *asked.sets) out += " --set " + quoted(set);
    from_project = asked.sets
                       ? asked.sets->size()
                       : request.eval.size() - asked.eval.size() - asked.eval_datasets.size();
  } else {
    if (!data::is_plain_file(request.train)) return "";
    out += " --data " + quoted(data::file_of(request.train));
  }
  for (size_t i = from_project; i < request.eval.size(); ++i) {
    const auto& spec = request.eval[i];
    if (!data::is_plain_file(spec)) return "";
    out += " --eval " + quoted(spec.value("name", "") + "=" + data::file_of(spec));
  }
  if (!request.name.empty()) out += " --name " + quoted(request.name);
  const json defaults = json(train::Recipe());
  // What stands behind the options: a project's recipe, or the defaults.
  json base = defaults;
  if (!asked.project.empty())
    if (const auto project = data::load_project(asked.project);
        project && project->recipe.is_object())
      base.update(api::with_present_keys(api::infos<api::Recipe>(), project->recipe));
  const json values = json(recipe);
  for (const auto& [key, value] : values.items()) {
    if (key == "type" || value == base[key]) continue;
    std::string option = key;
    std::replace(option.begin(), option.end(), '_', '-');
    if (value.is_boolean())
      out += (value.get<bool>() ? " --" : " --no-") + option;
    else
      out += " --" + option + " " + quoted(shortest(value));
  }
  return out;
}

}  // namespace loupe::engine
