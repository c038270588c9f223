// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/cli/command_line.h"

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdlib>

#include "core/api/method.h"
#include "core/base/log.h"
#include "core/engine/placement.h"

namespace loupe::engine {

Result<store::Workspace> Context::open(bool create) const {
  return store::Workspace::open(
      workspace, create ? store::Workspace::Mode::create_or_open : store::Workspace::Mode::open);
}

Result<std::unique_ptr<Local>> Context::service(const std::string& device, bool create) const {
  set_threads(0);
  LOUPE_TRY(auto store, open(create));
  return Local::open(std::move(store), device);
}

void Context::run(const std::function<Result<void>(Terminal&)>& body) {
  Terminal terminal(json);
  const auto result = guard([&] { return body(terminal); });
  if (!result) exit_code = terminal.fail(result.error());
}

Result<store::RunRow> find_run(const store::Workspace& workspace, const std::string& text) {
  if (!text.empty() && text.find_first_not_of("0123456789") == std::string::npos &&
      text.size() < 18)
    return workspace.run(std::stoll(text));
  LOUPE_TRY(const auto found, workspace.runs_named(text));
  if (found.size() == 1) return found.front();
  if (found.empty())
    return Error{ErrorCode::not_found, "no run is called \"" + text + "\"",
                 workspace.folder().string(), "`runs list` shows the runs there are"};
  std::string ids;
  for (const auto& run : found) ids += (ids.empty() ? "" : ", ") + std::to_string(run.id);
  return Error{ErrorCode::invalid_input, "several runs are called \"" + text + "\"", "",
               "give an id: " + ids};
}

int run_command_line(int argc, char** argv) {
  std::signal(SIGXFSZ, SIG_IGN);
  CLI::App app{
      "RewardLoupe's engine: load language models, train explicit and implicit reward models, and "
      "see why they disagree."};
  app.name("rewardloupe-engine");  // a launcher may have started it under another path
  app.set_version_flag("--version", LOUPE_VERSION);
  app.require_subcommand(1);
  app.fallthrough();
  Context context;
  bool verbose = false;
  if (const char* folder = std::getenv("REWARDLOUPE_WORKSPACE")) context.workspace = folder;
  app.add_option("-w,--workspace", context.workspace, "folder of the workspace")
      ->capture_default_str();
  app.add_flag("--json", context.json, "JSON, one value a line, for scripts");
  app.add_flag("--verbose", verbose, "say more on stderr");
  app.parse_complete_callback([&] { init_log(verbose); });
  add_model_verbs(app, context);
  add_score_verbs(app, context);
  add_run_verbs(app, context);
  add_train_verbs(app, context);
  add_demo_verb(app, context);
  CLI11_PARSE(app, argc, argv);
  return context.exit_code;
}

}  // namespace loupe::engine
