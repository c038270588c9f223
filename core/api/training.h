// SPDX-License-Identifier: GPL-3.0-or-later
// Starting what trains and evaluates.
#pragma once

#include <map>
#include <nlohmann/json.hpp>

#include "core/api/method.h"

namespace loupe::api {

// What a training run will take, before it is started.
struct Estimate {
  std::string device;
  int64_t pairs = 0, eval_pairs = 0, left_out = 0;
  double memory = 0, memory_available = 0;  // bytes
  double disk = 0, disk_available = 0;      // bytes
  bool fits = true;
  double seconds = -1;  // from measured runs of the same model, type and dtype; -1: none yet
  std::string command;  // the same as a command line
  LOUPE_FIELDS(Estimate, device, pairs, eval_pairs, left_out, memory, memory_available, disk,
               disk_available, fits, seconds, command)
};

// Of project, data and dataset one is given.
struct TrainAsked {
  std::string model;             // by name; "": the project's
  json recipe = json::object();  // of Recipe what differs from the project's, or from the defaults
  std::string name;              // of the run; "" makes one
  std::string project;           // a project file
  std::optional<std::vector<std::string>> sets;  // of the project's evaluation sets, only these
  std::string statements;                        // used instead of the project's own
  std::string data;                              // a file of pairs
  int64_t dataset = 0;
  std::map<std::string, std::string> eval;  // further evaluation sets: name -> file
  std::vector<int64_t> eval_datasets;
  LOUPE_FIELDS(TrainAsked, model, recipe, name, project, sets, statements, data, dataset, eval,
               eval_datasets)
};
struct Started {
  int64_t job = 0, run = 0;
  LOUPE_FIELDS(Started, job, run)
};
struct TrainStart : Method<TrainAsked, Started> {
  static constexpr const char* name = "train/start";
  static constexpr Lane lane = Lane::files;
  static constexpr std::string_view doing = LOUPE_TEXT("starting a training run");
};
struct TrainEstimate : Method<TrainAsked, Estimate> {
  static constexpr const char* name = "train/estimate";
  static constexpr Lane lane = Lane::interactive;
  static constexpr std::string_view doing = LOUPE_TEXT("estimating a training run");
};

struct RunId {
  int64_t run = 0;
  LOUPE_ASKED(RunId, (run), ())
};
struct TrainResume : Method<RunId, Started> {
  static constexpr const char* name = "train/resume";
  static constexpr Lane lane = Lane::store;
  static constexpr std::string_view doing = LOUPE_TEXT("starting a training run");
};

struct EvalAsked {
  int64_t run = 0;
  std::map<std::string, std::string> eval;  // name -> file
  std::vector<int64_t> eval_datasets;
  LOUPE_ASKED(EvalAsked, (run), (eval, eval_datasets))
};
struct EvalStart : Method<EvalAsked, Started> {
  static constexpr const char* name = "eval/start";
  static constexpr Lane lane = Lane::files;
  static constexpr std::string_view doing = LOUPE_TEXT("starting an evaluation");
};

struct FetchDemo : Method<Nothing, Started> {  // fetches and imports the demo model
  static constexpr const char* name = "models/fetch_demo";
  static constexpr Lane lane = Lane::store;
};

using TrainMethods = Methods<TrainStart, TrainEstimate, TrainResume, EvalStart, FetchDemo>;

}  // namespace loupe::api
