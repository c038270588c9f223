// SPDX-License-Identifier: GPL-3.0-or-later
// Jobs: work that goes on in a process of its own.
#pragma once

#include "core/api/method.h"

namespace loupe::api {

struct Job {
  int64_t id = 0;
  std::string kind, status, error;
  int64_t run_id = 0;
  std::string title;  // "IM-RM im-persona-s0"
  std::string phase;
  double done = 0, total = 0, seconds_left = -1;
  double created = 0, started = 0, ended = 0;
  std::string log_tail;
  LOUPE_FIELDS(Job, id, kind, status, error, run_id, title, phase, done, total, seconds_left,
               created, started, ended, log_tail)
};

struct JobsList : Method<Nothing, Rows<Job>> {
  static constexpr const char* name = "jobs/list";  // newest first
  static constexpr Lane lane = Lane::store;
};
struct JobsStop : Method<Id, Nothing> {
  static constexpr const char* name = "jobs/stop";
  static constexpr Lane lane = Lane::store;
};

struct LogEnd {
  int64_t id = 0, bytes = 100000;
  LOUPE_ASKED(LogEnd, (id), (bytes))
};
struct LogText {
  std::string text;
  LOUPE_FIELDS(LogText, text)
};
struct JobsLog : Method<LogEnd, LogText> {  // the end of its log
  static constexpr const char* name = "jobs/log";
  static constexpr Lane lane = Lane::store;
};

using JobMethods = Methods<JobsList, JobsStop, JobsLog>;

}  // namespace loupe::api
