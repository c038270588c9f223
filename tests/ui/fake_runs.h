// SPDX-License-Identifier: GPL-3.0-or-later
// The runs of the fake engine: made-up ones and those that are started here, their points, and the
// jobs that make them. One in training takes a step at every question for its points.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/api/messages.h"
#include "tests/ui/fake_models.h"
#include "tests/ui/fake_options.h"

namespace loupe::test {

class FakeRuns {
 public:
  // options and models must outlive it. models: filled when the demo is fetched. write: how
  // messages besides the answer are written.
  FakeRuns(const FakeOptions& options, FakeModels* models, FakeModels::Write write);
  std::vector<api::Run> listed() const;
  // Nothing: it is not a question about runs or jobs.
  std::optional<api::json> answer(const std::string& method, const api::json& params);

 private:
  // What was done to a run.
  struct Change {
    std::string name, note;
    bool deleted = false;
  };
  // A training that was started here.
  struct Started {
    int64_t id = 0, job = 0;
    std::string name, type, status = "running";
    int seed = 0, step = 0;
    api::json recipe;
  };

  bool live() const { return options_.live && !stopped_; }
  double live_epoch() const;
  std::vector<api::Run> original() const;
  void add_many(std::vector<api::Run>* all) const;
  Started* started_by_job(int64_t job);
  api::json change(const api::json& params, std::string Change::*what, const char* key);
  api::json remove(const api::json& params);
  api::json start_training(const api::json& params);
  api::json resume(const api::json& params);
  api::json stop(const api::json& params);
  api::json metrics(const api::json& params);
  std::vector<api::Job> jobs();

  const FakeOptions& options_;
  FakeModels* models_;
  FakeModels::Write write_;
  bool stopped_ = false;
  int live_step_ = 12, fetch_questions_ = 0;
  std::map<int64_t, Change> changes_;
  std::vector<Started> started_;
  std::vector<api::json> asked_to_train_;
};

}  // namespace loupe::test
