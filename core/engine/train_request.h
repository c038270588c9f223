// SPDX-License-Identifier: GPL-3.0-or-later
// What a request to train or evaluate asks for, with its data found: see train/start and eval/start
// in core/api.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/api/training.h"
#include "core/engine/jobs.h"

namespace loupe::engine {

Result<TrainRequest> train_request(store::Workspace& workspace, const api::TrainAsked& asked);
// Keeps the sets of these names, in their order; one that is not there is refused.
Result<void> keep_sets(std::vector<nlohmann::json>& specs, const std::vector<std::string>& names,
                       const std::string& project);
// Sets named by their files, and by the workspace's ids, as data specs.
Result<std::vector<nlohmann::json>> eval_specs(const store::Workspace& workspace,
                                               const std::map<std::string, std::string>& files,
                                               const std::vector<int64_t>& datasets);
// The pairs that the workspace knows by this id, hash included.
Result<nlohmann::json> dataset_spec(const store::Workspace& workspace, int64_t dataset);

}  // namespace loupe::engine
