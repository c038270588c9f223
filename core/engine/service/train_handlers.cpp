// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/estimate.h"
#include "core/engine/jobs.h"
#include "core/engine/service/handlers.h"
#include "core/engine/train_request.h"

namespace loupe::engine {

namespace {

Result<api::Started> start(store::Workspace& workspace, Result<StartedJob> added) {
  if (!added) return std::move(added).error();
  LOUPE_CHECK(dispatch(workspace));
  return api::Started{added->job, added->run};
}

}  // namespace

Result<api::Started> TrainHandlers::answer(api::TrainStart, const api::TrainAsked& asked,
                                           CallContext& context) {
  LOUPE_TRY(auto request, train_request(context.store, asked));
  return start(context.store, add_training(context.store, std::move(request)));
}

Result<api::Estimate> TrainHandlers::answer(api::TrainEstimate, const api::TrainAsked& asked,
                                            CallContext& context) {
  LOUPE_TRY(const auto request, train_request(context.store, asked));
  LOUPE_TRY(auto out, session_.estimator().estimate(request, context.cancel));
  out.command = command_line_of(context.store, request, asked);
  return out;
}

Result<api::Started> TrainHandlers::answer(api::TrainResume, const api::RunId& asked,
                                           CallContext& context) {
  return start(context.store, add_resume(context.store, asked.run));
}

Result<api::Started> TrainHandlers::answer(api::EvalStart, const api::EvalAsked& asked,
                                           CallContext& context) {
  LOUPE_TRY(auto sets, eval_specs(context.store, asked.eval, asked.eval_datasets));
  if (sets.empty())
    return Error{ErrorCode::invalid_input, "give a set to evaluate on", "request", ""};
  return start(context.store, add_evaluation(context.store, asked.run, std::move(sets)));
}

Result<api::Started> TrainHandlers::answer(api::FetchDemo, const api::Nothing&,
                                           CallContext& context) {
  LOUPE_TRY(const auto added, add_fetch(context.store));
  LOUPE_TRY(const auto job, context.store.job(added.job));
  if (job.started > 0) return api::Started{added.job, 0};
  return start(context.store, added);
}

}  // namespace loupe::engine
