// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/api/messages.h"

#include <cmath>
#include <limits>

#include "core/api/wire_fields.h"

namespace loupe::api {
namespace {

template <class F, class T>
void fields(F&& f, T& v) requires std::is_same_v<std::remove_const_t<T>, ServerInfo> {
  f("protocol", v.protocol);
  f("version", v.version);
  f("torch", v.torch);
  f("workspace", v.workspace);
  f("host", v.host);
  f("pid", v.pid);
  f("devices", v.devices);
  f("threads", v.threads);
  f("cores", v.cores);
  f("memory", v.memory);
  f("cache_limit", v.cache_limit);
  f("device", v.device);
}

template <class F, class T>
void fields(F&& f, T& v) requires std::is_same_v<std::remove_const_t<T>, Model> {
  f("id", v.id);
  f("name", v.name);
  f("path", v.path);
  f("format", v.format);
  f("architecture", v.architecture);
  f("parameters", v.parameters);
  f("status", v.status);
  f("kind", v.kind);
  f("source", v.source);
  f("dtype", v.dtype);
  f("context", v.context);
  f("size", v.size);
  f("base", v.base);
  f("type", v.type);
  f("beta", v.beta);
  f("length_normalised", v.length_normalised);
  f("without_reference", v.without_reference);
  f("note", v.note);
  f("created", v.created);
  f("runs", v.runs);
  f("removed", v.removed);
}

template <class F, class T>
void fields(F&& f, T& v) requires std::is_same_v<std::remove_const_t<T>, EvalSummary> {
  f("set", v.set);
  f("epoch", v.epoch);
  f("step", v.step);
  f("n", v.n);
  f("ties", v.ties);
  f("accuracy", v.accuracy);
  f("low", v.low);
  f("high", v.high);
  f("margin_mean", v.margin_mean);
  f("margin_sd", v.margin_sd);
  f("normalised_margin", v.normalised_margin);
  f("loss", v.loss);
  f("chosen_mean", v.chosen_mean);
  f("rejected_mean", v.rejected_mean);
}

template <class F, class T>
void fields(F&& f, T& v) requires std::is_same_v<std::remove_const_t<T>, Run> {
  f("id", v.id);
  f("name", v.name);
  f("type", v.type);
  f("model", v.model);
  f("dataset", v.dataset);
  f("seed", v.seed);
  f("status", v.status);
  f("device", v.device);
  f("note", v.note);
  f("created", v.created);
  f("started", v.started);
  f("ended", v.ended);
  f("seconds", v.seconds);
  f("epochs", v.epochs);
  f("epochs_done", v.epochs_done);
  f("loss", v.loss);
  f("job_id", v.job_id);
  f("error", v.error);
  f("deleted", v.deleted);
  f("recipe", v.recipe);
  f("last_evals", v.last_evals);
}

template <class F, class T>
void fields(F&& f, T& v) requires std::is_same_v<std::remove_const_t<T>, StepPoint> {
  f("step", v.step);
  f("epoch", v.epoch);
  f("loss", v.loss);
  f("accuracy", v.accuracy);
  f("chosen_reward", v.chosen_reward);
  f("rejected_reward", v.rejected_reward);
}

template <class F, class T>
void fields(F&& f, T& v) requires std::is_same_v<std::remove_const_t<T>, RunMetrics> {
  f("run", v.run);
  f("steps", v.steps);
  f("evals", v.evals);
}

template <class F, class T>
void fields(F&& f, T& v) requires std::is_same_v<std::remove_const_t<T>, Job> {
  f("id", v.id);
  f("kind", v.kind);
  f("status", v.status);
  f("error", v.error);
  f("run_id", v.run_id);
  f("title", v.title);
  f("phase", v.phase);
  f("done", v.done);
  f("total", v.total);
  f("seconds_left", v.seconds_left);
  f("created", v.created);
  f("started", v.started);
  f("ended", v.ended);
  f("log_tail", v.log_tail);
}

template <class F, class T>
void fields(F&& f, T& v) requires std::is_same_v<std::remove_const_t<T>, Pair> {
  f("index", v.index);
  f("set", v.set);
  f("prompt", v.prompt);
  f("chosen", v.chosen);
  f("rejected", v.rejected);
}

template <class F, class T>
void fields(F&& f, T& v) requires std::is_same_v<std::remove_const_t<T>, TokenCredit> {
  f("id", v.id);
  f("bytes", v.bytes);
  f("text", v.text);
  f("credit", v.credit);
  f("log_prob", v.log_prob);
  f("ref_log_prob", v.ref_log_prob);
}

template <class F, class T>
void fields(F&& f, T& v) requires std::is_same_v<std::remove_const_t<T>, ResponseCredit> {
  f("tokens", v.tokens);
  f("reward", v.reward);
  f("offset", v.offset);
  f("error", v.error);
}

template <class F, class T>
void fields(F&& f, T& v) requires std::is_same_v<std::remove_const_t<T>, Attribution> {
  f("run", v.run);
  f("model", v.model);
  f("run_name", v.run_name);
  f("type", v.type);
  f("method", v.method);
  f("credits", v.credits);
  f("prompt", v.prompt);
  f("chosen", v.chosen);
  f("rejected", v.rejected);
}

template <class F, class T>
void fields(F&& f, T& v) requires std::is_same_v<std::remove_const_t<T>, Shift> {
  f("run", v.run);
  f("model", v.model);
  f("run_name", v.run_name);
  f("type", v.type);
  f("before", v.before);
  f("after", v.after);
  f("rejected", v.rejected);
  f("margin_before", v.margin_before);
  f("margin_after", v.margin_after);
  f("flipped", v.flipped);
  f("has_rejected", v.has_rejected);
  f("before_tokens", v.before_tokens);
  f("after_tokens", v.after_tokens);
  f("rejected_tokens", v.rejected_tokens);
  f("alignment", v.alignment);
  f("error", v.error);
}

template <class F, class T>
void fields(F&& f, T& v) requires std::is_same_v<std::remove_const_t<T>, Project> {
  f("path", v.path);
  f("name", v.name);
  f("title", v.title);
  f("description", v.description);
  f("model", v.model);
  f("recipe", v.recipe);
  f("seeds", v.seeds);
  f("sets", v.sets);
  f("train_pairs", v.train_pairs);
}

template <class F, class T>
void fields(F&& f, T& v) requires std::is_same_v<std::remove_const_t<T>, Dataset> {
  f("id", v.id);
  f("name", v.name);
  f("path", v.path);
  f("kind", v.kind);
  f("pairs", v.pairs);
  f("created", v.created);
  f("available", v.available);
}

template <class F, class T>
void fields(F&& f, T& v) requires std::is_same_v<std::remove_const_t<T>, FolderEntry> {
  f("name", v.name);
  f("is_folder", v.is_folder);
  f("size", v.size);
  f("modified", v.modified);
  f("kind", v.kind);
}

template <class F, class T>
void fields(F&& f, T& v) requires std::is_same_v<std::remove_const_t<T>, FolderListing> {
  f("path", v.path);
  f("parent", v.parent);
  f("home", v.home);
  f("entries", v.entries);
  f("truncated", v.truncated);
}

template <class F, class T>
void fields(F&& f, T& v) requires std::is_same_v<std::remove_const_t<T>, Estimate> {
  f("device", v.device);
  f("pairs", v.pairs);
  f("eval_pairs", v.eval_pairs);
  f("left_out", v.left_out);
  f("memory", v.memory);
  f("memory_available", v.memory_available);
  f("disk", v.disk);
  f("disk_available", v.disk_available);
  f("fits", v.fits);
  f("seconds", v.seconds);
  f("command", v.command);
}

}  // namespace

LOUPE_WIRE_VALUE(ServerInfo)
LOUPE_WIRE_VALUE(Model)
LOUPE_WIRE_VALUE(EvalSummary)
LOUPE_WIRE_VALUE(Run)
LOUPE_WIRE_VALUE(StepPoint)
LOUPE_WIRE_VALUE(RunMetrics)
LOUPE_WIRE_VALUE(Job)
LOUPE_WIRE_VALUE(Pair)
LOUPE_WIRE_VALUE(TokenCredit)
LOUPE_WIRE_VALUE(ResponseCredit)
LOUPE_WIRE_VALUE(Attribution)
LOUPE_WIRE_VALUE(Shift)
LOUPE_WIRE_VALUE(Project)
LOUPE_WIRE_VALUE(Dataset)
LOUPE_WIRE_VALUE(FolderEntry)
LOUPE_WIRE_VALUE(FolderListing)
LOUPE_WIRE_VALUE(Estimate)

json number_to_json(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  return value;
}

double number_from_json(const json& value) {
  if (value.is_string()) {
    const std::string& text = value.get_ref<const std::string&>();
    if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
    if (text == "Infinity") return std::numeric_limits<double>::infinity();
    if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  }
  return value.get<double>();
}

}  // namespace loupe::api
