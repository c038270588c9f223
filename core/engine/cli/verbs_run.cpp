// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>

#include "core/api/runs.h"
#include "core/base/file.h"
#include "core/engine/cli/command_line.h"
#include "core/engine/jobs.h"
#include "core/engine/service/serve.h"
#include "core/engine/wire.h"

namespace loupe::engine {

namespace {

using nlohmann::json;

struct RunOptions {
  std::string run, output;
};

void add_runs(CLI::App& app, Context& context) {
  auto options = std::make_shared<RunOptions>();
  auto* verb = app.add_subcommand("runs", "list, show and export runs");
  verb->require_subcommand(1);
  verb->add_subcommand("list", "every run, newest first")->callback([&context] {
    context.run([&](Terminal& terminal) -> Result<void> {
      LOUPE_TRY(auto workspace, context.open());
      LOUPE_CHECK(workspace.reap_dead_jobs());
      LOUPE_TRY(const auto runs, workspace.runs());
      json list = json::array();
      std::vector<std::vector<std::string>> rows;
      for (const auto& row : runs) {
        const auto run = to_api(row);
        list.push_back(run);
        std::string accuracy;
        for (const auto& e : run.last_evals)
          accuracy += (accuracy.empty() ? "" : ", ") + e.set + " " + format_number(e.accuracy);
        rows.push_back({std::to_string(run.id), run.name, run.type, run.model,
                        std::to_string(run.seed), run.status, format_number(run.epochs_done),
                        format_number(run.loss), format_duration(run.seconds), accuracy});
      }
      terminal.print(list, rows.empty()
                               ? "no run yet; start one with: train"
                               : format_table({"id", "name", "type", "model", "seed", "status",
                                               "epoch", "loss", "time", "accuracy"},
                                              rows));
      return {};
    });
  });
  const auto whole = [](store::Workspace& workspace, const store::RunRow& row) -> Result<json> {
    json value = to_api(row);
    value["versions"] = row.versions;
    LOUPE_TRY(const auto evals, workspace.evals(row.id));
    value["evaluations"] = json::array();
    for (const auto& e : evals) value["evaluations"].push_back(to_api(e));
    return value;
  };
  auto* show = verb->add_subcommand("show", "one run: recipe, versions, evaluations");
  show->add_option("RUN", options->run)->required();
  show->callback([&context, options, whole] {
    context.run([&](Terminal& terminal) -> Result<void> {
      LOUPE_TRY(auto workspace, context.open());
      LOUPE_TRY(const auto row, find_run(workspace, options->run));
      LOUPE_TRY(const json value, whole(workspace, row));
      terminal.print(value, dump(value, 2));
      return {};
    });
  });
  auto* out = verb->add_subcommand("export", "a run with its metrics and evaluated pairs, as JSON");
  out->add_option("RUN", options->run)->required();
  out->add_option("-o,--output", options->output, "file to write")->required();
  out->callback([&context, options, whole] {
    context.run([&](Terminal& terminal) -> Result<void> {
      LOUPE_TRY(auto workspace, context.open());
      LOUPE_TRY(const auto row, find_run(workspace, options->run));
      LOUPE_TRY(json value, whole(workspace, row));
      LOUPE_TRY(const auto steps, workspace.steps(row.id));
      value["steps"] = json::array();
      for (const auto& s : steps)
        value["steps"].push_back({{"step", s.step},
                                  {"epoch", s.epoch},
                                  {"loss", api::number_to_json(s.loss)},
                                  {"accuracy", s.accuracy},
                                  {"chosen_reward", api::number_to_json(s.chosen_reward)},
                                  {"rejected_reward", api::number_to_json(s.rejected_reward)},
                                  {"grad_norm", api::number_to_json(s.grad_norm)},
                                  {"lr", s.lr},
                                  {"seconds", s.seconds}});
      LOUPE_TRY(const auto evals, workspace.evals(row.id));
      for (size_t i = 0; i < evals.size(); ++i) {
        LOUPE_TRY(const auto pairs, workspace.eval_pairs(evals[i].id));
        auto& list = value["evaluations"][i]["pairs"] = json::array();
        for (const auto& p : pairs)
          list.push_back({p.index, api::number_to_json(p.chosen_reward),
                          api::number_to_json(p.rejected_reward)});
      }
      LOUPE_CHECK(write_text_file(options->output, dump(value, 1) + "\n"));
      terminal.print({{"written", options->output}}, "written to " + options->output);
      return {};
    });
  });
}

void add_jobs(CLI::App& app, Context& context) {
  auto id = std::make_shared<int64_t>(0);
  auto* verb = app.add_subcommand("jobs", "list and stop jobs");
  verb->require_subcommand(1);
  verb->add_subcommand("list", "every job, newest first")->callback([&context] {
    context.run([&](Terminal& terminal) -> Result<void> {
      LOUPE_TRY(auto workspace, context.open());
      LOUPE_CHECK(workspace.reap_dead_jobs());
      LOUPE_TRY(const auto jobs, workspace.jobs());
      json list = json::array();
      std::vector<std::vector<std::string>> rows;
      for (const auto& row : jobs) {
        const auto job = to_api(workspace, row);
        list.push_back(job);
        rows.push_back({std::to_string(job.id), job.kind, job.title, job.status, job.phase});
      }
      terminal.print(list, rows.empty()
                               ? "no job yet"
                               : format_table({"id", "kind", "title", "status", "phase"}, rows));
      return {};
    });
  });
  auto* stop = verb->add_subcommand("stop", "ask a job to end after a checkpoint");
  stop->add_option("ID", *id)->required();
  stop->callback([&context, id] {
    context.run([&](Terminal& terminal) -> Result<void> {
      LOUPE_TRY(auto workspace, context.open());
      LOUPE_CHECK(stop_job(workspace, *id));
      terminal.print({{"stopping", *id}}, "job " + std::to_string(*id) + " was asked to stop");
      return {};
    });
  });
  auto* body = app.add_subcommand("job", "")->group("");  // what a job's own process runs
  body->add_option("ID", *id)->required();
  body->callback([&context, id] { context.exit_code = run_job(context.workspace, *id); });
  auto* next = app.add_subcommand("dispatch", "")->group("");  // what a watcher becomes
  next->callback([&context] {
    context.run([&](Terminal&) -> Result<void> {
      LOUPE_TRY(auto workspace, context.open());
      return dispatch(workspace);
    });
  });
}

}  // namespace

void add_run_verbs(CLI::App& app, Context& context) {
  add_runs(app, context);
  add_jobs(app, context);
  struct Serve {
    std::string device = "auto";
    int64_t threads = 0;
    double cache_gb = 0;
  };
  auto o = std::make_shared<Serve>();
  auto* verb = app.add_subcommand("serve", "answer the window on stdin and stdout");
  verb->add_option("--device", o->device, "where texts are scored: auto, cpu or cuda:N")
      ->capture_default_str();
  verb->add_option("--threads", o->threads, "CPU threads; 0: all cores")
      ->check(CLI::Range(0, 4096))
      ->capture_default_str();
  verb->add_option("--cache-gb", o->cache_gb, "loaded models kept, in GB; 0: a third of the memory")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  verb->callback([&context, o] {
    context.exit_code =
        serve({context.workspace, o->device, o->threads, static_cast<uint64_t>(o->cache_gb * 1e9)});
  });
}

}  // namespace loupe::engine
