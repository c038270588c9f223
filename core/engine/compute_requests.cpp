// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/compute_requests.h"

#include "core/engine/params.h"
#include "core/engine/train_request.h"
#include "core/engine/wire.h"

namespace loupe::engine {

using nlohmann::json;

bool ComputeRequests::knows(const std::string& method) {
  namespace m = api::method;
  return method == m::attribute || method == m::shift || method == m::train_estimate;
}

// The pair that "set" (of "pairs_run", or of "run") or "dataset" and "index" name.
Result<const data::PreferencePair*> ComputeRequests::pair_at(const json& params) {
  LOUPE_TRY(const int64_t index, int_param(params, "index"));
  const data::PreferenceDataset* dataset = nullptr;
  if (params.contains("dataset")) {
    LOUPE_TRY(const int64_t id, int_param(params, "dataset"));
    LOUPE_TRY(dataset, store_.dataset_pairs(id));
  } else {
    // The pair's place may come from another run's set: `pairs_run` names it.
    LOUPE_TRY(const int64_t owner,
              int_param(params, params.contains("pairs_run") ? "pairs_run" : "run"));
    LOUPE_TRY(const std::string set, text_param(params, "set"));
    LOUPE_TRY(dataset, store_.run_pairs(owner, set));
  }
  const auto count = static_cast<int64_t>(dataset->pairs.size());
  if (index < 0 || index >= count)
    return bad_params("there is no pair " + std::to_string(index) + "; the set has pairs 0 to " +
                      std::to_string(count - 1));
  return &dataset->pairs[static_cast<size_t>(index)];
}

Result<Question> ComputeRequests::question(const json& params) {
  if (!params.contains("prompt")) {
    LOUPE_TRY(const auto* pair, pair_at(params));
    return Question{pair->prompt, pair->chosen, pair->rejected};
  }
  Question out;
  LOUPE_TRY(out.prompt, parse_prompt(params["prompt"]));
  LOUPE_TRY(out.chosen, text_param(params, "chosen"));
  LOUPE_TRY(out.rejected, text_param(params, "rejected"));
  return out;
}

Result<json> ComputeRequests::attribute(const json& params, const Asker& asker) {
  LOUPE_TRY(const auto asked, question(params));
  // Loading is told apart from computing, so that a first click does not look like a hang.
  if (params.contains("model")) {
    LOUPE_TRY(const int64_t model, int_param(params, "model"));
    LOUPE_TRY([[maybe_unused]] const auto loaded, cache_.base(model, asker.progress));
    LOUPE_TRY(const auto attribution, attribute_model(cache_, model, asked, asker.cancel));
    return json(attribution);
  }
  LOUPE_TRY(const int64_t run, int_param(params, "run"));
  LOUPE_TRY([[maybe_unused]] const auto loaded, cache_.run(run, asker.progress));
  LOUPE_TRY(const auto attribution, engine::attribute(cache_, run, asked, asker.cancel));
  const json result = attribution;
  LOUPE_TRY([[maybe_unused]] const int64_t id,
            workspace_.add_attribution(run, "exact", params, result));
  return result;
}

Result<json> ComputeRequests::shift(const json& params, const Asker& asker) {
  Edit edit;
  if (params.contains("index")) {
    LOUPE_TRY(const auto* pair, pair_at(params));
    edit.prompt = pair->prompt;
  } else {
    LOUPE_TRY(edit.prompt, parse_prompt(params.value("prompt", json())));
  }
  LOUPE_TRY(edit.before, text_param(params, "before"));
  LOUPE_TRY(edit.after, text_param(params, "after"));
  edit.other = params.value("rejected", "");
  json out = json::array();
  const auto answer_of = [&](int64_t id, bool is_run) -> Result<void> {
    asker.cancel.check();
    // One run's trouble is a row of its own; only a cancel ends the whole.
    auto shift = [&]() -> Result<api::Shift> {
      LOUPE_TRY(const auto loaded,
                is_run ? cache_.run(id, asker.progress) : cache_.model(id, asker.progress));
      return shift_response(*loaded, edit, asker.cancel, &memo_);
    }();
    if (!shift &&
        (shift.error().code == ErrorCode::cancelled || shift.error().code == ErrorCode::superseded))
      return std::move(shift).error();
    api::Shift row;
    if (shift) {
      row = std::move(*shift);
    } else {
      (is_run ? row.run : row.model) = id;
      if (const auto known = workspace_.run(id); is_run && known) {
        row.run_name = known->name;
        row.type = known->type;
      }
      if (const auto known = workspace_.model(id); !is_run && known) {
        row.run_name = known->name;
        row.type = known->kind;
      }
      row.error = error_json(shift.error());
    }
    out.push_back(row);
    if (asker.partial) asker.partial(out.back());
    return {};
  };
  for (const char* key : {"runs", "models"}) {
    const json list = params.value(key, json::array());
    for (const auto& id : list) {
      if (!id.is_number_integer())
        return bad_params(std::string("\"") + key + "\" is a list of ids");
      LOUPE_CHECK(answer_of(id.get<int64_t>(), std::string(key) == "runs"));
    }
  }
  return json{{"rows", out}};
}

Result<json> ComputeRequests::estimate(const json& params, const Asker& asker) {
  LOUPE_TRY(const auto request, train_request(workspace_, params));
  LOUPE_TRY(auto out, estimator_.estimate(request, asker.cancel));
  out.command = command_line_of(workspace_, request, params);
  return json(out);
}

Result<json> ComputeRequests::answer(const std::string& method, const json& params,
                                     const Asker& asker) {
  try {
    if (method == api::method::attribute) return attribute(params, asker);
    if (method == api::method::shift) return shift(params, asker);
    return estimate(params, asker);
  } catch (const json::exception& error) {
    return bad_params(error.what());
  }
}

}  // namespace loupe::engine
