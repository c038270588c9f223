// SPDX-License-Identifier: GPL-3.0-or-later
// Models of a workspace: imported by reference, loaded when asked for, kept while memory allows.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <string>

#include "core/api/messages.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/model/load.h"
#include "core/reward/reward_model.h"
#include "core/store/workspace.h"
#include "core/train/recipe.h"

namespace loupe::engine {

// Checks the files, hashes them, and adds the row. `name`: "" takes the file's or folder's.
Result<store::ModelRow> import_model(store::Workspace& workspace, const std::string& path,
                                     std::string name);

// The name of the model that `text` names: one of the workspace, or files (absolute, or ./… and
// ../… from `folder`), which are imported when the workspace does not have them yet.
Result<std::string> model_named(store::Workspace& workspace, const std::string& text,
                                const std::filesystem::path& folder);

// "ok", "changed: FILE" or "missing: FILE"; by size and time, and by hash where the time alone
// differs.
std::string model_status(const store::ModelRow& row);
api::Model to_api(const store::ModelRow& row);

// Refused when a file is missing or has changed since the import.
Result<model::LanguageModel> load_row(const store::ModelRow& row, at::Device device,
                                      const ProgressFn& progress = {});

// A trained reward model with all that scoring text needs.
struct LoadedRun {
  store::RunRow run;
  train::Recipe recipe;
  model::LanguageModel language;  // the trained decoder, tokenizer and template
  std::shared_ptr<reward::RewardModel> reward;
  int64_t checkpoint = 0;  // its id: another one may give other rewards
};

// Keeps what was loaded, least recently used first out. One thread.
class ModelCache {
 public:
  // `limit`: bytes of parameters kept; 0: a third of the machine's memory.
  ModelCache(const store::Workspace& workspace, at::Device device, uint64_t limit = 0);
  Result<std::shared_ptr<const model::LanguageModel>> base(int64_t model_id,
                                                           const ProgressFn& progress = {});
  // From the newest checkpoint; a run without one is refused.
  Result<std::shared_ptr<const LoadedRun>> run(int64_t run_id, const ProgressFn& progress = {});
  void clear();
  uint64_t limit() const { return limit_; }

 private:
  struct Entry {
    std::string key;
    std::shared_ptr<const void> value;
    uint64_t bytes = 0;
  };
  template <class T>
  std::shared_ptr<const T> find(const std::string& key);
  void keep(const std::string& key, std::shared_ptr<const void> value, uint64_t bytes);

  const store::Workspace& workspace_;
  at::Device device_;
  uint64_t limit_;
  std::list<Entry> entries_;  // newest first
};

// "auto", "cpu", "cuda:N" -> a device that is there.
Result<at::Device> choose_device(const std::string& name);
std::vector<std::string> device_names();
// CPU threads of torch: `wanted`, or every core.
void set_threads(int64_t wanted);

}  // namespace loupe::engine
