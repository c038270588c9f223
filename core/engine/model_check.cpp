// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model_check.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include "core/data/encode.h"
#include "core/engine/wire.h"
#include "core/reward/reward_model.h"

namespace loupe::engine {

SelfCheck self_check(const model::LanguageModel& language, const CancelToken& cancel) {
  const std::vector<tokenize::Turn> prompt{{"user", "What is two and two?"}};
  std::vector<data::EncodedText> texts;
  for (const char* response : {"Four.", "Two and two make four, as everybody knows."}) {
    auto text =
        data::encode_response(prompt, response, *language.chat_template, *language.tokenizer);
    if (!text) return {false, "Not checked: " + text.error().text()};
    texts.push_back(std::move(text).value());
  }
  const auto ids = [](const data::EncodedText& text) {
    std::vector<int32_t> out;
    for (const auto& token : text.response) out.push_back(token.id);
    return out;
  };
  const auto first = ids(texts[0]);
  const auto second = ids(texts[1]);
  std::unique_ptr<reward::RewardModel> reward;
  if (language.head.defined())
    reward = std::make_unique<reward::ExplicitReward>(language.decoder, language.head);
  else
    reward = std::make_unique<reward::ImplicitReward>(
        language.decoder, nullptr, reward::ImplicitReward::Options{1.0, false, true});
  model::ForwardOptions options;
  options.cancel = cancel;
  at::NoGradGuard no_grad;
  const auto score = [&](const std::vector<std::span<const int32_t>>& responses) {
    model::PackedBatch batch(language.decoder->config());
    batch.add_group(texts[0].prompt, responses);
    return reward->rewards(batch, options, {})[0].item<double>();
  };
  const double alone = score({first});
  const double together = score({first, second});
  const std::string what = language.head.defined() ? "reward " : "log-likelihood ";
  if (!std::isfinite(alone) || !std::isfinite(together))
    return {false,
            "A short text has " + what + format_number(alone) + ": the model does not compute."};
  // EX: relative; LM: 1e-4 nat a token.
  const double allowed = language.head.defined() ? 1e-4 * std::max(1.0, std::abs(alone))
                                                 : 1e-4 * static_cast<double>(first.size());
  const double off = std::abs(alone - together);
  const std::string numbers = what + format_number(alone) + " alone and " +
                              format_number(together) + " in a batch (" + format_number(off) +
                              " apart, " + format_number(allowed) + " allowed)";
  if (off > allowed)
    return {false, "A short text has " + numbers + ": what stands beside it changes its score."};
  return {true, "A short text has " + numbers + "."};
}

}  // namespace loupe::engine
