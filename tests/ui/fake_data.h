// SPDX-License-Identifier: GPL-3.0-or-later
// The data of the fake engine: the sample project, its sets of pairs, and what was imported.
#pragma once

#include <string>
#include <vector>

#include "core/api/messages.h"
#include "tests/ui/fake_options.h"
#include "tests/ui/fake_service.h"

namespace loupe::test {

inline const std::vector<std::string> pair_sets = {"train", "test", "reworded_train",
                                                   "reworded_test"};

class FakeData {
 public:
  // options must outlive it.
  explicit FakeData(const FakeOptions& options) : options_(options) {}

  api::Pair pair(const std::string& set, int64_t index) const;
  // The pair that is meant, its prompt as one text.
  api::Pair pair(const api::PairRef& ref) const;
  api::PairsPage answer(api::PairsList, const api::PairsAsked&, const json&) const;
  api::Rows<api::Dataset> answer(api::DatasetsList, const api::Nothing&, const json&) const;
  api::Rows<api::Project> answer(api::ProjectsList, const api::Nothing&, const json&) const;
  api::Project answer(api::ProjectsShow, const api::At&, const json&) const;
  api::FolderListing answer(api::FolderList, const api::At&, const json&) const;

 private:
  std::vector<api::Dataset> datasets() const;

  const FakeOptions& options_;
};

}  // namespace loupe::test
