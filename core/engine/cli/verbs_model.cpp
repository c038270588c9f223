// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>

#include "core/api/models.h"
#include "core/api/scores.h"
#include "core/engine/cli/command_line.h"
#include "core/engine/models.h"
#include "core/engine/wire.h"

namespace loupe::engine {

namespace {

using nlohmann::json;

std::string millions(int64_t count) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.1f M", static_cast<double>(count) / 1e6);
  return text;
}

void add_model(CLI::App& app, Context& context) {
  auto* verb = app.add_subcommand("model", "import, list and show language models");
  verb->require_subcommand(1);
  struct Options {
    std::string path, name, base, reference;
    double beta = 0;
    bool no_check = false, merge = false;
  };
  auto options = std::make_shared<Options>();

  auto* adding = verb->add_subcommand(
      "import", "add a GGUF file, a Hugging Face folder or a LoRA adapter, by reference");
  adding
      ->add_option("PATH", options->path,
                   "a .gguf file, or a folder with config.json or adapter_config.json")
      ->required();
  adding->add_option("--base", options->base, "of an adapter: the model that it lies on");
  adding->add_option("--reference", options->reference,
                     "the files are the policy of an implicit reward model, this its reference");
  auto* beta = adding->add_option("--beta", options->beta,
                                  "of that implicit reward model (0.01 unless its files say "
                                  "another); with an adapter: it is the policy, its base the "
                                  "reference");
  adding->add_flag("--merge", options->merge,
                   "an adapter into its base's matrices, not beside them");
  adding->add_flag("--no-check", options->no_check, "do not load it and score a short text");
  adding->add_option("--name", options->name, "its name in the workspace");
  adding->callback([&context, options, beta] {
    context.run([&](Terminal& terminal) -> Result<void> {
      LOUPE_TRY(const auto local, context.service("cpu", true));
      api::ImportAsked asked;
      asked.path = options->path;
      asked.name = options->name;
      if (beta->count() > 0) asked.beta = options->beta;
      asked.check = !options->no_check;
      asked.merge = options->merge;
      asked.implicit = beta->count() > 0 && options->reference.empty();
      for (const auto& [name, id] : {std::pair(&options->base, &asked.base),
                                     std::pair(&options->reference, &asked.reference)}) {
        if (name->empty()) continue;
        LOUPE_TRY(const auto other, local->store.model(*name));
        *id = other.id;
      }
      LOUPE_TRY(const auto model, local->ask<api::ModelsImport>(asked));
      LOUPE_TRY(const auto row, local->store.model(model.id));
      const json checked = row.details.value("self_check", json::object());
      terminal.print(model, "imported " + model.name + ": " + model.kind + ", " +
                                model.architecture + ", " + millions(model.parameters) +
                                " parameters, from " + model.path +
                                (checked.empty() ? "" : "\n" + checked.value("text", "")));
      return {};
    });
  });

  verb->add_subcommand("list",
                       "every model of the workspace, and whether its files are still the same")
      ->callback([&context] {
        context.run([&](Terminal& terminal) -> Result<void> {
          LOUPE_TRY(const auto workspace, context.open());
          LOUPE_TRY(const auto models, workspace.models());
          json list = json::array();
          std::vector<std::vector<std::string>> rows;
          for (const auto& row : models) {
            const auto model = to_api(row);
            list.push_back(model);
            rows.push_back({std::to_string(model.id), model.name, model.kind, model.architecture,
                            millions(model.parameters), model.dtype, model.source, model.status});
          }
          terminal.print(list, rows.empty()
                                   ? "no model yet; add one with: model import PATH"
                                   : format_table({"id", "name", "kind", "architecture",
                                                   "parameters", "dtype", "source", "status"},
                                                  rows));
          return {};
        });
      });

  auto* show =
      verb->add_subcommand("show", "one model: files, hashes, configuration, chat template");
  show->add_option("NAME", options->name)->required();
  show->callback([&context, options] {
    context.run([&](Terminal& terminal) -> Result<void> {
      LOUPE_TRY(const auto workspace, context.open());
      LOUPE_TRY(const auto row, workspace.model(options->name));
      json value = to_api(row);
      value["files"] = row.files;
      value["details"] = row.details;
      terminal.print(value, dump(value, 2));
      return {};
    });
  });
}

void add_export(CLI::App& app, Context& context) {
  struct Options {
    std::string run, model, path;
    bool no_reference = false, merged = false;
  };
  auto options = std::make_shared<Options>();
  auto* verb = app.add_subcommand("export",
                                  "a trained run, or a model, as a folder that "
                                  "transformers opens");
  auto* run = verb->add_option("--run", options->run, "a run, by name or id");
  verb->add_option("--model", options->model, "a model of the workspace")->excludes(run);
  verb->add_option("PATH", options->path, "a new folder")->required();
  verb->add_flag("--no-reference", options->no_reference,
                 "of an implicit reward model: do not write its reference too");
  verb->add_flag("--merged", options->merged,
                 "of one with an adapter: the whole model with the adapter in its matrices");
  verb->callback([&context, options] {
    context.run([&](Terminal& terminal) -> Result<void> {
      LOUPE_TRY(const auto local, context.service());
      api::ExportAsked asked;
      asked.path = options->path;
      asked.reference = !options->no_reference;
      asked.merged = options->merged;
      if (!options->run.empty()) {
        LOUPE_TRY(const auto row, find_run(local->store, options->run));
        asked.of = api::ScorerId::run(row.id);
      } else {
        LOUPE_TRY(const auto row, local->store.model(options->model));
        asked.of = api::ScorerId::model(row.id);
      }
      LOUPE_TRY(const auto out, local->ask<api::RunsExport>(asked));
      terminal.print(json(out),
                     "wrote " + out.path + "; opens with " +
                         (out.opens_with.empty() ? "the lines of its README.md" : out.opens_with));
      return {};
    });
  });
}

void add_tokenize(CLI::App& app, Context& context) {
  struct Options {
    std::string model, text;
  };
  auto options = std::make_shared<Options>();
  auto* verb = app.add_subcommand("tokenize", "the token ids of a text");
  verb->add_option("--model", options->model, "a model of the workspace, or its files")->required();
  verb->add_option("TEXT", options->text)->required();
  verb->callback([&context, options] {
    context.run([&](Terminal& terminal) -> Result<void> {
      LOUPE_TRY(const auto local, context.service("cpu", true));
      api::TokenizeAsked asked;
      asked.text = options->text;
      asked.model = options->model;
      LOUPE_TRY(const auto played, local->ask<api::ModelsTokenize>(asked));
      json list = json::array();
      std::vector<std::vector<std::string>> rows;
      for (const auto& token : played.tokens) {
        list.push_back({{"id", token.id},
                        {"text", token.text},
                        {"bytes", token.bytes},
                        {"begin", token.begin},
                        {"end", token.end}});
        rows.push_back({std::to_string(token.id), std::to_string(token.begin),
                        std::to_string(token.end), token.text});
      }
      terminal.print(list, format_table({"id", "begin", "end", "token"}, rows));
      return {};
    });
  });
}

void add_log_probs(CLI::App& app, Context& context) {
  struct Options {
    std::string model, prompt, response, dtype = "fp32", device = "auto";
  };
  auto options = std::make_shared<Options>();
  auto* verb =
      app.add_subcommand("logprobs", "the policy's log-probability of each response token");
  verb->add_option("--model", options->model, "a model of the workspace, or its files")->required();
  verb->add_option("--prompt", options->prompt, "one user turn")->required();
  verb->add_option("--response", options->response)->required();
  verb->add_option("--compute-dtype,--dtype", options->dtype, "fp32 or bf16")
      ->check(CLI::IsMember({"fp32", "bf16"}))
      ->capture_default_str();
  verb->add_option("--device", options->device)->capture_default_str();
  verb->callback([&context, options] {
    context.run([&](Terminal& terminal) -> Result<void> {
      LOUPE_TRY(const auto local, context.service(options->device, true));
      LOUPE_TRY(
          const auto out,
          local->ask<api::LogProbsOf>(
              {options->model, {{"user", options->prompt}}, options->response, options->dtype}));
      std::vector<std::vector<std::string>> rows;
      for (const auto& token : out.tokens)
        rows.push_back({std::to_string(token.id), format_number(token.log_prob), token.text});
      terminal.print(
          out, format_table({"id", "log_prob", "token"}, rows) + "sum " + format_number(out.sum));
      return {};
    });
  });
}

}  // namespace

void add_model_verbs(CLI::App& app, Context& context) {
  add_model(app, context);
  add_export(app, context);
  add_tokenize(app, context);
  add_log_probs(app, context);
}

}  // namespace loupe::engine
