// SPDX-License-Identifier: GPL-3.0-or-later
#include <torch/torch.h>

#include <CLI/CLI.hpp>

#include "core/engine/command_line.h"
#include "core/engine/jobs.h"
#include "core/engine/model_export.h"
#include "core/engine/models.h"
#include "core/engine/placement.h"
#include "core/engine/scoring.h"
#include "core/engine/wire.h"
#include "core/model/compute.h"
#include "core/reward/reward_model.h"

namespace loupe::engine {

namespace {

using nlohmann::json;

std::string millions(int64_t count) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.1f M", static_cast<double>(count) / 1e6);
  return text;
}

// A model of the workspace by name, or files that are in none.
Result<model::LanguageModel> load_named(const Context& context, const std::string& name,
                                        at::Device device) {
  std::error_code ignored;
  if (std::filesystem::exists(name, ignored)) {
    model::LoadOptions options;
    options.device = device;
    return model::load_model(name, options);
  }
  LOUPE_TRY(const auto workspace, context.open());
  LOUPE_TRY(const auto row, workspace.model(name));
  model::LoadOptions options;
  options.device = device;
  return load_row(workspace, row, options);
}

Result<std::shared_ptr<const tokenize::Tokenizer>> tokenizer_named(const Context& context,
                                                                   const std::string& name) {
  std::error_code ignored;
  if (std::filesystem::exists(name, ignored)) return model::load_tokenizer(name);
  LOUPE_TRY(const auto workspace, context.open());
  LOUPE_TRY(const auto row, workspace.model(name));
  LOUPE_TRY(const auto files, text_row(workspace, row));
  return model::load_tokenizer(files.path);
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
      LOUPE_TRY(auto workspace, context.open(true));
      ImportOptions import;
      import.name = options->name;
      if (beta->count() > 0) import.beta = options->beta;
      import.check = !options->no_check;
      import.merge = options->merge;
      import.implicit = beta->count() > 0 && options->reference.empty();
      for (const auto& [name, id] : {std::pair(&options->base, &import.base),
                                     std::pair(&options->reference, &import.reference)}) {
        if (name->empty()) continue;
        LOUPE_TRY(const auto other, workspace.model(*name));
        *id = other.id;
      }
      LOUPE_TRY(const auto row, import_model(workspace, options->path, import));
      const json checked = row.details.value("self_check", json::object());
      terminal.print(to_api(row), "imported " + row.name + ": " + row.kind + ", " +
                                      row.architecture + ", " + millions(row.parameters) +
                                      " parameters, from " + row.path +
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
      set_threads(0);
      LOUPE_TRY(auto workspace, context.open());
      json params = {{"path", options->path},
                     {"reference", !options->no_reference},
                     {"merged", options->merged}};
      if (!options->run.empty()) {
        LOUPE_TRY(const auto row, find_run(workspace, options->run));
        params["run"] = row.id;
      } else {
        LOUPE_TRY(const auto row, workspace.model(options->model));
        params["model"] = row.id;
      }
      LOUPE_TRY(const auto out, export_from(workspace, params, {}));
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
      LOUPE_TRY(const auto tokenizer, tokenizer_named(context, options->model));
      json list = json::array();
      std::vector<std::vector<std::string>> rows;
      for (const auto& token : tokenizer->encode(options->text)) {
        const std::string bytes = tokenizer->token_bytes(token.id);
        list.push_back({{"id", token.id},
                        {"text", printable(bytes)},
                        {"bytes", api::base64_encode(bytes)},
                        {"begin", token.begin},
                        {"end", token.end}});
        rows.push_back({std::to_string(token.id), std::to_string(token.begin),
                        std::to_string(token.end), printable(bytes)});
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
  verb->add_option("--dtype", options->dtype, "fp32 or bf16")
      ->check(CLI::IsMember({"fp32", "bf16"}))
      ->capture_default_str();
  verb->add_option("--device", options->device)->capture_default_str();
  verb->callback([&context, options] {
    context.run([&](Terminal& terminal) -> Result<void> {
      set_threads(0);
      LOUPE_TRY(const auto device, choose_device(options->device));
      LOUPE_TRY(const auto language, load_named(context, options->model, device));
      LOUPE_TRY(const auto text,
                data::encode_response({{"user", options->prompt}}, options->response,
                                      *language.chat_template, *language.tokenizer));
      LOUPE_CHECK(check_context(language, text.prompt.size() + text.response.size()));
      model::PackedBatch batch;
      std::vector<int32_t> ids;
      for (const auto& token : text.response) ids.push_back(token.id);
      batch.add_group(text.prompt, {ids});
      model::ForwardOptions forward;
      forward.compute = model::compute_type(options->dtype, language.decoder->device());
      const auto values =
          reward::policy_log_probs(*language.decoder, batch, forward).to(at::kDouble).cpu();
      json tokens = json::array();
      std::vector<std::vector<std::string>> rows;
      double sum = 0;
      for (size_t i = 0; i < ids.size(); ++i) {
        const double value = values[static_cast<int64_t>(i)].item<double>();
        sum += value;
        const std::string bytes = language.tokenizer->token_bytes(ids[i]);
        tokens.push_back(
            {{"id", ids[i]}, {"text", printable(bytes)}, {"log_prob", api::number_to_json(value)}});
        rows.push_back({std::to_string(ids[i]), format_number(value), printable(bytes)});
      }
      terminal.print({{"tokens", tokens},
                      {"sum", api::number_to_json(sum)},
                      {"prompt", text.prompt_text},
                      {"response", text.response_text}},
                     format_table({"id", "log_prob", "token"}, rows) + "sum " + format_number(sum));
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
