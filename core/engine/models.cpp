// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/models.h"

#include <ATen/ATen.h>
#include <unistd.h>

#include <mutex>
#include <thread>
#include <tuple>

#include "core/base/file.h"
#include "core/model/adapter.h"

namespace loupe::engine {

namespace fs = std::filesystem;
using nlohmann::json;

Result<std::string> model_named(store::Workspace& workspace, const std::string& text,
                                const fs::path& folder) {
  auto named = workspace.model(text);
  const bool is_path = text.starts_with("/") || text.starts_with("./") || text.starts_with("../");
  if (named || !is_path) {
    if (!named) return std::move(named).error();
    return text;
  }
  std::error_code ignored;
  const fs::path path = fs::weakly_canonical(fs::absolute(folder / text), ignored);
  LOUPE_TRY(const auto models, workspace.models());
  for (const auto& row : models)
    if (row.path == path.string()) return row.name;
  LOUPE_TRY(const auto row, import_model(workspace, path.string()));
  return row.name;
}

namespace {

// Hashing a large file takes seconds; a status is asked for at every refresh of a window.
Result<std::string> hash_of(const std::string& path, uint64_t size, int64_t mtime_ns) {
  static std::mutex mutex;
  static std::map<std::tuple<std::string, uint64_t, int64_t>, std::string> known;
  const std::tuple key(path, size, mtime_ns);
  const std::lock_guard lock(mutex);
  if (const auto found = known.find(key); found != known.end()) return found->second;
  LOUPE_TRY(const auto identity, identify_file(path));
  return known[key] = identity.sha256;
}

}  // namespace

std::string model_status(const store::ModelRow& row) {
  for (const auto& file : row.files) {
    const std::string path = file.value("path", "");
    const auto now = stat_file(path);
    if (!now) return "missing: " + path;
    if (now->size != file.value("size", uint64_t{0})) return "changed: " + path;
    if (now->mtime_ns == file.value("mtime_ns", int64_t{0})) continue;
    const auto hash = hash_of(path, now->size, now->mtime_ns);
    if (!hash || *hash != file.value("sha256", "")) return "changed: " + path;
  }
  return "ok";
}

namespace {

std::string source_of(const store::ModelRow& row) {
  return row.format == "gguf" ? "GGUF" : row.format == "peft" ? "PEFT adapter" : "HF folder";
}

double size_of(const store::ModelRow& row) {
  double size = 0;
  for (const auto& file : row.files) size += static_cast<double>(file.value("size", uint64_t{0}));
  return size;
}

}  // namespace

const reward::RewardKind& kind_of(const store::ModelRow& row) {
  return reward::kind_of(row.kind, row.details);
}

api::Model to_api(const store::ModelRow& row, int64_t runs) {
  api::Model out;
  out.id = row.id;
  out.name = row.name;
  out.path = row.path;
  out.format = row.format;
  out.architecture = row.architecture;
  out.parameters = row.parameters;
  out.status = model_status(row);
  out.kind = row.kind;
  out.source = source_of(row);
  out.dtype = row.details.value("dtype", "");
  out.size = size_of(row);
  out.base = row.base_id;
  out.type = kind_of(row).id();
  out.beta = row.details.value("beta", 0.0);
  out.length_normalised = row.details.value("length_normalised", false);
  out.without_reference = row.details.value("without_reference", false);
  out.note = row.note;
  out.created = row.created;
  out.runs = runs;
  out.removed = row.removed;
  if (const auto config = model::config_from_json(row.details.value("config", json()), row.path))
    out.context = config->max_positions;
  return out;
}

Result<std::vector<api::Model>> list_models(const store::Workspace& workspace) {
  LOUPE_TRY(const auto rows, workspace.models());
  LOUPE_TRY(const auto counts, workspace.runs_by_model());
  std::vector<api::Model> out;
  for (const auto& row : rows) {
    const auto used = counts.find(row.id);
    out.push_back(to_api(row, used == counts.end() ? 0 : used->second));
  }
  return out;
}

Result<void> check_trainable(const store::ModelRow& row) {
  const auto& kind = kind_of(row);
  if (!kind.trains()) return {};
  return Error{
      ErrorCode::unsupported,
      "\"" + row.name + "\" is a reward model already; training starts from a language model",
      row.path,
      kind.has_head() ? "choose the language model that it was made from"
                      : "import its policy by itself, and train that"};
}

Result<store::ModelRow> text_row(const store::Workspace& workspace, const store::ModelRow& row) {
  if (row.kind != model::role::adapter) return row;
  return workspace.model(row.base_id);
}

namespace {

Result<void> check_files(const store::ModelRow& row) {
  const std::string status = model_status(row);
  if (status == "ok") return {};
  return Error{status.starts_with("missing") ? ErrorCode::not_found : ErrorCode::corrupt,
               "the model \"" + row.name + "\" is not what was imported", status,
               "put the file back, or import the model again under another name"};
}

// The head of an export that averages over the response, which no class of transformers reads.
Result<void> take_mean_head(const store::ModelRow& row, model::LanguageModel& model) {
  if (row.details.value("pooling", "") != "mean") return {};
  const std::string file = (std::filesystem::path(row.path) / "reward_head.safetensors").string();
  LOUPE_TRY(model.head, model::load_head(file, *model.decoder));
  return {};
}

}  // namespace

Result<void> put_adapter_on(const store::ModelRow& row, model::LanguageModel& model) {
  LOUPE_CHECK(check_files(row));
  const bool merge = row.details.value("adapter", json::object()).value("merged", false);
  LOUPE_CHECK(model::apply_adapter(
      row.path, model, merge ? model::AdapterPlace::merged : model::AdapterPlace::applied));
  return take_mean_head(row, model);
}

Result<model::LanguageModel> load_row(const store::Workspace& workspace, const store::ModelRow& row,
                                      const model::LoadOptions& options) {
  if (row.kind == model::role::adapter) {
    LOUPE_TRY(const auto base, workspace.model(row.base_id));
    LOUPE_TRY(auto out, load_row(workspace, base, options));
    LOUPE_CHECK(put_adapter_on(row, out));
    return out;
  }
  LOUPE_CHECK(check_files(row));
  auto with_date = options;
  with_date.template_date = row.details.value("template_date", options.template_date);
  LOUPE_TRY(auto out, model::load_model(row.path, with_date));
  LOUPE_CHECK(take_mean_head(row, out));
  return out;
}

}  // namespace loupe::engine
