// SPDX-License-Identifier: GPL-3.0-or-later
// The runs of the fake engine: made-up ones and those that are started here, their points, and the
// jobs that make them. One in training takes a step at every question for its points.
#pragma once

#include <map>
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
  api::Page<api::Run> answer(api::RunsList, const api::RunsPage&, const json&);
  api::Run answer(api::RunsShow, const api::Id&, const json&);
  api::RunMetrics answer(api::RunsMetrics, const api::MetricsAfter&, const json&);
  api::Nothing answer(api::RunsRename, const api::NewName&, const json&);
  api::Nothing answer(api::RunsNote, const api::NewNote&, const json&);
  api::Nothing answer(api::RunsDelete, const api::Deletion&, const json&);
  api::Rows<api::Job> answer(api::JobsList, const api::Nothing&, const json&);
  api::Nothing answer(api::JobsStop, const api::Id&, const json&);
  api::LogText answer(api::JobsLog, const api::LogEnd&, const json&);
  api::Started answer(api::TrainStart, const api::TrainAsked&, const json&);
  api::Estimate answer(api::TrainEstimate, const api::TrainAsked&, const json&);
  api::Started answer(api::TrainResume, const api::RunId&, const json&);
  api::Started answer(api::EvalStart, const api::EvalAsked&, const json&);
  api::Started answer(api::FetchDemo, const api::Nothing&, const json&);
  // What training was asked for, in order.
  const std::vector<api::json>& asked_to_train() const { return asked_to_train_; }

 private:
  // What was done to a run.
  struct Change {
    std::string name, note;
    bool deleted = false;
  };
  // A training that was started here.
  struct Training {
    int64_t id = 0, job = 0;
    std::string name, type, status = "running";
    int seed = 0, step = 0;
    api::json recipe;
  };

  bool live() const { return options_.live && !stopped_; }
  double live_epoch() const;
  std::vector<api::Run> original() const;
  void add_many(std::vector<api::Run>* all) const;
  Training* started_by_job(int64_t job);
  std::vector<api::Job> jobs();

  const FakeOptions& options_;
  FakeModels* models_;
  FakeModels::Write write_;
  bool stopped_ = false;
  int live_step_ = 12, fetch_questions_ = 0;
  std::map<int64_t, Change> changes_;
  std::vector<Training> started_;
  std::vector<api::json> asked_to_train_;
};

}  // namespace loupe::test
