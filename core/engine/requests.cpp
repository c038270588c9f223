// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/requests.h"

#include <algorithm>

#include "core/engine/jobs.h"
#include "core/engine/scoring.h"
#include "core/engine/wire.h"

namespace loupe::engine {

namespace {

using nlohmann::json;

Error bad_params(const std::string& what) {
  return Error{ErrorCode::invalid_input, what, "request", ""};
}

Result<int64_t> int_param(const json& params, const char* key) {
  const auto found = params.find(key);
  if (found == params.end() || !found->is_number_integer())
    return bad_params(std::string("\"") + key + "\" must be a whole number");
  return found->get<int64_t>();
}

Result<std::string> text_param(const json& params, const char* key) {
  const auto found = params.find(key);
  if (found == params.end() || !found->is_string())
    return bad_params(std::string("\"") + key + "\" must be a text");
  return found->get<std::string>();
}

std::string prompt_text(const std::vector<tokenize::Turn>& turns) {
  if (turns.size() == 1) return turns.front().content;
  std::string out;
  for (const auto& turn : turns)
    out += (out.empty() ? "" : "\n\n") + turn.role + ": " + turn.content;
  return out;
}

template <class Row, class Convert>
json rows(const std::vector<Row>& list, Convert convert) {
  json out = json::array();
  for (const auto& row : list) out.push_back(convert(row));
  return out;
}

Result<json> start(store::Workspace& workspace, Result<StartedJob> added) {
  if (!added) return std::move(added).error();
  LOUPE_CHECK(start_process(workspace, added->job));
  return json{{"job", added->job}, {"run", added->run}};
}

Result<json> train_start(store::Workspace& workspace, const json& params) {
  TrainRequest request;
  request.name = params.value("name", "");
  LOUPE_TRY(request.model, text_param(params, "model"));
  LOUPE_TRY(request.recipe, train::recipe_from_json(params.value("recipe", json::object())));
  if (params.contains("project")) {
    LOUPE_TRY(const std::string path, text_param(params, "project"));
    LOUPE_TRY(const auto project, data::load_project(path));
    LOUPE_TRY(const auto data, project_data(project, params.value("statements", "")));
    request.train = data.train;
    request.eval = data.eval;
  } else {
    LOUPE_TRY(const std::string path, text_param(params, "data"));
    request.train = jsonl_spec("train", path);
    const json eval = params.value("eval", json::object());
    for (const auto& [name, file] : eval.items()) {
      if (!file.is_string()) return bad_params("\"eval\" maps names to files");
      request.eval.push_back(jsonl_spec(name, file.get<std::string>()));
    }
  }
  return start(workspace, add_training(workspace, request));
}

}  // namespace

Result<std::vector<tokenize::Turn>> parse_prompt(const json& prompt) {
  if (prompt.is_string()) return std::vector<tokenize::Turn>{{"user", prompt.get<std::string>()}};
  if (!prompt.is_array() || prompt.empty())
    return bad_params("\"prompt\" must be a text or a list of turns");
  std::vector<tokenize::Turn> turns;
  for (const auto& turn : prompt) {
    LOUPE_TRY(auto role, text_param(turn, "role"));
    LOUPE_TRY(auto content, text_param(turn, "content"));
    turns.push_back({std::move(role), std::move(content)});
  }
  return turns;
}

Result<std::vector<json>> StoreRequests::run_specs(int64_t run) {
  LOUPE_TRY(const auto jobs, workspace_.jobs());
  std::vector<json> specs;
  for (const auto& job : jobs) {
    if (job.run_id != run) continue;
    if (job.request.contains("eval"))
      for (const auto& spec : job.request["eval"]) specs.push_back(spec);
    if (job.request.contains("train") && specs.empty()) specs.push_back(job.request["train"]);
  }
  std::vector<json> unique;
  for (const auto& spec : specs)
    if (std::find(unique.begin(), unique.end(), spec) == unique.end()) unique.push_back(spec);
  return unique;
}

Result<const data::PreferenceDataset*> StoreRequests::run_pairs(int64_t run,
                                                                const std::string& set) {
  LOUPE_TRY(const auto specs, run_specs(run));
  for (const auto& spec : specs) {
    if (spec.value("name", "") != set) continue;
    const std::string key = spec.dump();
    if (const auto found = datasets_.find(key); found != datasets_.end()) return &found->second;
    LOUPE_TRY(auto dataset, load_spec(spec));
    return &datasets_.emplace(key, std::move(dataset)).first->second;
  }
  return Error{ErrorCode::not_found, "the run has no evaluation set called \"" + set + "\"",
               "run " + std::to_string(run), ""};
}

Result<json> StoreRequests::pairs_list(const json& params) {
  LOUPE_TRY(const int64_t run, int_param(params, "run"));
  LOUPE_TRY(const auto specs, run_specs(run));
  json sets = json::array();
  for (const auto& spec : specs) sets.push_back(spec.value("name", ""));
  std::string set = params.value("set", "");
  if (set.empty() && !sets.empty()) set = sets.front().get<std::string>();
  LOUPE_TRY(const auto* dataset, run_pairs(run, set));
  const auto total = static_cast<int64_t>(dataset->pairs.size());
  const int64_t offset = std::clamp<int64_t>(params.value("offset", int64_t{0}), 0, total);
  const int64_t limit =
      std::clamp<int64_t>(params.value("limit", int64_t{api::max_page}), 0, api::max_page);
  json out = json::array();
  for (int64_t i = offset; i < std::min(total, offset + limit); ++i) {
    const auto& pair = dataset->pairs[static_cast<size_t>(i)];
    out.push_back(api::Pair{i, set, prompt_text(pair.prompt), pair.chosen, pair.rejected});
  }
  return json{{"rows", out}, {"total", total}, {"sets", sets}, {"set", set}};
}

std::optional<Result<json>> StoreRequests::answer(const std::string& method, const json& params) {
  namespace m = api::method;
  const auto done = [](Result<void> result) -> Result<json> {
    if (!result) return std::move(result).error();
    return json::object();
  };
  const auto dispatch = [&]() -> Result<json> {
    if (method == m::models_list) {
      LOUPE_TRY(const auto list, workspace_.models());
      return json{{"rows", rows(list, [](const auto& row) { return json(to_api(row)); })}};
    }
    if (method == m::runs_list) {
      const int64_t limit =
          std::clamp<int64_t>(params.value("limit", int64_t{api::max_page}), 0, api::max_page);
      LOUPE_TRY(const auto list, workspace_.runs(limit, params.value("offset", int64_t{0})));
      LOUPE_TRY(const int64_t total, workspace_.run_count());
      return json{
          {"rows", rows(list, [&](const auto& row) { return json(to_api(workspace_, row)); })},
          {"total", total}};
    }
    if (method == m::jobs_list) {
      LOUPE_CHECK(workspace_.reap_dead_jobs());
      LOUPE_TRY(const auto list, workspace_.jobs(api::max_page));
      return json{
          {"rows", rows(list, [&](const auto& row) { return json(to_api(workspace_, row)); })}};
    }
    if (method == m::pairs_list) return pairs_list(params);
    if (method == m::train_start) return train_start(workspace_, params);
    if (method == m::train_resume) {
      LOUPE_TRY(const int64_t run, int_param(params, "run"));
      return start(workspace_, add_resume(workspace_, run));
    }
    LOUPE_TRY(const int64_t id, int_param(params, "id"));
    if (method == m::runs_show) {
      LOUPE_TRY(const auto row, workspace_.run(id));
      return json(to_api(workspace_, row));
    }
    if (method == m::runs_metrics) {
      api::RunMetrics metrics;
      metrics.run = id;
      LOUPE_TRY(const auto steps, workspace_.steps(id, params.value("after_step", int64_t{-1})));
      for (const auto& s : steps)
        metrics.steps.push_back(
            {s.step, s.epoch, s.loss, s.accuracy, s.chosen_reward, s.rejected_reward});
      LOUPE_TRY(const auto evals, workspace_.evals(id));
      for (const auto& e : evals) metrics.evals.push_back(to_api(e));
      return json(metrics);
    }
    if (method == m::jobs_stop) return done(workspace_.request_stop(id));
    if (method == m::runs_delete)
      return done(workspace_.set_run_deleted(id, params.value("deleted", true)));
    if (method == m::runs_rename) {
      LOUPE_TRY(const std::string name, text_param(params, "name"));
      return done(workspace_.rename_run(id, name));
    }
    LOUPE_TRY(const std::string note, text_param(params, "note"));
    return done(workspace_.set_run_note(id, note));
  };
  for (const char* known :
       {m::models_list, m::runs_list, m::jobs_list, m::pairs_list, m::train_start, m::train_resume,
        m::runs_show, m::runs_metrics, m::jobs_stop, m::runs_delete, m::runs_rename, m::runs_note})
    if (method == known) try {
        return dispatch();
      } catch (const json::exception& error) {
        return Result<json>(bad_params(error.what()));
      }
  return std::nullopt;
}

bool ComputeRequests::knows(const std::string& method) {
  return method == api::method::attribute || method == api::method::shift ||
         method == api::method::models_import;
}

Result<json> ComputeRequests::answer(const std::string& method, const json& params,
                                     const CancelToken& cancel, const ProgressFn& progress) {
  try {
    if (method == api::method::models_import) {
      LOUPE_TRY(const std::string path, text_param(params, "path"));
      LOUPE_TRY(const auto row, import_model(workspace_, path, params.value("name", "")));
      return json(to_api(row));
    }
    if (method == api::method::attribute) {
      LOUPE_TRY(const int64_t run, int_param(params, "run"));
      Question question;
      if (params.contains("prompt")) {
        LOUPE_TRY(question.prompt, parse_prompt(params["prompt"]));
        LOUPE_TRY(question.chosen, text_param(params, "chosen"));
        LOUPE_TRY(question.rejected, text_param(params, "rejected"));
      } else {
        // The pair's place may come from another run's set: `pairs_run` names it.
        const int64_t owner = params.value("pairs_run", run);
        LOUPE_TRY(const std::string set, text_param(params, "set"));
        LOUPE_TRY(const int64_t index, int_param(params, "index"));
        LOUPE_TRY(const auto* dataset, store_.run_pairs(owner, set));
        if (index < 0 || index >= static_cast<int64_t>(dataset->pairs.size()))
          return bad_params("the set has " + std::to_string(dataset->pairs.size()) + " pairs");
        const auto& pair = dataset->pairs[static_cast<size_t>(index)];
        question = {pair.prompt, pair.chosen, pair.rejected};
      }
      // Loading is told apart from computing, so that a first click does not look like a hang.
      LOUPE_TRY([[maybe_unused]] const auto loaded, cache_.run(run, progress));
      LOUPE_TRY(const auto attribution, attribute(cache_, run, question, cancel));
      const json result = attribution;
      LOUPE_TRY([[maybe_unused]] const int64_t id,
                workspace_.add_attribution(run, "exact", params, result));
      return result;
    }
    LOUPE_TRY(const auto prompt, parse_prompt(params.value("prompt", json())));
    LOUPE_TRY(const std::string before, text_param(params, "before"));
    LOUPE_TRY(const std::string after, text_param(params, "after"));
    json out = json::array();
    for (const auto& run : params.value("runs", json::array())) {
      if (!run.is_number_integer()) return bad_params("\"runs\" is a list of run ids");
      LOUPE_TRY(const auto shift, shift_response(cache_, run.get<int64_t>(), prompt, before, after,
                                                 params.value("rejected", ""), cancel));
      out.push_back(shift);
    }
    return json{{"rows", out}};
  } catch (const json::exception& error) {
    return bad_params(error.what());
  }
}

}  // namespace loupe::engine
