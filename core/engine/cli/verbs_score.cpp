// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <algorithm>

#include "core/api/scores.h"
#include "core/engine/cli/command_line.h"

namespace loupe::engine {

namespace {

using nlohmann::json;

struct TextOptions {
  std::vector<std::string> runs, models;
  std::string prompt, chosen, rejected, edited, data, set, dtype = "fp32", device = "auto",
                                                           method = "exact";
  int64_t index = -1;
};

// What gives the rewards: runs, then models of the workspace, of which `most` may be given.
void add_scorers(CLI::App& verb, TextOptions& options, int most) {
  auto* group = verb.add_option_group("of");
  group->add_option("--run", options.runs, "a run's id or name")->expected(1, most);
  group->add_option("--model", options.models, "a reward model of the workspace, by name")
      ->expected(1, most);
  group->require_option(1, most == 1 ? 1 : 2);  // of the two
}

struct Scorer {
  api::ScorerId id;
  std::string name;
};

Result<std::vector<Scorer>> scorers(const store::Workspace& workspace, const TextOptions& options) {
  std::vector<Scorer> out;
  for (const auto& text : options.runs) {
    LOUPE_TRY(const auto row, find_run(workspace, text));
    out.push_back({api::ScorerId::run(row.id), row.name});
  }
  for (const auto& text : options.models) {
    LOUPE_TRY(const auto row, workspace.model(text));
    out.push_back({api::ScorerId::model(row.id), row.name});
  }
  return out;
}

std::vector<api::Turn> one_turn(const std::string& prompt) {
  if (prompt.empty()) return {};
  return {{"user", prompt}};
}

void add_score(CLI::App& app, Context& context) {
  auto options = std::make_shared<TextOptions>();
  auto* verb = app.add_subcommand(
      "score", "rewards of a run or model: of one response, or of every pair of a JSONL file");
  add_scorers(*verb, *options, 1);
  verb->add_option("--prompt", options->prompt, "one user turn");
  verb->add_option("--response", options->chosen);
  verb->add_option("--data", options->data, "JSONL of prompt, chosen, rejected");
  verb->add_option("--compute-dtype,--dtype", options->dtype, "fp32 (exact) or bf16")
      ->check(CLI::IsMember({"fp32", "bf16"}))
      ->capture_default_str();
  verb->add_option("--device", options->device)->capture_default_str();
  verb->callback([&context, options] {
    context.run([&](Terminal& terminal) -> Result<void> {
      if (options->data.empty() == (options->prompt.empty() || options->chosen.empty()))
        return Error{ErrorCode::invalid_input, "give either --data, or --prompt and --response", "",
                     ""};
      LOUPE_TRY(const auto local, context.service(options->device));
      LOUPE_TRY(const auto given, scorers(local->store, *options));
      const auto of = given.front().id;
      local->context.progress = [&](const Progress& p) { terminal.progress("scoring", p); };
      LOUPE_TRY(const auto scores,
                local->ask<api::Score>({of, one_turn(options->prompt), options->chosen,
                                        options->data, options->dtype}));
      if (scores.reward) {
        terminal.clear_progress();
        terminal.print(json{{of.is_run() ? "run" : "model", of.id},
                            {"reward", api::number_to_json(*scores.reward)}},
                       format_number(*scores.reward));
        return {};
      }
      std::vector<std::vector<std::string>> table;
      for (const auto& row : scores.rows) {
        if (terminal.json_mode())
          terminal.print(row, "");
        else
          table.push_back({std::to_string(row.index), format_number(row.chosen),
                           format_number(row.rejected), format_number(row.margin)});
      }
      if (!terminal.json_mode())
        terminal.print({}, format_table({"pair", "chosen", "rejected", "margin"}, table));
      return {};
    });
  });
}

std::string credit_table(const api::ResponseCredit& credit) {
  const auto& tokens = credit.tokens;
  const bool halves = std::any_of(tokens.begin(), tokens.end(),
                                  [](const auto& token) { return token.ref_log_prob != 0; });
  std::vector<std::vector<std::string>> rows;
  for (const auto& token : tokens) {
    rows.push_back({token.text, std::to_string(token.id), format_number(token.credit)});
    if (halves) {
      rows.back().push_back(format_number(token.log_prob));
      rows.back().push_back(format_number(token.ref_log_prob));
    }
  }
  std::vector<std::string> header{"token", "id", "credit"};
  if (halves) header.insert(header.end(), {"log pi", "log pi_ref"});
  return format_table(header, rows) + "offset " + format_number(credit.offset) +
         " + credits = reward " + format_number(credit.reward) + " (error " +
         format_number(credit.error) + ")\n";
}

void add_attribute(CLI::App& app, Context& context) {
  auto options = std::make_shared<TextOptions>();
  auto* verb = app.add_subcommand(
      "attribute", "the exact decomposition of a run's or model's rewards over response tokens");
  add_scorers(*verb, *options, 1);
  verb->add_option("--prompt", options->prompt, "one user turn");
  verb->add_option("--chosen", options->chosen);
  verb->add_option("--rejected", options->rejected);
  verb->add_option("--set", options->set, "one of the run's evaluation sets, with --index");
  verb->add_option("--index", options->index, "which pair of the set, from 0");
  verb->add_option("--method", options->method, "how: exact")->capture_default_str();
  verb->callback([&context, options] {
    context.run([&](Terminal& terminal) -> Result<void> {
      if (options->set.empty() &&
          (options->prompt.empty() || options->chosen.empty() || options->rejected.empty()))
        return Error{ErrorCode::invalid_input,
                     "give either --set and --index, or --prompt, --chosen and --rejected",
                     "attribute", ""};
      if (!options->set.empty() && options->index < 0)
        return Error{ErrorCode::invalid_input, "--set needs --index: which pair of the set, from 0",
                     "attribute", ""};
      LOUPE_TRY(const auto local, context.service());
      LOUPE_TRY(const auto given, scorers(local->store, *options));
      const Scorer& of = given.front();
      api::PairRef pair;
      if (!options->set.empty()) {
        pair.run = of.id.is_run() ? of.id.id : 0;
        pair.set = options->set;
        pair.index = options->index;
      } else {
        pair.text = api::PairText{one_turn(options->prompt), options->chosen, options->rejected};
      }
      LOUPE_TRY(const auto attribution, local->ask<api::Attribute>({of.id, pair, options->method}));
      terminal.print(attribution, of.name + " (" + attribution.type + "), credits are of " +
                                      attribution.credits + "\nchosen\n" +
                                      credit_table(attribution.chosen) + "rejected\n" +
                                      credit_table(attribution.rejected));
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
  add_scorers(*verb, *options, 64);
  verb->add_option("--prompt", options->prompt, "one user turn")->required();
  verb->add_option("--response", options->chosen, "the original")->required();
  verb->add_option("--edited", options->edited, "the same in other words")->required();
  verb->add_option("--rejected", options->rejected,
                   "the response it is compared with: shows whether the preference flips");
  verb->callback([&context, options] {
    context.run([&](Terminal& terminal) -> Result<void> {
      LOUPE_TRY(const auto local, context.service());
      LOUPE_TRY(const auto given, scorers(local->store, *options));
      api::ShiftAsked asked;
      for (const auto& scorer : given) asked.of.push_back(scorer.id);
      asked.pair.text =
          api::PairText{one_turn(options->prompt), options->chosen, options->rejected};
      asked.before = options->chosen;
      asked.after = options->edited;
      asked.rejected = options->rejected;
      LOUPE_TRY(const auto shifts, local->ask<api::ShiftResponse>(asked));
      json list = json::array();
      std::vector<std::vector<std::string>> rows;
      std::string tokens;
      for (size_t i = 0; i < shifts.rows.size(); ++i) {
        const auto& shift = shifts.rows[i];
        if (!shift.error.is_null()) return *error_from_text(shift.error.dump());
        list.push_back(shift);
        tokens +=
            "\n" + given[i].name + "\n" +
            format_table({"before", "credit", "after", "credit", "change"}, aligned_rows(shift));
        rows.push_back({given[i].name, shift.type, format_number(shift.before),
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

}  // namespace

void add_score_verbs(CLI::App& app, Context& context) {
  add_score(app, context);
  add_attribute(app, context);
  add_shift(app, context);
}

}  // namespace loupe::engine
