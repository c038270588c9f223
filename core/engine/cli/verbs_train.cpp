// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>

#include "core/engine/cli/command_line.h"
#include "core/engine/jobs.h"
#include "core/engine/models.h"
#include "core/engine/train_request.h"
#include "core/engine/wire.h"

namespace loupe::engine {

namespace {

using nlohmann::json;

struct TrainOptions {
  std::string type = "ex", model, data, project, statements, name, resume;
  std::vector<std::string> eval, sets;
  train::Recipe recipe;
  bool detach = false;
};

// NAME=FILE
Result<json> eval_spec(const std::string& text) {
  const auto split = text.find('=');
  if (split == std::string::npos || split == 0 || split + 1 == text.size())
    return Error{ErrorCode::invalid_input, "\"" + text + "\" is not of the form NAME=FILE",
                 "--eval", ""};
  return data::file_spec(text.substr(0, split), text.substr(split + 1));
}

Result<void> finish(store::Workspace& workspace, const StartedJob& started, bool detach,
                    Terminal& terminal) {
  LOUPE_TRY(const auto run, workspace.run(started.run));
  LOUPE_CHECK(start_process(workspace, started.job));
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
  const auto shown = to_api(workspace, row);
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
  verb->add_option("--type", o->type, "ex or im")
      ->check(CLI::IsMember({"ex", "im"}, CLI::ignore_case))
      ->capture_default_str();
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
  auto& r = o->recipe;
  verb->add_option("--epochs", r.epochs)->capture_default_str();
  verb->add_option("--lr", r.lr, "learning rate, constant")->capture_default_str();
  verb->add_option("--batch-size", r.batch_size, "pairs in a forward pass")->capture_default_str();
  verb->add_option("--accumulate", r.accumulate, "forward passes in an optimiser step")
      ->capture_default_str();
  verb->add_option("--seed", r.seed)->capture_default_str();
  verb->add_option("--beta", r.beta, "im: scale of the log-ratio")->capture_default_str();
  verb->add_option("--weight-decay", r.weight_decay)->capture_default_str();
  verb->add_option("--dtype", r.dtype, "fp32, or bf16 (autocast)")
      ->check(CLI::IsMember({"fp32", "bf16"}))
      ->capture_default_str();
  verb->add_option("--device", r.device, "auto, cpu or cuda:N")->capture_default_str();
  verb->add_option("--trains", r.trains, "full, lora (low-rank), or ex: head")
      ->check(CLI::IsMember({"full", "lora", "head"}))
      ->capture_default_str();
  verb->add_option("--lora-rank", r.lora_rank)->capture_default_str();
  verb->add_option("--lora-alpha", r.lora_alpha, "the low-rank product counts alpha / rank")
      ->capture_default_str();
  verb->add_option("--lora-targets", r.lora_targets, "all-linear, or names: q_proj,v_proj")
      ->capture_default_str();
  verb->add_option("--pooling", r.pooling, "ex: last or mean")
      ->check(CLI::IsMember({"last", "mean"}))
      ->capture_default_str();
  verb->add_option("--head-sd", r.head_sd,
                   "ex: spread of the head's first values; 0: the model's initializer_range")
      ->capture_default_str();
  verb->add_flag("--length-normalised", r.length_normalised, "im: divide by the response's length");
  verb->add_flag("--without-reference", r.without_reference,
                 "im: the policy's log-probability alone");
  verb->add_option("--max-prompt-tokens", r.max_prompt_tokens,
                   "longer pairs are left out; 0: no limit")
      ->capture_default_str();
  verb->add_option("--max-response-tokens", r.max_response_tokens)->capture_default_str();
  verb->add_option("--eval-every", r.eval_every, "epochs between evaluations")
      ->capture_default_str();
  verb->add_option("--checkpoint-minutes", r.checkpoint_minutes,
                   "at least this often, and after every epoch")
      ->capture_default_str();
  verb->add_option("--threads", r.threads, "CPU threads; 0: all cores")->capture_default_str();
  verb->callback([&context, o, verb] {
    context.run([&](Terminal& terminal) -> Result<void> {
      LOUPE_TRY(auto workspace, context.open());
      if (!o->resume.empty()) {
        LOUPE_CHECK(workspace.reap_dead_jobs());
        LOUPE_TRY(const auto run, find_run(workspace, o->resume));
        LOUPE_TRY(const auto started, add_resume(workspace, run.id));
        return finish(workspace, started, o->detach, terminal);
      }
      TrainRequest request;
      request.name = o->name;
      request.model = o->model;
      if (!o->project.empty()) {
        LOUPE_TRY(const auto project, data::load_project(o->project));
        LOUPE_TRY(const auto data, project_data(project, o->statements));
        request.train = data.train;
        request.eval = data.eval;
        if (!o->sets.empty()) LOUPE_CHECK(keep_sets(request.eval, o->sets, o->project));
        if (request.model.empty()) {
          LOUPE_TRY(request.model,
                    model_named(workspace, project.model, project.path.parent_path()));
        }
        // The project's recipe, with what the command line says laid over it.
        json recipe = project.recipe.is_object() ? project.recipe : json::object();
        const json given = o->recipe.to_json();
        for (const auto* option : verb->get_options()) {
          std::string key = option->get_name(false, true);
          key = key.substr(key.rfind("--") == std::string::npos ? 0 : key.rfind("--") + 2);
          std::replace(key.begin(), key.end(), '-', '_');
          if (option->count() > 0 && given.contains(key) && key != "type") recipe[key] = given[key];
        }
        LOUPE_TRY(request.recipe, train::recipe_from_json(recipe));
      } else {
        if (o->data.empty())
          return Error{ErrorCode::invalid_input, "there is nothing to train on", "train",
                       "give --data FILE or --project FILE"};
        request.recipe = o->recipe;
        request.train = data::file_spec("train", o->data);
      }
      for (const auto& text : o->eval) {
        LOUPE_TRY(auto spec, eval_spec(text));
        request.eval.push_back(std::move(spec));
      }
      // A project may name the type; the command line's word goes before it.
      if (o->project.empty() || verb->get_option("--type")->count() > 0)
        request.recipe.type = o->type == "im" || o->type == "IM" ? "IM" : "EX";
      if (request.model.empty())
        return Error{ErrorCode::invalid_input, "no model was named", "train",
                     "give --model NAME; `model list` shows them"};
      LOUPE_TRY(const auto started, add_training(workspace, request));
      return finish(workspace, started, o->detach, terminal);
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
      LOUPE_TRY(auto workspace, context.open());
      LOUPE_TRY(const auto run, find_run(workspace, o->run));
      std::vector<json> specs;
      for (const auto& text : o->eval) {
        LOUPE_TRY(auto spec, eval_spec(text));
        specs.push_back(std::move(spec));
      }
      LOUPE_TRY(const auto started, add_evaluation(workspace, run.id, specs));
      return finish(workspace, started, o->detach, terminal);
    });
  });
}

}  // namespace

void add_train_verbs(CLI::App& app, Context& context) {
  add_train(app, context);
  add_eval(app, context);
}

}  // namespace loupe::engine
