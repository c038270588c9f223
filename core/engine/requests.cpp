// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/requests.h"

#include <algorithm>
#include <filesystem>

#include "core/engine/folder.h"
#include "core/engine/jobs.h"
#include "core/engine/models.h"
#include "core/engine/params.h"
#include "core/engine/train_request.h"
#include "core/engine/wire.h"

namespace loupe::engine {

namespace {

using nlohmann::json;

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

api::Dataset to_api(const store::DatasetRow& row) {
  api::Dataset out;
  out.id = row.id;
  out.name = row.name;
  out.kind = row.details.value("kind", "");
  out.path = out.kind == "persona" ? row.details.value("statements", "") : row.path;
  out.pairs = row.rows;
  out.created = row.created;
  std::error_code ignored;
  out.available = std::filesystem::exists(out.path, ignored);
  return out;
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
  }
  for (const auto& job : jobs)
    if (job.run_id == run && job.request.contains("train")) specs.push_back(job.request["train"]);
  std::vector<json> unique;
  for (const auto& spec : specs)
    if (std::find(unique.begin(), unique.end(), spec) == unique.end()) unique.push_back(spec);
  return unique;
}

Result<const data::PreferenceDataset*> StoreRequests::run_pairs(int64_t run,
                                                                const std::string& set) {
  LOUPE_TRY(const auto specs, run_specs(run));
  for (const auto& spec : specs) {
    if (spec.value("name", "") == set) return pairs_of(spec);
  }
  return Error{ErrorCode::not_found, "the run has no evaluation set called \"" + set + "\"",
               "run " + std::to_string(run), ""};
}

Result<const data::PreferenceDataset*> StoreRequests::pairs_of(const json& spec) {
  const std::string key = dump(spec);
  if (const auto found = datasets_.find(key); found != datasets_.end()) return &found->second;
  LOUPE_TRY(auto dataset, load_spec(spec));
  return &datasets_.emplace(key, std::move(dataset)).first->second;
}

Result<const data::PreferenceDataset*> StoreRequests::dataset_pairs(int64_t dataset) {
  LOUPE_TRY(const auto spec, dataset_spec(workspace_, dataset));
  return pairs_of(spec);
}

Result<json> StoreRequests::pairs_list(const json& params) {
  json sets = json::array();
  std::string set = params.value("set", "");
  const data::PreferenceDataset* dataset = nullptr;
  if (params.contains("dataset")) {
    LOUPE_TRY(const int64_t id, int_param(params, "dataset"));
    LOUPE_TRY(dataset, dataset_pairs(id));
    set = dataset->name;
    sets.push_back(set);
  } else {
    LOUPE_TRY(const int64_t run, int_param(params, "run"));
    LOUPE_TRY(const auto specs, run_specs(run));
    for (const auto& spec : specs) sets.push_back(spec.value("name", ""));
    if (set.empty() && !sets.empty()) set = sets.front().get<std::string>();
    LOUPE_TRY(dataset, run_pairs(run, set));
  }
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
      LOUPE_TRY(const auto list, list_models(workspace_));
      return json{{"rows", list}};
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
    if (method == m::datasets_list) {
      LOUPE_TRY(auto list, workspace_.datasets());
      std::reverse(list.begin(), list.end());
      return json{{"rows", rows(list, [](const auto& row) { return json(to_api(row)); })}};
    }
    if (method == m::train_start) {
      LOUPE_TRY(auto request, train_request(workspace_, params));
      return start(workspace_, add_training(workspace_, std::move(request)));
    }
    if (method == m::eval_start) {
      LOUPE_TRY(const int64_t run, int_param(params, "run"));
      LOUPE_TRY(auto sets, eval_specs(workspace_, params));
      if (sets.empty()) return bad_params("give a set to evaluate on");
      return start(workspace_, add_evaluation(workspace_, run, std::move(sets)));
    }
    if (method == m::fetch_demo) {
      LOUPE_TRY(const auto added, add_fetch(workspace_));
      LOUPE_TRY(const auto job, workspace_.job(added.job));
      if (job.started > 0) return json{{"job", added.job}};
      return start(workspace_, added);
    }
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
    if (method == m::jobs_stop) return done(stop_job(workspace_, id));
    if (method == m::jobs_log) {
      LOUPE_TRY([[maybe_unused]] const auto job, workspace_.job(id));
      const auto bytes = std::clamp<int64_t>(params.value("bytes", int64_t{100000}), 0, 1000000);
      return json{{"text", job_log_tail(workspace_, id, static_cast<size_t>(bytes))}};
    }
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
       {m::models_list, m::runs_list, m::jobs_list, m::jobs_log, m::datasets_list, m::pairs_list,
        m::train_start, m::train_resume, m::eval_start, m::fetch_demo, m::runs_show,
        m::runs_metrics, m::jobs_stop, m::runs_delete, m::runs_rename, m::runs_note})
    if (method == known) try {
        return dispatch();
      } catch (const json::exception& error) {
        return Result<json>(bad_params(error.what()));
      }
  return std::nullopt;
}

bool FileRequests::knows(const std::string& method) {
  return method == api::method::fs_list || method == api::method::projects_list ||
         method == api::method::projects_show;
}

Result<json> FileRequests::answer(const std::string& method, const json& params) {
  if (method == api::method::projects_list) {
    json list = json::array();
    for (const auto& project : list_sample_projects()) list.push_back(project);
    return json{{"rows", list}};
  }
  LOUPE_TRY(const std::string path, text_param(params, "path"));
  if (method == api::method::projects_show) {
    LOUPE_TRY(const auto project, show_project(path));
    return json(project);
  }
  LOUPE_TRY(const auto listing, list_folder(path));
  return json(listing);
}

}  // namespace loupe::engine
