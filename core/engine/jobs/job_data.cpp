// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/jobs/job_data.h"

#include "core/base/log.h"
#include "core/data/source.h"
#include "core/reward/kinds.h"

namespace loupe::engine {

Result<data::EncodedDataset> encode_spec(const nlohmann::json& spec,
                                         const model::LanguageModel& language,
                                         const train::Recipe& recipe) {
  LOUPE_TRY(const auto dataset, data::load_spec(spec));
  LOUPE_TRY(const auto* kind, reward::kind_named(recipe.type));
  LOUPE_TRY(auto encoded,
            data::encode_dataset(dataset, kind->encoder(language),
                                 {recipe.max_prompt_tokens, recipe.max_response_tokens,
                                  language.decoder->config().max_positions}));
  if (!encoded.left_out.empty())
    log_warning(dataset.name + ": " + std::to_string(encoded.left_out.size()) + " of " +
                std::to_string(dataset.pairs.size()) +
                " pairs are over the length limit and left out, the first in row " +
                std::to_string(encoded.left_out.front().row));
  if (encoded.pairs.empty())
    return Error{ErrorCode::invalid_input, "no pair of \"" + dataset.name + "\" is left",
                 dataset.path,
                 encoded.left_out.empty() ? "give a file with pairs"
                                          : "every pair is over the length limit; raise it"};
  return encoded;
}

Result<int64_t> store_evaluation(store::Workspace& workspace, int64_t run,
                                 const train::EvalEvent& event) {
  store::EvalMetric metric;
  metric.step = event.step;
  metric.epoch = event.epoch;
  metric.set = event.set;
  metric.measures = eval::to_json(event.measures);
  std::vector<store::EvalPair> pairs;
  for (size_t i = 0; i < event.index.size(); ++i)
    pairs.push_back({event.index[i], event.cluster[i], event.chosen[i], event.rejected[i]});
  return workspace.add_eval(run, metric, pairs);
}

}  // namespace loupe::engine
