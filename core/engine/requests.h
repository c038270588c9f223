// SPDX-License-Identifier: GPL-3.0-or-later
// One request in, one result out: what each method of the wire does. Knows nothing of lines,
// threads or slots.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "core/api/messages.h"
#include "core/base/result.h"
#include "core/data/preference.h"
#include "core/store/workspace.h"
#include "core/tokenize/chat_template.h"

namespace loupe::engine {

// Answers from the store: quick, any thread with a Workspace of its own.
class StoreRequests {
 public:
  explicit StoreRequests(store::Workspace& workspace) : workspace_(workspace) {}
  // nullopt: not a method of this kind.
  std::optional<Result<nlohmann::json>> answer(const std::string& method,
                                               const nlohmann::json& params);
  // The pairs of an evaluation set (or the training set) of a run; kept while the run's data is the
  // same.
  Result<const data::PreferenceDataset*> run_pairs(int64_t run, const std::string& set);
  // Those of a data set that the workspace knows.
  Result<const data::PreferenceDataset*> dataset_pairs(int64_t dataset);

 private:
  Result<const data::PreferenceDataset*> pairs_of(const nlohmann::json& spec);
  Result<nlohmann::json> pairs_list(const nlohmann::json& params);
  Result<std::vector<nlohmann::json>> run_specs(int64_t run);
  store::Workspace& workspace_;
  std::map<std::string, data::PreferenceDataset> datasets_;
};

// Answers from the file system, which may be slow (a network folder): a thread of their own.
class FileRequests {
 public:
  static bool knows(const std::string& method);
  static Result<nlohmann::json> answer(const std::string& method, const nlohmann::json& params);
};

// Turns out of a wire prompt: a string (one user turn) or a list of {role, content}.
Result<std::vector<tokenize::Turn>> parse_prompt(const nlohmann::json& prompt);

}  // namespace loupe::engine
