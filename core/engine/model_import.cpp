// SPDX-License-Identifier: GPL-3.0-or-later
#include <ATen/ATen.h>

#include "core/base/file.h"
#include "core/engine/guarded.h"
#include "core/engine/installation.h"
#include "core/engine/model_check.h"
#include "core/engine/models.h"
#include "core/model/adapter.h"

namespace loupe::engine {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

fs::path absolute_of(const std::string& path) {
  std::error_code ignored;
  return fs::weakly_canonical(fs::absolute(path), ignored);
}

Result<json> identify(const std::vector<fs::path>& files, const ImportOptions& options) {
  double total = 0, before = 0;
  for (const auto& file : files)
    if (const auto stat = stat_file(file)) total += static_cast<double>(stat->size);
  json out = json::array();
  for (const auto& file : files) {
    LOUPE_TRY(const auto identity, identify_file(file, [&](uint64_t done) {
                options.cancel.check();
                if (options.progress)
                  options.progress({"reading " + file.filename().string(),
                                    before + static_cast<double>(done), total, -1});
              }));
    before += static_cast<double>(identity.size);
    out.push_back({{"path", identity.path},
                   {"size", identity.size},
                   {"mtime_ns", identity.mtime_ns},
                   {"sha256", identity.sha256}});
  }
  return out;
}

// What an exported folder says of itself; {} where it is none.
json export_record(const fs::path& path) {
  std::error_code ignored;
  if (!fs::exists(path / "rewardloupe.json", ignored)) return json::object();
  const auto text = read_text_file(path / "rewardloupe.json");
  if (!text) return json::object();
  json record = json::parse(*text, nullptr, false);
  return record.is_object() ? record : json::object();
}

const reward::RewardKind* kind_in(const json& record) {
  return reward::find_kind(record.value("type", ""));
}

bool compares(const reward::RewardKind* kind) {
  return kind != nullptr && kind->uses_reference(json::object());
}

// The base that an adapter names, among the models there are: by path, by folder name.
int64_t base_of(const store::Workspace& workspace, const std::string& said) {
  const auto models = workspace.models();
  if (!models || said.empty()) return 0;
  const std::string name = fs::path(said).filename().string();
  for (const auto& row : *models)
    if (row.kind == model::role::language && row.path == absolute_of(said).string()) return row.id;
  for (const auto& row : *models)
    if (row.kind == model::role::language &&
        (row.name == name || fs::path(row.path).filename() == name))
      return row.id;
  return 0;
}

Result<void> take_beta(const ImportOptions& options, const json& record, store::ModelRow& row) {
  const double beta = options.beta.value_or(record.value("beta", 0.01));
  if (!(beta > 0)) return Error{ErrorCode::invalid_input, "beta must be above 0", row.path, ""};
  row.details["beta"] = beta;
  return {};
}

Result<void> describe_adapter(const store::Workspace& workspace, const ImportOptions& options,
                              store::ModelRow& row, std::vector<fs::path>& files) {
  LOUPE_TRY(const auto adapter, model::inspect_adapter(row.path));
  row.base_id = options.base != 0 ? options.base : base_of(workspace, adapter.base);
  if (row.base_id == 0)
    return Error{ErrorCode::not_found,
                 "the adapter's base model is not in the workspace: \"" + adapter.base + "\"",
                 row.path, "import the base model first, then say which one it is (--base NAME)"};
  LOUPE_TRY(const auto base, workspace.model(row.base_id));
  if (base.kind == model::role::adapter || base.kind == model::role::policy)
    return Error{ErrorCode::invalid_input,
                 "\"" + base.name + "\" is no plain model that an adapter can lie on", row.path,
                 "choose the model that the adapter was trained on"};
  row.format = "peft";
  row.kind = model::role::adapter;
  row.architecture = base.architecture;
  row.parameters = base.parameters;
  row.details = {{"config", base.details.value("config", json())},
                 {"chat_template", base.details.value("chat_template", "")},
                 {"template_date", base.details.value("template_date", "")},
                 {"dtype", adapter.dtype},
                 {"adapter",
                  {{"merged", options.merge},
                   {"rank", adapter.rank},
                   {"alpha", adapter.alpha},
                   {"targets", adapter.targets},
                   {"parameters", adapter.parameters},
                   {"classifier", adapter.classifier},
                   {"on_classifier", base.kind == model::role::classifier},
                   {"base", adapter.base}}}};
  files = adapter.files;
  const json record = export_record(row.path);
  if (!options.implicit && !compares(kind_in(record))) return {};
  if (adapter.classifier || base.kind == model::role::classifier)
    return Error{ErrorCode::invalid_input,
                 std::string(adapter.classifier ? "the adapter" : "the model below the adapter") +
                     " has a head; it is no policy",
                 row.path, "import it without beta"};
  return take_beta(options, record, row);
}

Result<void> describe_model(store::ModelRow& row, std::vector<fs::path>& files) {
  LOUPE_TRY(const auto found, model::inspect_model(row.path));
  row.format = found.format;
  row.kind = found.kind;
  row.architecture = found.config.architecture;
  row.parameters = found.parameters;
  row.details = {{"config", found.config.to_json()},
                 {"chat_template", found.chat_template},
                 {"template_date", model::LoadOptions{}.template_date},
                 {"dtype", found.dtype}};
  files = found.files;
  return {};
}

Result<void> pair_up(const store::Workspace& workspace, const ImportOptions& options,
                     const json& record, store::ModelRow& row) {
  LOUPE_TRY(const auto reference, workspace.model(options.reference));
  const auto refuse = [&](const std::string& what) {
    return Error{ErrorCode::invalid_input, what, row.path,
                 "policy and reference are the same model, after and before it was tuned"};
  };
  if (row.kind != model::role::language) return refuse("the policy is no language model");
  if (reference.kind != model::role::language && reference.kind != model::role::adapter)
    return refuse("the reference \"" + reference.name + "\" is no language model");
  const auto vocabulary = [](const store::ModelRow& model) {
    return model.details.value("config", json::object()).value("vocab_size", int64_t{0});
  };
  if (vocabulary(row) != vocabulary(reference))
    return refuse("the policy has " + std::to_string(vocabulary(row)) + " tokens, the reference " +
                  std::to_string(vocabulary(reference)));
  row.kind = model::role::policy;
  row.base_id = reference.id;
  return take_beta(options, record, row);
}

Result<void> check(const store::Workspace& workspace, const ImportOptions& options,
                   store::ModelRow& row) {
  model::LoadOptions loading;
  loading.weights = model::LoadOptions::Weights::stored;
  loading.cancel = options.cancel;
  loading.progress = options.progress;
  const double needed = 4.3 * static_cast<double>(row.parameters);
  if (needed > 0.8 * static_cast<double>(available_memory())) {
    row.details["self_check"] = {
        {"passed", false}, {"text", "Not checked: the memory that is free does not hold it."}};
    return {};
  }
  LOUPE_TRY(const auto loaded, load_row(workspace, row, loading));
  if (options.progress) options.progress({"scoring a short text", 0, 0, -1});
  const auto found = self_check(loaded, options.cancel);
  row.details["self_check"] = {{"passed", found.passed}, {"text", found.text}};
  if (!loaded.template_problem.empty()) row.details["template_problem"] = loaded.template_problem;
  return {};
}

}  // namespace

std::string model_name_of(const fs::path& path, bool gguf) {
  std::string name = gguf ? path.stem().string() : path.filename().string();
  // A quantisation suffix says how the file is stored, not which model it is.
  if (const auto dot = name.rfind('.');
      dot != std::string::npos && dot + 1 < name.size() &&
      (name[dot + 1] == 'Q' || name[dot + 1] == 'F' || name[dot + 1] == 'B'))
    name.resize(dot);
  return name;
}

Result<store::ModelRow> import_model(store::Workspace& workspace, const std::string& path,
                                     const ImportOptions& given) {
  return guarded([&]() -> Result<store::ModelRow> {
    ImportOptions options = given;
    const fs::path absolute = absolute_of(path);
    store::ModelRow row;
    row.path = absolute.string();
    std::vector<fs::path> files;
    if (model::is_adapter(absolute)) {
      LOUPE_CHECK(describe_adapter(workspace, options, row, files));
    } else {
      LOUPE_CHECK(describe_model(row, files));
    }
    row.name = options.name.empty() ? model_name_of(absolute, row.format == "gguf") : options.name;
    // A name that is taken is better told before gigabytes are read.
    LOUPE_TRY(const auto others, workspace.models());
    for (const auto& other : others)
      if (other.name == row.name)
        return Error{ErrorCode::invalid_input, "There is already a model named " + row.name,
                     row.path, "Choose another name."};
    // An exported IM-RM brings its reference along.
    const json record = export_record(absolute);
    const auto* kind = kind_in(record);
    const bool implicit =
        options.reference == 0 && row.kind == model::role::language && compares(kind);
    if (implicit) {
      if (record.value("without_reference", false)) {
        row.kind = model::role::policy;
        LOUPE_CHECK(take_beta(options, record, row));
      } else if (record.value("reference", "") == "reference") {
        if (std::error_code ignored; !fs::exists(absolute / "reference", ignored))
          return Error{ErrorCode::not_found, "the reference that was exported with it is not there",
                       (absolute / "reference").string(),
                       "put it back, or say which model is the reference (--reference NAME)"};
        ImportOptions of_reference = options;
        of_reference.name = row.name + " (reference)";
        LOUPE_TRY(const auto reference,
                  import_model(workspace, (absolute / "reference").string(), of_reference));
        options.reference = reference.id;
      } else {
        // Named only: one of that name, where there is one.
        options.reference = base_of(workspace, record.value("reference", ""));
      }
    }
    if (options.reference != 0) LOUPE_CHECK(pair_up(workspace, options, record, row));
    // How its reward is read; what a reference or head would be needed for is said by those alone.
    if (kind != nullptr && kind->trains() && !kind->has_head() && !compares(kind))
      row.details["type"] = kind->id();
    if (kind != nullptr && kind->is(row.kind, row.details))
      for (const auto& key : kind->options())
        if (record.contains(key) && !row.details.contains(key)) row.details[key] = record[key];
    if (kind != nullptr && kind->has_head() && record.value("pooling", "") == "mean") {
      if (row.kind != model::role::adapter) row.kind = model::role::classifier;
      row.details["pooling"] = "mean";
      files.push_back(absolute / "reward_head.safetensors");
    }
    LOUPE_TRY(row.files, identify(files, options));
    if (options.check) LOUPE_CHECK(check(workspace, options, row));
    LOUPE_TRY(row.id, workspace.add_model(row));
    return workspace.model(row.id);
  });
}

Result<api::FileKind> inspect_path(const store::Workspace& workspace, const std::string& path) {
  api::FileKind out;
  store::ModelRow row;
  row.path = absolute_of(path).string();
  out.path = row.path;
  std::vector<fs::path> files;
  if (model::is_adapter(row.path)) {
    LOUPE_TRY(const auto adapter, model::inspect_adapter(row.path));
    out.kind = "adapter";
    out.source = "PEFT adapter";
    out.parameters = adapter.parameters;
    out.base = adapter.base;
    out.base_id = base_of(workspace, adapter.base);
    if (out.base_id != 0) {
      LOUPE_TRY(const auto base, workspace.model(out.base_id));
      out.architecture = base.architecture;
    }
    files = adapter.files;
  } else {
    LOUPE_CHECK(describe_model(row, files));
    const json record = export_record(row.path);
    const auto* kind = kind_in(record);
    out.kind = kind != nullptr ? kind->id() : row.kind;
    out.source = row.format == "gguf" ? "GGUF" : "HF folder";
    out.architecture = row.architecture;
    out.parameters = row.parameters;
  }
  out.name = model_name_of(row.path, row.format == "gguf");
  for (const auto& file : files)
    if (const auto stat = stat_file(file)) out.size += static_cast<double>(stat->size);
  return out;
}

}  // namespace loupe::engine
