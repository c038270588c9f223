// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model_export.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/grad_mode.h>

#include "core/base/file.h"
#include "core/engine/model_cache.h"
#include "core/engine/models.h"
#include "core/model/adapter.h"
#include "core/model/export.h"

namespace loupe::engine {

namespace {

namespace fs = std::filesystem;
using at::Tensor;
using nlohmann::json;

model::ExportOptions options_of(const std::string& title, const CallContext& context) {
  model::ExportOptions out;
  out.title = title;
  out.cancel = context.cancel;
  out.progress = context.progress;
  return out;
}

json files_of(const store::ModelRow& row) {
  json out = json::array();
  for (const auto& file : row.files)
    out.push_back({{"name", fs::path(file.value("path", "")).filename().string()},
                   {"sha256", file.value("sha256", "")}});
  return out;
}

Result<Tensor> grow(const Tensor& old, int64_t rows, int64_t first, int64_t known,
                    const std::string& init, double sd) {
  Tensor out = at::empty({rows, old.size(1)}, old.options());
  out.narrow(0, 0, old.size(0)).copy_(old);
  Tensor added = out.narrow(0, first, rows - first);
  if (init == "zero") {
    added.zero_();
  } else if (init == "mean") {
    added.copy_(old.narrow(0, 0, known).to(at::kDouble).mean(0, true).expand_as(added));
  } else {
    auto generator = at::make_generator<at::CPUGeneratorImpl>(0);
    added.copy_(at::randn(added.sizes(), generator, at::TensorOptions().dtype(at::kFloat)) * sd);
  }
  return out;
}

struct Growth {
  std::vector<std::string> tokens;
  std::string init;
  int64_t first = 0;  // id of the first new token
};

// A decoder like `old` with room for the new tokens.
Result<std::shared_ptr<model::Decoder>> grown_decoder(const model::Decoder& old,
                                                      const Growth& growth) {
  at::NoGradGuard no_grad;
  auto config = old.config();
  const int64_t wanted = growth.first + static_cast<int64_t>(growth.tokens.size());
  config.vocab_size = std::max(config.vocab_size, wanted);
  config.source["vocab_size"] = config.vocab_size;
  std::map<std::string, Tensor> by_name(old.parameters().begin(), old.parameters().end());
  const auto& names = config.names;
  const double sd = config.initializer_range.value_or(0.02);
  return model::Decoder::build(
      config,
      [&](const std::string& name, Tensor& destination) -> Result<void> {
        const Tensor source = by_name.at(name).detach();
        if (name != names.prefix + names.embedding && name != names.unembedding) {
          destination.copy_(source);
          return {};
        }
        LOUPE_TRY(const Tensor rows, grow(source, config.vocab_size, growth.first,
                                          std::min(growth.first, source.size(0)), growth.init, sd));
        destination.copy_(rows);
        return {};
      },
      {old.residual(), old.weights_dtype(), old.device()});
}

Result<store::ModelRow> grow_one(store::Workspace& workspace, const store::ModelRow& row,
                                 const Growth& growth, const std::string& name,
                                 const ImportOptions& import_as, const CallContext& context) {
  model::LoadOptions loading;
  loading.weights = model::LoadOptions::Weights::stored;
  loading.cancel = context.cancel;
  loading.progress = context.progress;
  LOUPE_TRY(auto language, load_row(workspace, row, loading));
  language.decoder = language.decoder->merged();
  LOUPE_TRY(language.decoder, grown_decoder(*language.decoder, growth));
  LOUPE_TRY(const auto files, text_row(workspace, row));
  auto options = options_of(name, context);
  options.source = files.path;
  for (size_t i = 0; i < growth.tokens.size(); ++i)
    options.added.push_back(
        {growth.tokens[i], static_cast<int32_t>(growth.first + static_cast<int64_t>(i)), true});
  options.record = {{"made_from", row.name},
                    {"files", files_of(row)},
                    {"added_tokens", growth.tokens},
                    {"initialised", growth.init}};
  options.form = kind_of(row).export_form(row.details, options);
  // Names may be anything; a folder is numbered.
  fs::path folder;
  std::error_code ignored;
  for (int64_t i = 1; folder.empty() || fs::exists(folder, ignored); ++i)
    folder = workspace.artifact_path("models/" + std::to_string(row.id) + "-tokens-" +
                                     std::to_string(i));
  fs::create_directories(folder.parent_path(), ignored);
  LOUPE_TRY([[maybe_unused]] const auto written, model::export_model(language, options, folder));
  ImportOptions import = import_as;
  import.name = name;
  import.cancel = context.cancel;
  import.progress = context.progress;
  auto imported = import_model(workspace, folder.string(), import);
  if (!imported) fs::remove_all(folder, ignored);
  return imported;
}

// Whether low-rank changes are all that sets it apart from its base: all that a run trained, all
// that an adapter's file holds.
Result<bool> is_all_low_rank(const LoadedReward& loaded, const store::ModelRow& row) {
  if (loaded.run != 0) return loaded.recipe.tuning == "lora";
  const auto& modules = loaded.language.decoder->lora();
  if (row.kind != model::role::adapter || modules.empty()) return false;
  LOUPE_TRY(const auto adapter, model::inspect_adapter(row.path));
  int64_t numbers = adapter.classifier ? loaded.language.head.numel() : 0;
  for (const auto& module : modules) numbers += module.a.numel() + module.b.numel();
  return numbers == adapter.parameters;
}

}  // namespace

Result<api::Exported> export_from(const api::ExportAsked& asked, const CallContext& context) {
  const auto& workspace = context.store;
  ModelCache cache(workspace, at::kCPU, 1);
  const bool is_run = asked.of.is_run();
  LOUPE_TRY(const auto loaded, cache.scorer(asked.of, context.progress));
  auto options = options_of(loaded->name, context);
  LOUPE_TRY(const auto model_row, workspace.model(is_run ? loaded->base_model : loaded->model));
  LOUPE_TRY(const auto text, text_row(workspace, model_row));
  options.source = text.path;
  options.record = {{"rewardloupe", LOUPE_VERSION},
                    {"model", model_row.name},
                    {"model_files", files_of(model_row)}};
  if (is_run) {
    options.record["run"] = loaded->name;
    options.record["recipe"] = loaded->recipe;
  }
  // Low-rank changes leave as they are unless the whole model is asked for.
  LOUPE_TRY(const bool low_rank, is_all_low_rank(*loaded, model_row));
  options.adapter = low_rank && !asked.merged;
  if (options.adapter) {
    LOUPE_TRY(const auto base, workspace.model(is_run ? model_row.id : model_row.base_id));
    options.base = base.path;
  }
  if (loaded->kind->uses_reference(loaded->settings)) {
    LOUPE_TRY(const auto reference, workspace.model(loaded->base_model));
    options.reference_name = reference.name;
    if (asked.reference && !options.adapter) options.reference = loaded->base->decoder;
  }
  options.form = loaded->kind->export_form(loaded->settings, options);
  LOUPE_TRY(const auto written,
            model::export_model(loaded->language, options, fs::absolute(asked.path)));
  api::Exported out;
  out.path = written.path.string();
  for (const auto& file : written.files) out.files.push_back(file.string());
  out.size = static_cast<double>(written.bytes);
  out.opens_with = written.opens_with;
  return out;
}

Result<store::ModelRow> add_tokens(const store::ModelRow& row, const api::TokensAdded& asked,
                                   const CallContext& context) {
  auto& workspace = context.store;
  Growth growth;
  growth.tokens = asked.tokens;
  growth.init = asked.init;
  if (growth.tokens.empty())
    return Error{ErrorCode::invalid_input, "\"tokens\" names no token", "request", ""};
  LOUPE_TRY(const auto files, text_row(workspace, row));
  LOUPE_TRY(const auto tokenizer, model::load_tokenizer(files.path));
  growth.first = tokenizer->vocab_size();
  // Refuses names that are empty, given twice or there already.
  LOUPE_TRY(
      [[maybe_unused]] const auto grown,
      tokenize::with_added_tokens(tokenizer, growth.tokens, static_cast<int32_t>(growth.first)));
  std::string name = asked.name;
  if (name.empty()) name = row.name + " + " + std::to_string(growth.tokens.size()) + " tokens";
  ImportOptions import;
  // A policy's reference is grown alike; an adapter's is what it lies on.
  if (row.details.contains("beta") && row.base_id != 0) {
    LOUPE_TRY(const auto reference, workspace.model(row.base_id));
    LOUPE_TRY(const auto made,
              grow_one(workspace, reference, growth, name + " (reference)", {}, context));
    import.reference = made.id;
    import.beta = row.details["beta"].get<double>();
  }
  return grow_one(workspace, row, growth, name, import, context);
}

Result<store::ModelRow> located(const store::ModelRow& row, const std::string& path,
                                const CallContext& context) {
  std::error_code ignored;
  const fs::path now = fs::weakly_canonical(fs::absolute(path), ignored);
  store::ModelRow out = row;
  out.path = now.string();
  out.files = json::array();
  for (const auto& file : row.files) {
    const fs::path old = file.value("path", "");
    const fs::path relative = old.lexically_relative(row.path);
    const fs::path place = old == fs::path(row.path) ? now : now / relative;
    if (!fs::exists(place, ignored))
      return Error{ErrorCode::not_found, "the file is not there", place.string(),
                   "choose the folder or file that \"" + row.name + "\" was moved to"};
    LOUPE_TRY(const auto identity, identify_file(place, [&](uint64_t) { context.cancel.check(); }));
    if (identity.sha256 != file.value("sha256", ""))
      return Error{ErrorCode::invalid_input, "this is another file than the one imported",
                   place.string(), "import it as a model of its own"};
    out.files.push_back({{"path", identity.path},
                         {"size", identity.size},
                         {"mtime_ns", identity.mtime_ns},
                         {"sha256", identity.sha256}});
  }
  return out;
}

}  // namespace loupe::engine
