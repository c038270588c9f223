// SPDX-License-Identifier: GPL-3.0-or-later
// What a request to train or evaluate asks for, with its data found: see train/start and eval/start
// in core/api.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "core/engine/jobs.h"

namespace loupe::engine {

Result<TrainRequest> train_request(store::Workspace& workspace, const nlohmann::json& params);
// Keeps the sets of these names, in their order; one that is not there is refused.
Result<void> keep_sets(std::vector<nlohmann::json>& specs, const std::vector<std::string>& names,
                       const std::string& project);
// "eval": {NAME: FILE} and "eval_datasets": [id], as data specs.
Result<std::vector<nlohmann::json>> eval_specs(const store::Workspace& workspace,
                                               const nlohmann::json& params);
// The pairs that the workspace knows by this id, hash included.
Result<nlohmann::json> dataset_spec(const store::Workspace& workspace, int64_t dataset);

}  // namespace loupe::engine
