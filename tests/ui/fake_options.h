// SPDX-License-Identifier: GPL-3.0-or-later
// What the fake engine can be told:
//
//   --banner          lines that are no messages before and after the first answer
//   --split           every message written in two pieces with a pause, two messages in one write
//   now and then
//   --slow METHOD MS  answer METHOD after MS milliseconds
//   --die-on METHOD   write to stderr and exit with code 3 when METHOD is asked
//   --die-once FILE   as --die-on attribute, but only as long as FILE does not exist; it is made on
//   the way out
//   --silent          never answer
//   --fail METHOD     answer METHOD with an error
//   --protocol N      claim this version
//   --empty           a workspace without runs
//   --no-runs         a workspace with models and data, but no runs
//   --many N          N further runs; the first of them has failed
//   --models N        models of every kind and state, and N further ones
//   --long            every chosen response is long
//   --shift-pause MS  wait before every row of a shift
//   --shift-fail RUN  that run cannot be scored by a shift
//   --record FILE     add its own command line to FILE
//   --needs-torch F   end with code 78 while there is no file F; "fetch-libtorch" makes it
//   --workspace W     the folder it claims; one with "empty" in its name has no runs
//   --live            run 2 is in training: a step more at every question
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "core/api/messages.h"

namespace loupe::test {

struct FakeOptions {
  bool banner = false, split = false, silent = false, empty = false, live = false, longer = false;
  std::map<std::string, int> slow;
  std::set<std::string> die_on, fail;
  std::string die_once, needs_torch, workspace = "/fake/persona.rlws";
  bool no_runs = false;
  int shift_pause = 0, many = 0, models = -1;
  int64_t shift_fail = 0;
  int protocol = api::protocol_version;
};

// --record writes its line here.
FakeOptions read_options(int argc, char** argv);

}  // namespace loupe::test
