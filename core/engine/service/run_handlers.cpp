// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "core/engine/jobs.h"
#include "core/engine/service/handlers.h"

namespace loupe::engine {

namespace {

Result<api::Nothing> done(Result<void> result) {
  LOUPE_CHECK(std::move(result));
  return api::Nothing();
}

}  // namespace

Result<api::Page<api::Run>> RunHandlers::answer(api::RunsList, const api::RunsPage& asked,
                                                CallContext& context) {
  LOUPE_TRY(const auto list,
            context.store.runs(std::clamp<int64_t>(asked.limit, 0, api::max_page), asked.offset));
  api::Page<api::Run> out;
  LOUPE_TRY(out.total, context.store.run_count());
  for (const auto& row : list) out.rows.push_back(to_api(row));
  return out;
}

Result<api::Run> RunHandlers::answer(api::RunsShow, const api::Id& asked, CallContext& context) {
  LOUPE_TRY(const auto row, context.store.run(asked.id));
  return to_api(row);
}

Result<api::RunMetrics> RunHandlers::answer(api::RunsMetrics, const api::MetricsAfter& asked,
                                            CallContext& context) {
  api::RunMetrics out;
  out.run = asked.id;
  LOUPE_TRY(const auto steps,
            context.store.steps(asked.id, asked.after_step,
                                std::clamp<int64_t>(asked.limit, 0, api::max_page)));
  for (const auto& s : steps)
    out.steps.push_back({s.step, s.epoch, s.loss, s.accuracy, s.chosen_reward, s.rejected_reward,
                         s.grad_norm, s.lr, s.seconds});
  LOUPE_TRY(const auto evals, context.store.evals(asked.id));
  for (const auto& e : evals) out.evals.push_back(to_api(e));
  return out;
}

Result<api::Nothing> RunHandlers::answer(api::RunsRename, const api::NewName& asked,
                                         CallContext& context) {
  return done(context.store.rename_run(asked.id, asked.name));
}

Result<api::Nothing> RunHandlers::answer(api::RunsNote, const api::NewNote& asked,
                                         CallContext& context) {
  return done(context.store.set_run_note(asked.id, asked.note));
}

Result<api::Nothing> RunHandlers::answer(api::RunsDelete, const api::Deletion& asked,
                                         CallContext& context) {
  return done(context.store.set_run_deleted(asked.id, asked.deleted));
}

Result<api::Rows<api::Job>> RunHandlers::answer(api::JobsList, const api::Nothing&,
                                                CallContext& context) {
  LOUPE_CHECK(context.store.reap_dead_jobs());
  LOUPE_TRY(const auto list, context.store.jobs(api::max_page));
  api::Rows<api::Job> out;
  for (const auto& row : list) out.rows.push_back(to_api(context.store, row));
  return out;
}

Result<api::Nothing> RunHandlers::answer(api::JobsStop, const api::Id& asked,
                                         CallContext& context) {
  return done(stop_job(context.store, asked.id));
}

Result<api::LogText> RunHandlers::answer(api::JobsLog, const api::LogEnd& asked,
                                         CallContext& context) {
  LOUPE_TRY([[maybe_unused]] const auto job, context.store.job(asked.id));
  const auto bytes = std::clamp<int64_t>(asked.bytes, 0, 1000000);
  return api::LogText{job_log_tail(context.store, asked.id, static_cast<size_t>(bytes))};
}

}  // namespace loupe::engine
