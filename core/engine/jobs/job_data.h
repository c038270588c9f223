// SPDX-License-Identifier: GPL-3.0-or-later
// What kinds of job that read pairs and evaluate have in common.
#pragma once

#include "core/data/encode.h"
#include "core/data/source.h"
#include "core/model/load.h"
#include "core/store/workspace.h"
#include "core/train/recipe.h"
#include "core/train/trainer.h"

namespace loupe::engine {

// The pairs of a spec as tokens; refused when none is left within the recipe's limits.
Result<data::EncodedDataset> encode_spec(const nlohmann::json& spec,
                                         const model::LanguageModel& language,
                                         const train::Recipe& recipe);

// An evaluation with its pairs, in one transaction.
Result<int64_t> store_evaluation(store::Workspace& workspace, int64_t run,
                                 const train::EvalEvent& event);

}  // namespace loupe::engine
