// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/models.h"

#include <torch/torch.h>
#include <unistd.h>

#include <mutex>
#include <thread>
#include <tuple>

#include "core/base/file.h"
#include "core/engine/installation.h"

namespace loupe::engine {

namespace fs = std::filesystem;
using nlohmann::json;

Result<store::ModelRow> import_model(store::Workspace& workspace, const std::string& path,
                                     std::string name) {
  std::error_code ignored;
  const fs::path absolute = fs::weakly_canonical(fs::absolute(path), ignored);
  LOUPE_TRY(const auto files, model::inspect_model(absolute));
  if (name.empty()) {
    name = files.format == "gguf" ? absolute.stem().string() : absolute.filename().string();
    // A quantisation suffix says how the file is stored, not which model it is.
    if (const auto dot = name.rfind('.');
        dot != std::string::npos && dot + 1 < name.size() &&
        (name[dot + 1] == 'Q' || name[dot + 1] == 'F' || name[dot + 1] == 'B'))
      name.resize(dot);
  }
  store::ModelRow row;
  row.name = name;
  row.path = absolute.string();
  row.format = files.format;
  row.architecture = files.config.architecture;
  row.parameters = files.parameters;
  row.files = json::array();
  for (const auto& file : files.files) {
    LOUPE_TRY(const auto identity, identify_file(file));
    row.files.push_back({{"path", identity.path},
                         {"size", identity.size},
                         {"mtime_ns", identity.mtime_ns},
                         {"sha256", identity.sha256}});
  }
  row.details = {{"config", files.config.to_json()},
                 {"chat_template", files.chat_template},
                 {"template_date", model::LoadOptions{}.template_date}};
  LOUPE_TRY(row.id, workspace.add_model(row));
  return workspace.model(row.id);
}

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
  LOUPE_TRY(const auto row, import_model(workspace, path.string(), ""));
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

api::Model to_api(const store::ModelRow& row) {
  return {row.id,           row.name,       row.path,         row.format,
          row.architecture, row.parameters, model_status(row)};
}

Result<model::LanguageModel> load_row(const store::ModelRow& row, at::Device device,
                                      const ProgressFn& progress) {
  const std::string status = model_status(row);
  if (status != "ok")
    return Error{status.starts_with("missing") ? ErrorCode::not_found : ErrorCode::corrupt,
                 "the model \"" + row.name + "\" is not what was imported", status,
                 "put the file back, or import the model again under another name"};
  model::LoadOptions options;
  options.device = device;
  options.progress = progress;
  options.template_date = row.details.value("template_date", options.template_date);
  return model::load_model(row.path, options);
}

ModelCache::ModelCache(const store::Workspace& workspace, at::Device device, uint64_t limit)
    : workspace_(workspace), device_(device), limit_(limit) {
  if (limit_ == 0) limit_ = total_memory() / 3;
}

template <class T>
std::shared_ptr<const T> ModelCache::find(const std::string& key) {
  for (auto entry = entries_.begin(); entry != entries_.end(); ++entry)
    if (entry->key == key) {
      entries_.splice(entries_.begin(), entries_, entry);
      return std::static_pointer_cast<const T>(entries_.front().value);
    }
  return nullptr;
}

void ModelCache::keep(const std::string& key, std::shared_ptr<const void> value, uint64_t bytes) {
  entries_.push_front({key, std::move(value), bytes});
  uint64_t total = 0;
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    total += entry->bytes;
    entry = total > limit_ && entry != entries_.begin() ? entries_.erase(entry) : std::next(entry);
  }
}

void ModelCache::clear() {
  entries_.clear();
}

Result<std::shared_ptr<const model::LanguageModel>> ModelCache::base(int64_t model_id,
                                                                     const ProgressFn& progress) {
  const std::string key = "model " + std::to_string(model_id);
  if (auto found = find<model::LanguageModel>(key)) return found;
  LOUPE_TRY(const auto row, workspace_.model(model_id));
  LOUPE_TRY(auto loaded, load_row(row, device_, progress));
  const auto bytes = static_cast<uint64_t>(loaded.decoder->parameter_count()) * 4;
  auto shared = std::make_shared<const model::LanguageModel>(std::move(loaded));
  keep(key, shared, bytes);
  return shared;
}

Result<std::shared_ptr<const LoadedRun>> ModelCache::run(int64_t run_id,
                                                         const ProgressFn& progress) {
  LOUPE_TRY(const auto row, workspace_.run(run_id));
  LOUPE_TRY(const auto checkpoints, workspace_.checkpoints(run_id));
  if (checkpoints.empty())
    return Error{ErrorCode::not_found, "the run \"" + row.name + "\" has no checkpoint yet",
                 "run " + std::to_string(run_id), "wait for its first epoch, or resume it"};
  const auto& newest = checkpoints.back();
  const std::string key =
      "run " + std::to_string(run_id) + " checkpoint " + std::to_string(newest.id);
  if (auto found = find<LoadedRun>(key)) return found;
  LOUPE_TRY(const auto reference, base(row.model_id, progress));
  LoadedRun loaded;
  loaded.run = row;
  loaded.checkpoint = newest.id;
  LOUPE_TRY(loaded.recipe, train::recipe_from_json(row.recipe));
  loaded.language = *reference;
  loaded.language.decoder = reference->decoder->clone();
  LOUPE_TRY(const auto extra, model::load_parameters(workspace_.artifact_path(newest.path),
                                                     *loaded.language.decoder));
  if (loaded.recipe.type == "EX") {
    const auto head = extra.find("score.weight");
    if (head == extra.end())
      return Error{ErrorCode::corrupt, "the checkpoint has no score.weight", newest.path,
                   "train the run again"};
    using Pooling = reward::ExplicitReward::Pooling;
    loaded.reward = std::make_shared<reward::ExplicitReward>(
        loaded.language.decoder, head->second,
        loaded.recipe.pooling == "mean" ? Pooling::mean : Pooling::last);
  } else {
    loaded.reward = std::make_shared<reward::ImplicitReward>(
        loaded.language.decoder, reference->decoder,
        reward::ImplicitReward::Options{loaded.recipe.beta, loaded.recipe.length_normalised,
                                        loaded.recipe.without_reference});
  }
  const auto bytes = static_cast<uint64_t>(loaded.language.decoder->parameter_count()) * 4;
  auto shared = std::make_shared<const LoadedRun>(std::move(loaded));
  keep(key, shared, bytes);
  return shared;
}

Result<at::Device> choose_device(const std::string& name) {
#ifdef LOUPE_WITH_CUDA
  const auto count = static_cast<int64_t>(torch::cuda::device_count());
#else
  const int64_t count = 0;
#endif
  if (name == "cpu" || (name == "auto" && count == 0)) return at::Device(at::kCPU);
  if (name == "auto") return at::Device(at::kCUDA, 0);
  const std::string number = name.starts_with("cuda:") ? name.substr(5) : name == "cuda" ? "0" : "";
  if (number.empty() || number.find_first_not_of("0123456789") != std::string::npos ||
      number.size() > 3)
    return Error{ErrorCode::invalid_input, "there is no device called \"" + name + "\"", "",
                 "use auto, cpu or cuda:N"};
  const int64_t index = std::stoll(number);
  if (index >= count)
    return Error{ErrorCode::not_found,
                 "there is no " + name + "; " + std::to_string(count) + " CUDA devices were found",
                 "",
#ifdef LOUPE_WITH_CUDA
                 "use auto or cpu"};
#else
                 "this build has no CUDA; use auto or cpu"};
#endif
  return at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(index));
}

std::vector<std::string> device_names() {
  std::vector<std::string> names{"cpu"};
#ifdef LOUPE_WITH_CUDA
  for (size_t i = 0; i < torch::cuda::device_count(); ++i)
    names.push_back("cuda:" + std::to_string(i));
#endif
  return names;
}

void set_threads(int64_t wanted) {
  const auto cores = static_cast<int64_t>(std::max(1u, std::thread::hardware_concurrency()));
  at::set_num_threads(static_cast<int>(wanted > 0 ? wanted : cores));
}

}  // namespace loupe::engine
