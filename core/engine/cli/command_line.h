// SPDX-License-Identifier: GPL-3.0-or-later
// The engine's verbs on the command line.
#pragma once

#include <functional>
#include <string>

#include "core/base/result.h"
#include "core/engine/cli/terminal.h"
#include "core/engine/service/local.h"
#include "core/store/workspace.h"

namespace CLI {
class App;
}

namespace loupe::engine {

int run_command_line(int argc, char** argv);

// What every verb gets.
struct Context {
  std::string workspace = "workspace";
  bool json = false;
  int exit_code = 0;

  Result<store::Workspace> open(bool create = false) const;
  // The service on that workspace, computing on `device` with every core.
  Result<std::unique_ptr<Local>> service(const std::string& device = "cpu",
                                         bool create = false) const;
  // Runs a verb's body, printing its error and setting the exit code.
  void run(const std::function<Result<void>(Terminal&)>& body);
};

void add_model_verbs(CLI::App& app, Context& context);  // model, tokenize, logprobs
void add_score_verbs(CLI::App& app, Context& context);  // score, attribute, shift
void add_run_verbs(CLI::App& app, Context& context);    // runs, jobs, serve, job
void add_train_verbs(CLI::App& app, Context& context);  // train, eval
void add_demo_verb(CLI::App& app, Context& context);

// A run by its id, or by its name where that is unique.
Result<store::RunRow> find_run(const store::Workspace& workspace, const std::string& text);

}  // namespace loupe::engine
