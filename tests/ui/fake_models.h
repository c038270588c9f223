// SPDX-License-Identifier: GPL-3.0-or-later
// The models of the fake engine: a list that can be imported into, renamed, removed and located,
// and made-up answers about what they are made of.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/api/models.h"

namespace loupe::test {

struct Refused {
  std::string what, where, hint;
  std::string code = "invalid_input";
};

class FakeModels {
 public:
  using Write = std::function<void(const api::json&)>;

  // more: models of every kind and state, and then so many alike; -1: one model only.
  void fill(int more);
  // How messages besides the answer are written.
  void set_write(Write write) { write_ = std::move(write); }
  std::vector<api::Model> listed() const;
  // Nothing: it is not a question about models. request: the id that progress speaks of.
  std::optional<api::json> answer(const std::string& method, const api::json& params,
                                  const api::json& request);

 private:
  api::Model& at(const api::json& params);
  api::json import(const api::json& params, const api::json& request);
  api::json add_tokens(const api::json& params, const api::json& request);
  api::json locate(const api::json& params);
  api::json detail(const api::Model& model) const;
  void progress(const api::json& request, const std::string& phase, int steps, int ms) const;

  std::vector<api::Model> models_;
  Write write_;
};

}  // namespace loupe::test
