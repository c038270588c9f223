// SPDX-License-Identifier: GPL-3.0-or-later
// What a recipe trains, on a decoder without its tokenizer.
#pragma once

#include "core/reward/kinds.h"
#include "core/train/trainer.h"
#include "tests/model/golden_models.h"

namespace loupe::test {

inline std::unique_ptr<reward::RewardModel> fresh_reward(std::shared_ptr<model::Decoder> decoder,
                                                         const train::Recipe& recipe) {
  model::LanguageModel language;
  language.decoder = std::move(decoder);
  return must(must(reward::kind_named(recipe.type))->fresh(language, api::json(recipe)));
}

}  // namespace loupe::test
