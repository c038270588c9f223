// SPDX-License-Identifier: GPL-3.0-or-later
// Models that leave the workspace's list, and such that are made from others.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "core/api/models.h"
#include "core/engine/compute_requests.h"

namespace loupe::engine {

// {run | model, path, reference?, merged?}: see runs/export in core/api.
Result<api::Exported> export_from(const store::Workspace& workspace, const nlohmann::json& params,
                                  const Asker& asker);

// {tokens, init, name}: a copy of the model in the workspace whose embedding, and unembedding, have
// a row for each new token. Both models of an IM pair get the same tokens by the same rule, each
// from its own rows.
Result<store::ModelRow> add_tokens(store::Workspace& workspace, const store::ModelRow& row,
                                   const nlohmann::json& params, const Asker& asker);

// The row with its files at `path`, which must be the same files by their hashes.
Result<store::ModelRow> located(const store::ModelRow& row, const std::string& path,
                                const Asker& asker);

}  // namespace loupe::engine
