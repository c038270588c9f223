// SPDX-License-Identifier: GPL-3.0-or-later
// What the Models page asks: a model's parts, its tokenizer and template at work, what it takes.
#pragma once

#include <memory>
#include <string>

#include "core/engine/compute_requests.h"
#include "core/engine/models.h"

namespace loupe::engine {

// One thread, with a Workspace of its own: an import or an export may take minutes, and scoring
// goes on meanwhile.
class ModelRequests {
 public:
  explicit ModelRequests(store::Workspace& workspace, at::Device device)
      : workspace_(workspace), device_(device) {}
  static bool knows(const std::string& method);
  Result<nlohmann::json> answer(const std::string& method, const nlohmann::json& params,
                                const Asker& asker);

 private:
  // Tokenizer and template of the model that was asked about last.
  struct Text : model::TextParts {
    int64_t model = 0;
    std::string path, date;
  };
  Result<const Text*> text_of(const store::ModelRow& row);
  Result<nlohmann::json> import(const nlohmann::json& params, const Asker& asker);
  Result<nlohmann::json> show(const store::ModelRow& row);
  Result<nlohmann::json> tensors(const store::ModelRow& row, const nlohmann::json& params);
  Result<nlohmann::json> tokenize(const store::ModelRow& row, const nlohmann::json& params);
  Result<nlohmann::json> render(const store::ModelRow& row, const nlohmann::json& params);
  Result<nlohmann::json> memory(const store::ModelRow& row, const nlohmann::json& params);
  Result<nlohmann::json> change(const std::string& method, store::ModelRow row,
                                const nlohmann::json& params, const Asker& asker);

  store::Workspace& workspace_;
  at::Device device_;
  Text text_;
};

}  // namespace loupe::engine
