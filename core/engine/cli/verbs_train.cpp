// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/api/training.h"
#include "core/engine/cli/command_line.h"
#include "core/engine/cli/options.h"
#include "core/engine/jobs.h"
#include "core/engine/wire.h"

namespace loupe::engine {

namespace {

using nlohmann::json;

struct TrainOptions {
  std::string type = "ex", model, data, project, statements, name, resume;
  std::vector<std::string> eval, sets;
  train::Recipe recipe;
  Said said;
  bool detach = false;
};

// NAME=FILE
Result<std::pair<std::string, std::string>> eval_file(const std::string& text) {
  const auto split = text.find('=');
  if (split == std::string::npos || split == 0 || split + 1 == text.size())
    return Error{ErrorCode::invalid_input, "\"" + text + "\" is not of the form NAME=FILE",
                 "--eval", ""};
  return std::pair(text.substr(0, split), text.substr(split + 1));
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

Result<void> finish(store::Workspace& workspace, const api::Started& started, bool detach,
                    Terminal& terminal) {
  LOUPE_TRY(const auto run, workspace.run(started.run));
  if (detach) {
    terminal.print({{"job", started.job}, {"run", started.run}},
                   "job " + std::to_string(started.job) + " works on run " + run.name);
    return {};
  }
  LOUPE_TRY(const auto job, follow_job(workspace, started.job, run.name, terminal));
  if (!is_final(job.status)) {
    terminal.print({{"job", started.job}, {"run", started.run}},
                   "job " + std::to_string(started.job) + " goes on with run " + run.name);
    return {};
  }
  if (job.status == store::JobStatus::failed) {
    if (auto error = error_from_text(job.error)) return *std::move(error);
    return Error{ErrorCode::internal, "the job failed", job_log_tail(workspace, job.id), ""};
  }
  if (job.status == store::JobStatus::interrupted)
    return Error{ErrorCode::internal, "the job's process died", "job " + std::to_string(job.id),
                 "go on with: train --resume " + std::to_string(started.run)};
  LOUPE_TRY(const auto row, workspace.run(started.run));
  const auto shown = to_api(row);
  std::vector<std::vector<std::string>> table;
  for (const auto& e : shown.last_evals)
    table.push_back({e.set, std::to_string(e.n), format_number(e.accuracy),
                     "[" + format_number(e.low) + ", " + format_number(e.high) + "]",
                     format_number(e.margin_mean), format_number(e.loss)});
  terminal.print(
      {{"event", "end"}, {"run", shown}},
      "run " + std::to_string(row.id) + " " + row.name + ": " + store::job_status_name(job.status) +
          " after " + format_duration(shown.seconds) + "\n" +
          (table.empty()
               ? ""
               : format_table({"set", "pairs", "accuracy", "95 %", "mean margin", "loss"}, table)));
  if (job.status == store::JobStatus::stopped)
    return Error{ErrorCode::cancelled, "the run was stopped", "run " + std::to_string(row.id),
                 "go on with: train --resume " + std::to_string(row.id)};
  return {};
}

void add_train(CLI::App& app, Context& context) {
  auto o = std::make_shared<TrainOptions>();
  auto* verb =
      app.add_subcommand("train", "train an explicit (ex) or implicit (im) reward model, as a job");
  verb->add_option("--type", o->type, "the kind of reward: ex, im")->capture_default_str();
  verb->add_option("--model", o->model, "a model of the workspace");
  verb->add_option("--data", o->data, "pairs: JSONL of prompt, chosen, rejected");
  verb->add_option("--eval", o->eval, "NAME=FILE; may be given several times");
  verb->add_option("--project", o->project, "a project file: its data, sets and recipe");
  verb->add_option("--set", o->sets, "of the project's evaluation sets, only this; several times");
  verb->add_option("--statements", o->statements,
                   "persona projects: these statements instead of the project's");
  verb->add_option("--name", o->name, "of the run");
  verb->add_option("--resume", o->resume, "go on with this run");
  verb->add_flag("--detach", o->detach, "return at once; the job goes on");
  add_options(*verb, o->recipe, o->said, {"type"});
  verb->callback([&context, o, verb] {
    context.run([&](Terminal& terminal) -> Result<void> {
      LOUPE_TRY(const auto local, context.service());
      if (!o->resume.empty()) {
        LOUPE_CHECK(local->store.reap_dead_jobs());
        LOUPE_TRY(const auto run, find_run(local->store, o->resume));
        LOUPE_TRY(const auto started, local->ask<api::TrainResume>({run.id}));
        return finish(local->store, started, o->detach, terminal);
      }
      api::TrainAsked asked;
      asked.model = o->model;
      asked.name = o->name;
      asked.project = o->project;
      asked.statements = o->statements;
      asked.data = o->data;
      if (!o->sets.empty()) asked.sets = o->sets;
      for (const auto& text : o->eval) {
        LOUPE_TRY(const auto set, eval_file(text));
        if (!asked.eval.emplace(set).second)
          return Error{ErrorCode::invalid_input,
                       "two evaluation sets are called \"" + set.first + "\"", "--eval",
                       "give each its own NAME in --eval NAME=FILE"};
      }
      // What the command line says goes before a project's recipe.
      const json given = o->recipe;
      for (const auto& key : o->said) asked.recipe[key] = given[key];
      if (verb->get_option("--type")->count() > 0) asked.recipe["type"] = upper(o->type);
      if (asked.project.empty() && asked.data.empty())
        return Error{ErrorCode::invalid_input, "there is nothing to train on", "train",
                     "give --data FILE or --project FILE"};
      if (asked.project.empty() && asked.model.empty())
        return Error{ErrorCode::invalid_input, "no model was named", "train",
                     "give --model NAME; `model list` shows them"};
      LOUPE_TRY(const auto started, local->ask<api::TrainStart>(asked));
      return finish(local->store, started, o->detach, terminal);
    });
  });
}

void add_eval(CLI::App& app, Context& context) {
  struct Options {
    std::string run;
    std::vector<std::string> eval;
    bool detach = false;
  };
  auto o = std::make_shared<Options>();
  auto* verb = app.add_subcommand("eval", "evaluate a run on further sets, as a job");
  verb->add_option("--run", o->run, "a run's id or name")->required();
  verb->add_option("--eval", o->eval, "NAME=FILE; may be given several times")->required();
  verb->add_flag("--detach", o->detach, "return at once; the job goes on");
  verb->callback([&context, o] {
    context.run([&](Terminal& terminal) -> Result<void> {
      LOUPE_TRY(const auto local, context.service());
      LOUPE_TRY(const auto run, find_run(local->store, o->run));
      api::EvalAsked asked;
      asked.run = run.id;
      for (const auto& text : o->eval) {
        LOUPE_TRY(const auto set, eval_file(text));
        asked.eval.insert(set);
      }
      LOUPE_TRY(const auto started, local->ask<api::EvalStart>(asked));
      return finish(local->store, started, o->detach, terminal);
    });
  });
}

}  // namespace

void add_train_verbs(CLI::App& app, Context& context) {
  add_train(app, context);
  add_eval(app, context);
}

}  // namespace loupe::engine
