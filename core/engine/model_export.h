// SPDX-License-Identifier: GPL-3.0-or-later
// Models that leave the workspace's list, and such that are made from others.
#pragma once

#include <string>

#include "core/api/models.h"
#include "core/engine/service/service.h"

namespace loupe::engine {

Result<api::Exported> export_from(const api::ExportAsked& asked, const CallContext& context);

// A copy of the model in the workspace whose embedding, and unembedding, have
// a row for each new token. Both models of an IM pair get the same tokens by the same rule, each
// from its own rows.
Result<store::ModelRow> add_tokens(const store::ModelRow& row, const api::TokensAdded& asked,
                                   const CallContext& context);

// The row with its files at `path`, which must be the same files by their hashes.
Result<store::ModelRow> located(const store::ModelRow& row, const std::string& path,
                                const CallContext& context);

}  // namespace loupe::engine
