// SPDX-License-Identifier: GPL-3.0-or-later
// Rows of the store in the form that travels.
#include <algorithm>
#include <fstream>

#include "core/api/field_info.h"
#include "core/engine/jobs.h"
#include "core/engine/jobs/kinds.h"

namespace loupe::engine {

namespace fs = std::filesystem;

std::string job_log_tail(const store::Workspace& workspace, int64_t job_id, size_t bytes) {
  std::ifstream stream(workspace.folder() / "artifacts" / std::to_string(job_id) / "log",
                       std::ios::binary);
  if (!stream) return "";
  stream.seekg(0, std::ios::end);
  const auto size = static_cast<size_t>(std::max<std::streamoff>(0, stream.tellg()));
  stream.seekg(static_cast<std::streamoff>(size > bytes ? size - bytes : 0));
  return {std::istreambuf_iterator<char>(stream), {}};
}

api::Job to_api(const store::Workspace& workspace, const store::JobRow& row) {
  api::Job job;
  job.id = row.id;
  job.kind = row.kind;
  job.status = store::job_status_name(row.status);
  job.error = row.error;
  job.run_id = row.run_id;
  if (const JobKind* kind = job_kind(row.kind)) {
    job.title = kind->title;
    if (const auto place = job.title.find("%1"); place != std::string::npos)
      job.title.replace(place, 2, row.run_name);
  }
  if (row.progress.is_object()) {
    job.phase = row.progress.value("phase", "");
    job.done = row.progress.value("done", 0.0);
    job.total = row.progress.value("total", 0.0);
    job.seconds_left = row.progress.value("seconds_left", -1.0);
  }
  job.created = row.created;
  job.started = row.started;
  job.ended = row.ended;
  if (row.status == store::JobStatus::failed) job.log_tail = job_log_tail(workspace, row.id);
  return job;
}

api::EvalSummary to_api(const store::EvalMetric& metric) {
  api::EvalSummary out;
  out.set = metric.set;
  out.epoch = metric.epoch;
  out.step = metric.step;
  const json& m = metric.measures;
  const auto number = [&](const char* key) {
    return m.contains(key) ? api::number_from_json(m[key]) : 0.0;
  };
  out.n = m.value("n", int64_t{0});
  out.ties = m.value("ties", int64_t{0});
  out.accuracy = number("accuracy");
  out.low = number("accuracy_low");
  out.high = number("accuracy_high");
  out.margin_mean = number("margin_mean");
  out.margin_sd = number("margin_sd");
  out.normalised_margin = number("normalised_margin");
  out.loss = number("loss");
  out.chosen_mean = number("chosen_mean");
  out.rejected_mean = number("rejected_mean");
  return out;
}

api::Run to_api(const store::RunRow& row) {
  api::Run run;
  run.id = row.id;
  run.name = row.name;
  run.type = row.type;
  run.model = row.model_name;
  // "train" alone would say nothing in a table of runs on several data sets.
  run.dataset = data::label_of(
      {{"kind", row.dataset_kind}, {"name", row.dataset_name}, {"path", row.dataset_path}});
  if (run.dataset.empty()) run.dataset = row.dataset_name;
  run.recipe = api::with_present_keys(api::infos<api::Recipe>(), row.recipe);
  run.seed = row.recipe.value("seed", int64_t{0});
  run.status = row.status;
  run.device = row.device;
  run.note = row.note;
  run.created = row.created;
  run.started = row.started;
  run.ended = row.ended;
  run.deleted = row.deleted;
  run.epochs = row.recipe.value("epochs", 0.0);
  if (row.summary.is_object()) {
    run.seconds = row.summary.value("seconds", 0.0);
    run.epochs_done = row.summary.value("epoch", 0.0);
    run.loss = row.summary.contains("loss") ? api::number_from_json(row.summary["loss"]) : 0.0;
    run.job_id = row.summary.value("job", int64_t{0});
    run.error = row.summary.value("error", "");
  }
  for (const auto& eval : row.last_evals) run.last_evals.push_back(to_api(eval));
  return run;
}

}  // namespace loupe::engine
