// SPDX-License-Identifier: GPL-3.0-or-later
// The paper's headline on a laptop: one recipe, two ways to read the reward off.
#include <CLI/CLI.hpp>
#include <cctype>
#include <map>

#include "core/engine/cli/command_line.h"
#include "core/engine/jobs.h"
#include "core/engine/models.h"
#include "core/engine/wire.h"

namespace loupe::engine {

namespace {

using nlohmann::json;

struct DemoOptions {
  std::string project, model, statements, device;
  std::vector<uint64_t> seeds;  // empty: the project's first
};

// A run of this demo that is already there, so that a second call goes on instead of starting over.
Result<std::optional<store::RunRow>> existing_run(const store::Workspace& workspace,
                                                  const std::string& name) {
  LOUPE_TRY(const auto runs, workspace.runs_named(name));
  return runs.empty() ? std::nullopt : std::optional(runs.front());
}

Result<void> finish_run(store::Workspace& workspace, const TrainRequest& request,
                        Terminal& terminal) {
  LOUPE_CHECK(workspace.reap_dead_jobs());
  LOUPE_TRY(const auto known, existing_run(workspace, request.name));
  StartedJob started;
  if (known && known->status == "done") return {};
  if (known && (known->status == "running" || known->status == "queued")) {
    LOUPE_TRY(const auto jobs, workspace.jobs_of_run(known->id));
    if (!jobs.empty()) started = {jobs.front().id, known->id};
  } else if (known) {
    LOUPE_TRY(started, add_resume(workspace, known->id));
  } else {
    LOUPE_TRY(started, add_training(workspace, request));
  }
  LOUPE_CHECK(dispatch(workspace));
  LOUPE_TRY(const auto job, follow_job(workspace, started.job, request.name, terminal));
  if (job.status == store::JobStatus::done) return {};
  if (auto error = error_from_text(job.error)) return *std::move(error);
  return Error{ErrorCode::cancelled,
               std::string("the run ") + request.name + " is " + store::job_status_name(job.status),
               "", "the same command again goes on with it"};
}

// One row an epoch: both models, original and other phrasing, train / test.
Result<void> print_table(store::Workspace& workspace, uint64_t seed, Terminal& terminal) {
  std::map<std::string, std::map<int64_t, std::map<std::string, double>>>
      accuracy;  // type, epoch, set
  std::map<std::string, store::RunRow> rows;
  for (const std::string type : {"ex", "im"}) {
    LOUPE_TRY(const auto run, existing_run(workspace, type + "-persona-s" + std::to_string(seed)));
    if (!run) return Error{ErrorCode::internal, "the demo's run is missing", type, ""};
    rows[type] = *run;
    LOUPE_TRY(const auto evals, workspace.evals(run->id));
    for (const auto& e : evals)
      accuracy[type][static_cast<int64_t>(e.epoch + 0.5)][e.set] =
          e.measures.value("accuracy", 0.0);
  }
  const auto cell = [&](const std::string& type, int64_t epoch, const std::string& set) {
    char text[16];
    std::snprintf(text, sizeof(text), "%.3f", accuracy[type][epoch][set]);
    return std::string(text);
  };
  std::vector<std::vector<std::string>> table;
  json list = json::array();
  for (const auto& [epoch, sets] : accuracy["ex"]) {
    std::vector<std::string> row{std::to_string(epoch)};
    for (const std::string type : {"ex", "im"}) {
      row.push_back(cell(type, epoch, "train") + " / " + cell(type, epoch, "test"));
      row.push_back(cell(type, epoch, "reworded_train") + " / " +
                    cell(type, epoch, "reworded_test"));
      list.push_back(
          {{"seed", seed}, {"epoch", epoch}, {"type", type}, {"accuracy", accuracy[type][epoch]}});
    }
    table.push_back(row);
  }
  std::string text =
      "\nseed " + std::to_string(seed) + "; accuracy on train / test statements\n\n" +
      format_table({"epoch", "EX original", "EX other words", "IM original", "IM other words"},
                   table) +
      "\n";
  double total = 0;
  json runs = json::array();
  for (const std::string type : {"ex", "im"}) {
    const auto run = to_api(rows[type]);
    const double wall = rows[type].summary.value("wall_seconds", run.seconds);
    total += wall;
    text += "run " + std::to_string(run.id) + "  " + run.name + "  " + format_duration(wall) + "\n";
    runs.push_back({{"id", run.id}, {"name", run.name}, {"seconds", wall}});
  }
  text += "trained and evaluated in " + format_duration(total) + "\n";
  terminal.print({{"rows", list}, {"runs", runs}, {"seconds", total}}, text);
  return {};
}

Result<void> demo(const Context& context, const DemoOptions& options, Terminal& terminal) {
  LOUPE_TRY(auto workspace, context.open(true));
  LOUPE_TRY(const auto project, data::load_project(options.project));
  std::string model = project.model;
  if (!options.model.empty() && !workspace.model(project.model)) {
    ImportOptions named;
    named.name = project.model;
    LOUPE_TRY(const auto row, import_model(workspace, options.model, named));
    terminal.print({{"imported", row.name}}, "imported " + row.name);
  } else {
    LOUPE_TRY(model, model_named(workspace, project.model, project.path.parent_path()));
  }
  LOUPE_TRY(const auto data, project_data(project, options.statements));
  std::vector<uint64_t> seeds = options.seeds;
  if (seeds.empty()) seeds = {project.seeds.empty() ? 0 : project.seeds.front()};
  for (const uint64_t seed : seeds) {
    for (const std::string type : {"EX", "IM"}) {
      json recipe = project.recipe.is_object() ? project.recipe : json::object();
      recipe["type"] = type;
      recipe["seed"] = seed;
      if (!options.device.empty()) recipe["device"] = options.device;
      TrainRequest request;
      LOUPE_TRY(request.recipe, train::recipe_from_json(recipe));
      request.name = type + "-persona-s" + std::to_string(seed);
      for (char& c : request.name)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      request.model = model;
      request.train = data.train;
      request.eval = data.eval;
      LOUPE_CHECK(finish_run(workspace, request, terminal));
    }
    LOUPE_CHECK(print_table(workspace, seed, terminal));
  }
  return {};
}

}  // namespace

void add_demo_verb(CLI::App& app, Context& context) {
  auto o = std::make_shared<DemoOptions>();
  auto* verb = app.add_subcommand(
      "demo", "train an EX-RM and an IM-RM on the persona project and print the paper's table");
  verb->add_option("--project", o->project, "a persona project")->required();
  verb->add_option("--model", o->model, "the model's files, imported when the workspace lacks it");
  verb->add_option("--statements", o->statements, "these statements instead of the project's");
  verb->add_option("--seed", o->seeds, "one or several; without it the project's first");
  verb->add_option("--device", o->device, "auto, cpu or cuda:N");
  verb->callback([&context, o] {
    context.run([&](Terminal& terminal) { return demo(context, *o, terminal); });
  });
}

}  // namespace loupe::engine
