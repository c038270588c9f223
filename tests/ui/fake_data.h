// SPDX-License-Identifier: GPL-3.0-or-later
// The data of the fake engine: the sample project, its sets of pairs, and what was imported.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/api/messages.h"
#include "tests/ui/fake_options.h"

namespace loupe::test {

inline const std::vector<std::string> pair_sets = {"train", "test", "reworded_train",
                                                   "reworded_test"};

class FakeData {
 public:
  // options must outlive it.
  explicit FakeData(const FakeOptions& options) : options_(options) {}

  api::Pair pair(const std::string& set, int64_t index) const;
  // Nothing: it is not a question about data.
  std::optional<api::json> answer(const std::string& method, const api::json& params) const;

 private:
  std::vector<api::Dataset> datasets() const;
  api::json pairs_of(const api::json& params) const;

  const FakeOptions& options_;
};

}  // namespace loupe::test
