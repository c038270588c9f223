// SPDX-License-Identifier: GPL-3.0-or-later
#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "core/attrib/method.h"
#include "core/data/source.h"
#include "core/engine/model_cache.h"
#include "core/engine/models.h"
#include "core/engine/placement.h"
#include "core/engine/scoring.h"
#include "core/engine/service/handlers.h"
#include "core/engine/wire.h"
#include "core/model/compute.h"
#include "core/reward/score_plan.h"

namespace loupe::engine {

Result<api::Attribution> ScoreHandlers::answer(api::Attribute, const api::AttributeAsked& asked,
                                               CallContext& context) {
  LOUPE_TRY(const auto pair, session_.pairs.pair(context.store, asked.pair));
  // Loading is told apart from computing, so that a first click does not look like a hang.
  LOUPE_TRY(const auto loaded, session_.cache().scorer(asked.of, context.progress));
  return attribute(*loaded, pair, asked.method, context.cancel);
}

Result<api::Rows<api::AttributionMethod>> ScoreHandlers::answer(api::AttributionMethods,
                                                                const api::Nothing&, CallContext&) {
  api::Rows<api::AttributionMethod> out;
  for (const auto* method : attrib::methods()) {
    const auto info = method->info();
    out.rows.push_back({std::string(info.id), std::string(info.title), std::string(info.why),
                        info.credited == attrib::Credited::input_tokens});
  }
  return out;
}

Result<api::Rows<api::Shift>> ScoreHandlers::answer(api::ShiftResponse,
                                                    const api::ShiftAsked& asked,
                                                    CallContext& context) {
  Edit edit{{}, asked.before, asked.after, asked.rejected};
  LOUPE_TRY(auto pair, session_.pairs.pair(context.store, asked.pair));
  edit.prompt = std::move(pair.prompt);
  api::Rows<api::Shift> out;
  for (const auto& of : asked.of) {
    context.cancel.check();
    // One scorer's trouble is a row of its own; only a cancel ends the whole.
    auto shift = [&]() -> Result<api::Shift> {
      LOUPE_TRY(const auto loaded, session_.cache().scorer(of, context.progress));
      return shift_response(*loaded, edit, context.cancel, &session_.memo());
    }();
    if (!shift &&
        (shift.error().code == ErrorCode::cancelled || shift.error().code == ErrorCode::superseded))
      return std::move(shift).error();
    api::Shift row;
    if (shift) {
      row = std::move(*shift);
    } else {
      (of.is_run() ? row.run : row.model) = of.id;
      if (const auto known = context.store.run(of.id); of.is_run() && known) {
        row.run_name = known->name;
        row.type = known->type;
      }
      if (const auto known = context.store.model(of.id); of.is_model() && known) {
        row.run_name = known->name;
        row.type = known->kind;
      }
      row.error = error_json(shift.error());
    }
    out.rows.push_back(std::move(row));
    if (context.partial) context.partial(out.rows.back());
  }
  return out;
}

namespace {

Result<double> reward_of(const LoadedReward& loaded, const model::ForwardOptions& options,
                         const api::ScoreAsked& asked) {
  const auto& language = loaded.language;
  LOUPE_TRY(const auto prompt, turns_of(asked.prompt));
  LOUPE_TRY(const auto text, loaded.kind->encode(prompt, asked.response, language));
  LOUPE_CHECK(check_context(language, text.prompt.size() + text.response.size()));
  model::PackedBatch batch(language.decoder->config());
  std::vector<int32_t> ids;
  for (const auto& token : text.response) ids.push_back(token.id);
  batch.add_group(text.prompt, {ids});
  at::NoGradGuard no_grad;
  return loaded.reward->rewards(batch, options, {})[0].item<double>();
}

Result<std::vector<api::PairScore>> rewards_of_file(const LoadedReward& loaded,
                                                    const model::ForwardOptions& options,
                                                    const std::string& path,
                                                    const ProgressFn& progress) {
  const auto& language = loaded.language;
  LOUPE_TRY(const auto dataset, data::load_spec(data::file_spec("data", path)));
  LOUPE_TRY(const auto set, data::encode_dataset(dataset, loaded.kind->encoder(language), {0, 0}));
  for (const auto& pair : set.pairs)
    LOUPE_CHECK(check_context(
        language, pair.prompt.size() + std::max(pair.chosen.size(), pair.rejected.size()),
        path + ":" + std::to_string(dataset.pairs[static_cast<size_t>(pair.index)].row)));
  const reward::ScorePlan plan({std::span<const data::EncodedPair>(set.pairs)},
                               language.decoder->config());
  const auto rewards = reward::score(*loaded.reward, plan, options, {}, progress);
  std::vector<api::PairScore> out;
  for (size_t i = 0; i < set.pairs.size(); ++i) {
    const auto [c, r] = plan.slots(0, i);
    const double chosen = rewards[static_cast<size_t>(c)];
    const double rejected = rewards[static_cast<size_t>(r)];
    out.push_back({set.pairs[i].index, chosen, rejected, chosen - rejected});
  }
  return out;
}

}  // namespace

Result<api::Scores> ScoreHandlers::answer(api::Score, const api::ScoreAsked& asked,
                                          CallContext& context) {
  if (asked.data.empty() == (asked.prompt.empty() || asked.response.empty()))
    return Error{ErrorCode::invalid_input, "give either data, or a prompt and a response",
                 "request", ""};
  LOUPE_TRY(const auto loaded, session_.cache().scorer(asked.of, context.progress));
  model::ForwardOptions options;
  options.compute = model::compute_type(asked.compute_dtype, loaded->language.decoder->device());
  options.cancel = context.cancel;
  api::Scores out;
  if (asked.data.empty()) {
    LOUPE_TRY(out.reward, reward_of(*loaded, options, asked));
  } else {
    LOUPE_TRY(out.rows, rewards_of_file(*loaded, options, asked.data, [&](const Progress& p) {
                if (context.progress) context.progress(p);
                if (context.yield) context.yield();
              }));
  }
  return out;
}

Result<api::LogProbs> ScoreHandlers::answer(api::LogProbsOf, const api::LogProbsAsked& asked,
                                            CallContext& context) {
  model::LoadOptions loading;
  LOUPE_TRY(loading.device, choose_device(session_.device()));
  std::error_code ignored;
  model::LanguageModel language;
  if (std::filesystem::exists(asked.model, ignored)) {
    LOUPE_TRY(language, model::load_model(asked.model, loading));
  } else {
    LOUPE_TRY(const auto row, context.store.model(asked.model));
    LOUPE_TRY(language, load_row(context.store, row, loading));
  }
  LOUPE_TRY(const auto prompt, turns_of(asked.prompt));
  LOUPE_TRY(const auto text, data::encode_response(prompt, asked.response, *language.chat_template,
                                                   *language.tokenizer));
  LOUPE_CHECK(check_context(language, text.prompt.size() + text.response.size()));
  model::PackedBatch batch(language.decoder->config());
  std::vector<int32_t> ids;
  for (const auto& token : text.response) ids.push_back(token.id);
  batch.add_group(text.prompt, {ids});
  model::ForwardOptions options;
  options.compute = model::compute_type(asked.compute_dtype, language.decoder->device());
  options.cancel = context.cancel;
  const auto values =
      reward::policy_log_probs(*language.decoder, batch, options).to(at::kDouble).cpu();
  api::LogProbs out;
  out.prompt = text.prompt_text;
  out.response = text.response_text;
  for (size_t i = 0; i < ids.size(); ++i) {
    const double value = values[static_cast<int64_t>(i)].item<double>();
    out.sum += value;
    out.tokens.push_back({ids[i], printable(language.tokenizer->token_bytes(ids[i])), value});
  }
  return out;
}

}  // namespace loupe::engine
