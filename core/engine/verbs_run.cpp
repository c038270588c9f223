// SPDX-License-Identifier: GPL-3.0-or-later
#include <torch/torch.h>

#include <CLI/CLI.hpp>

#include "core/base/file.h"
#include "core/engine/command_line.h"
#include "core/engine/compute_requests.h"
#include "core/engine/jobs.h"
#include "core/engine/model_cache.h"
#include "core/engine/models.h"
#include "core/engine/placement.h"
#include "core/engine/scoring.h"
#include "core/engine/serve.h"
#include "core/engine/wire.h"
#include "core/model/compute.h"
#include "core/reward/score_plan.h"

namespace loupe::engine {

namespace {

using nlohmann::json;

struct TextOptions {
  std::vector<std::string> runs, models;
  std::string prompt, chosen, rejected, edited, data, set, dtype = "fp32", device = "auto", output;
  int64_t index = -1;
};

// What gives the rewards: runs, then models of the workspace, of which `most` may be given.
void add_sources(CLI::App& verb, TextOptions& options, int most) {
  auto* group = verb.add_option_group("of");
  group->add_option("--run", options.runs, "a run's id or name")->expected(1, most);
  group->add_option("--model", options.models, "a reward model of the workspace, by name")
      ->expected(1, most);
  group->require_option(1, most == 1 ? 1 : 2);  // of the two
}

struct Source {
  int64_t run = 0, model = 0;  // one of them is not 0
  std::string name;
  json as_params() const { return run != 0 ? json{{"run", run}} : json{{"model", model}}; }
};

Result<std::vector<Source>> sources(const store::Workspace& workspace, const TextOptions& options) {
  std::vector<Source> out;
  for (const auto& text : options.runs) {
    LOUPE_TRY(const auto row, find_run(workspace, text));
    out.push_back({row.id, 0, row.name});
  }
  for (const auto& text : options.models) {
    LOUPE_TRY(const auto row, workspace.model(text));
    out.push_back({0, row.id, row.name});
  }
  return out;
}

Result<double> memory_for(const store::Workspace& workspace, const Source& source) {
  if (source.run == 0) {
    LOUPE_TRY(const auto row, workspace.model(source.model));
    return scoring_memory(row);
  }
  LOUPE_TRY(const auto row, workspace.run(source.run));
  return scoring_memory(workspace, row);
}

Result<std::shared_ptr<const LoadedReward>> load(ModelCache& cache, const Source& source) {
  return source.run != 0 ? cache.run(source.run) : cache.model(source.model);
}

json score_rows(const data::EncodedDataset& set, const reward::ScorePlan& plan,
                const std::vector<double>& rewards) {
  json out = json::array();
  for (size_t i = 0; i < set.pairs.size(); ++i) {
    const auto [c, r] = plan.slots(0, i);
    const double chosen = rewards[static_cast<size_t>(c)];
    const double rejected = rewards[static_cast<size_t>(r)];
    out.push_back({{"index", set.pairs[i].index},
                   {"chosen", api::number_to_json(chosen)},
                   {"rejected", api::number_to_json(rejected)},
                   {"margin", api::number_to_json(chosen - rejected)}});
  }
  return out;
}

void add_score(CLI::App& app, Context& context) {
  auto options = std::make_shared<TextOptions>();
  auto* verb = app.add_subcommand(
      "score", "rewards of a run or model: of one response, or of every pair of a JSONL file");
  add_sources(*verb, *options, 1);
  verb->add_option("--prompt", options->prompt, "one user turn");
  verb->add_option("--response", options->chosen);
  verb->add_option("--data", options->data, "JSONL of prompt, chosen, rejected");
  verb->add_option("--dtype", options->dtype, "fp32 (exact) or bf16")
      ->check(CLI::IsMember({"fp32", "bf16"}))
      ->capture_default_str();
  verb->add_option("--device", options->device)->capture_default_str();
  verb->callback([&context, options] {
    context.run([&](Terminal& terminal) -> Result<void> {
      if (options->data.empty() == (options->prompt.empty() || options->chosen.empty()))
        return Error{ErrorCode::invalid_input, "give either --data, or --prompt and --response", "",
                     ""};
      set_threads(0);
      LOUPE_TRY(const auto workspace, context.open());
      LOUPE_TRY(const auto given, sources(workspace, *options));
      LOUPE_TRY(const double needed, memory_for(workspace, given.front()));
      LOUPE_TRY(const auto device, place(options->device, needed, Room::free));
      ModelCache cache(workspace, device);
      LOUPE_TRY(const auto run, load(cache, given.front()));
      model::ForwardOptions forward;
      forward.compute = model::compute_type(options->dtype, run->language.decoder->device());
      if (options->data.empty()) {
        LOUPE_TRY(const auto text,
                  data::encode_response({{"user", options->prompt}}, options->chosen,
                                        *run->language.chat_template, *run->language.tokenizer));
        LOUPE_CHECK(check_context(run->language, text.prompt.size() + text.response.size(), ""));
        std::vector<int32_t> ids;
        for (const auto& token : text.response) ids.push_back(token.id);
        model::PackedBatch batch;
        batch.add_group(text.prompt, {ids});
        at::NoGradGuard no_grad;
        const double value = run->reward->rewards(batch, forward, {})[0].item<double>();
        json answer = given.front().as_params();
        answer["reward"] = api::number_to_json(value);
        terminal.print(answer, format_number(value));
        return {};
      }
      LOUPE_TRY(const auto dataset, data::load_jsonl(options->data));
      LOUPE_TRY(const auto set, data::encode_dataset(dataset, *run->language.chat_template,
                                                     *run->language.tokenizer, {0, 0}));
      for (const auto& pair : set.pairs)
        LOUPE_CHECK(check_context(
            run->language, pair.prompt.size() + std::max(pair.chosen.size(), pair.rejected.size()),
            options->data + ":" +
                std::to_string(dataset.pairs[static_cast<size_t>(pair.index)].row)));
      const reward::ScorePlan plan({std::span<const data::EncodedPair>(set.pairs)},
                                   run->language.decoder->config().shared_positions());
      const auto rewards = reward::score(*run->reward, plan, forward, {}, [&](const Progress& p) {
        terminal.progress("scoring", p);
      });
      std::vector<std::vector<std::string>> table;
      for (const auto& entry : score_rows(set, plan, rewards)) {
        if (terminal.json_mode())
          terminal.print(entry, "");
        else
          table.push_back({std::to_string(entry["index"].get<int64_t>()),
                           format_number(api::number_from_json(entry["chosen"])),
                           format_number(api::number_from_json(entry["rejected"])),
                           format_number(api::number_from_json(entry["margin"]))});
      }
      if (!terminal.json_mode())
        terminal.print({}, format_table({"pair", "chosen", "rejected", "margin"}, table));
      return {};
    });
  });
}

std::string credit_table(const api::ResponseCredit& credit, const std::string& type) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& token : credit.tokens) {
    rows.push_back({token.text, std::to_string(token.id), format_number(token.credit)});
    if (type == "IM") {
      rows.back().push_back(format_number(token.log_prob));
      rows.back().push_back(format_number(token.ref_log_prob));
    }
  }
  std::vector<std::string> header{"token", "id", "credit"};
  if (type == "IM") header.insert(header.end(), {"log pi", "log pi_ref"});
  return format_table(header, rows) + "offset " + format_number(credit.offset) +
         " + credits = reward " + format_number(credit.reward) + " (error " +
         format_number(credit.error) + ")\n";
}

void add_attribute(CLI::App& app, Context& context) {
  auto options = std::make_shared<TextOptions>();
  auto* verb = app.add_subcommand(
      "attribute", "the exact decomposition of a run's or model's rewards over response tokens");
  add_sources(*verb, *options, 1);
  verb->add_option("--prompt", options->prompt, "one user turn");
  verb->add_option("--chosen", options->chosen);
  verb->add_option("--rejected", options->rejected);
  verb->add_option("--set", options->set, "one of the run's evaluation sets, with --index");
  verb->add_option("--index", options->index, "which pair of the set, from 0");
  verb->callback([&context, options] {
    context.run([&](Terminal& terminal) -> Result<void> {
      set_threads(0);
      LOUPE_TRY(auto workspace, context.open());
      LOUPE_TRY(const auto given, sources(workspace, *options));
      const Source& of = given.front();
      if (options->set.empty() &&
          (options->prompt.empty() || options->chosen.empty() || options->rejected.empty()))
        return Error{ErrorCode::invalid_input,
                     "give either --set and --index, or --prompt, --chosen and --rejected",
                     "attribute", ""};
      if (!options->set.empty() && options->index < 0)
        return Error{ErrorCode::invalid_input, "--set needs --index: which pair of the set, from 0",
                     "attribute", ""};
      ComputeRequests requests(workspace, at::kCPU);
      json params = of.as_params();
      if (!options->set.empty())
        params.update({{"set", options->set}, {"index", options->index}});
      else
        params.update({{"prompt", options->prompt},
                       {"chosen", options->chosen},
                       {"rejected", options->rejected}});
      LOUPE_TRY(const auto result, requests.answer(api::method::attribute, params, {}));
      const auto attribution = result.get<api::Attribution>();
      terminal.print(result, of.name + " (" + attribution.type + "), credits are of " +
                                 attribution.credits + "\nchosen\n" +
                                 credit_table(attribution.chosen, attribution.type) + "rejected\n" +
                                 credit_table(attribution.rejected, attribution.type));
      return {};
    });
  });
}

// Token by token, aligned by what stayed: its credit before and after, and the change.
std::vector<std::vector<std::string>> aligned_rows(const api::Shift& shift) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& [old_place, new_place] : shift.alignment) {
    const auto* before =
        old_place < 0 ? nullptr : &shift.before_tokens.tokens[static_cast<size_t>(old_place)];
    const auto* after =
        new_place < 0 ? nullptr : &shift.after_tokens.tokens[static_cast<size_t>(new_place)];
    const double change = (after ? after->credit : 0) - (before ? before->credit : 0);
    rows.push_back({before ? before->text : "", before ? format_number(before->credit) : "",
                    after ? after->text : "", after ? format_number(after->credit) : "",
                    format_number(change)});
  }
  return rows;
}

void add_shift(CLI::App& app, Context& context) {
  auto options = std::make_shared<TextOptions>();
  auto* verb =
      app.add_subcommand("shift", "an edited response against the original, for each run or model");
  add_sources(*verb, *options, 64);
  verb->add_option("--prompt", options->prompt, "one user turn")->required();
  verb->add_option("--response", options->chosen, "the original")->required();
  verb->add_option("--edited", options->edited, "the same in other words")->required();
  verb->add_option("--rejected", options->rejected,
                   "the response it is compared with: shows whether the preference flips");
  verb->callback([&context, options] {
    context.run([&](Terminal& terminal) -> Result<void> {
      set_threads(0);
      LOUPE_TRY(auto workspace, context.open());
      ModelCache cache(workspace, at::kCPU);
      json list = json::array();
      std::vector<std::vector<std::string>> rows;
      std::string tokens;
      LOUPE_TRY(const auto given, sources(workspace, *options));
      for (const auto& source : given) {
        LOUPE_TRY(const auto loaded, load(cache, source));
        LOUPE_TRY(
            const auto shift,
            shift_response(
                *loaded,
                {{{"user", options->prompt}}, options->chosen, options->edited, options->rejected},
                {}));
        list.push_back(shift);
        tokens +=
            "\n" + source.name + "\n" +
            format_table({"before", "credit", "after", "credit", "change"}, aligned_rows(shift));
        rows.push_back({source.name, shift.type, format_number(shift.before),
                        format_number(shift.after), format_number(shift.after - shift.before)});
        if (shift.has_rejected)
          rows.back().insert(rows.back().end(),
                             {format_number(shift.margin_before), format_number(shift.margin_after),
                              shift.flipped ? "flips" : "stays"});
      }
      std::vector<std::string> header{"of", "type", "before", "after", "change"};
      if (!options->rejected.empty())
        header.insert(header.end(), {"margin before", "margin after", "preference"});
      terminal.print(list, format_table(header, rows) + tokens);
      return {};
    });
  });
}

void add_runs(CLI::App& app, Context& context) {
  auto options = std::make_shared<TextOptions>();
  auto* verb = app.add_subcommand("runs", "list, show and export runs");
  verb->require_subcommand(1);
  verb->add_subcommand("list", "every run, newest first")->callback([&context] {
    context.run([&](Terminal& terminal) -> Result<void> {
      LOUPE_TRY(auto workspace, context.open());
      LOUPE_CHECK(workspace.reap_dead_jobs());
      LOUPE_TRY(const auto runs, workspace.runs(api::max_page));
      json list = json::array();
      std::vector<std::vector<std::string>> rows;
      for (const auto& row : runs) {
        const auto run = to_api(workspace, row);
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
    json value = to_api(workspace, row);
    value["versions"] = row.versions;
    LOUPE_TRY(const auto evals, workspace.evals(row.id));
    value["evaluations"] = json::array();
    for (const auto& e : evals) value["evaluations"].push_back(to_api(e));
    return value;
  };
  auto* show = verb->add_subcommand("show", "one run: recipe, versions, evaluations");
  show->add_option("RUN", options->runs)->required()->expected(1);
  show->callback([&context, options, whole] {
    context.run([&](Terminal& terminal) -> Result<void> {
      LOUPE_TRY(auto workspace, context.open());
      LOUPE_TRY(const auto row, find_run(workspace, options->runs.front()));
      LOUPE_TRY(const json value, whole(workspace, row));
      terminal.print(value, dump(value, 2));
      return {};
    });
  });
  auto* out = verb->add_subcommand("export", "a run with its metrics and evaluated pairs, as JSON");
  out->add_option("RUN", options->runs)->required()->expected(1);
  out->add_option("-o,--output", options->output, "file to write")->required();
  out->callback([&context, options, whole] {
    context.run([&](Terminal& terminal) -> Result<void> {
      LOUPE_TRY(auto workspace, context.open());
      LOUPE_TRY(const auto row, find_run(workspace, options->runs.front()));
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
}

}  // namespace

void add_run_verbs(CLI::App& app, Context& context) {
  add_score(app, context);
  add_attribute(app, context);
  add_shift(app, context);
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
