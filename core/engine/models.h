// SPDX-License-Identifier: GPL-3.0-or-later
// Models of a workspace: imported by reference, loaded when asked for.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/api/messages.h"
#include "core/api/models.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/model/load.h"
#include "core/reward/kinds.h"
#include "core/store/workspace.h"

namespace loupe::engine {

struct ImportOptions {
  std::string name;       // "": the file's or folder's
  int64_t base = 0;       // of an adapter: the model of the workspace that it lies on
  int64_t reference = 0;  // not 0: the files are the policy of an IM-RM, this its reference
  // Of that IM-RM; not given: what an exported one says of itself, else 0.01.
  std::optional<double> beta;
  // Of an adapter: into its base's matrices, not beside them.
  bool merge = false;
  // Of an adapter: the policy of an IM-RM with its own base as reference, and `beta`.
  bool implicit = false;
  bool check = true;  // load it and score a short text, alone and in a batch
  CancelToken cancel;
  ProgressFn progress;
};

// Checks the files, hashes them, checks what it computes, and adds the row. Throws Cancelled.
Result<store::ModelRow> import_model(store::Workspace& workspace, const std::string& path,
                                     const ImportOptions& options = {});
// What importing the path would give, from headers alone.
Result<api::FileKind> inspect_path(const store::Workspace& workspace, const std::string& path);
// The name that an import gives a path.
std::string model_name_of(const std::filesystem::path& path, bool gguf);

// The name of the model that `text` names: one of the workspace, or files (absolute, or ./… and
// ../… from `folder`), which are imported when the workspace does not have them yet.
Result<std::string> model_named(store::Workspace& workspace, const std::string& text,
                                const std::filesystem::path& folder);

// "ok", "changed: FILE" or "missing: FILE"; by size and time, and by hash where the time alone
// differs.
std::string model_status(const store::ModelRow& row);
// `runs`: how many use it.
api::Model to_api(const store::ModelRow& row, int64_t runs = 0);
Result<std::vector<api::Model>> list_models(const store::Workspace& workspace);

// What its score is.
const reward::RewardKind& kind_of(const store::ModelRow& row);

// Training starts from a language model; what is a reward model already is refused.
Result<void> check_trainable(const store::ModelRow& row);

// The row whose files hold a model's tokenizer, template and config: its own, or an adapter's base.
Result<store::ModelRow> text_row(const store::Workspace& workspace, const store::ModelRow& row);

// Puts the adapter of `row` on its base, applied or merged as it was imported. Parameters that
// `model` shares with others stay as they are.
Result<void> put_adapter_on(const store::ModelRow& row, model::LanguageModel& model);

// An adapter on its base. Refused when a file is missing or has changed since the import.
Result<model::LanguageModel> load_row(const store::Workspace& workspace, const store::ModelRow& row,
                                      const model::LoadOptions& options);

}  // namespace loupe::engine
