// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/folder.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "core/base/log.h"
#include "core/data/project.h"
#include "core/data/source.h"
#include "core/engine/installation.h"

namespace loupe::engine {

namespace fs = std::filesystem;

namespace {

constexpr size_t kMaxEntries = 5000;

fs::path home_folder() {
  const char* home = std::getenv("HOME");
  return home != nullptr && *home != '\0' ? fs::path(home) : fs::path("/");
}

std::string kind_of(const fs::path& path, bool is_folder) {
  std::error_code ignored;
  if (is_folder) {
    if (fs::exists(path / "config.json", ignored)) return "model";
    return fs::exists(path / "workspace.sqlite", ignored) ? "workspace" : "";
  }
  const std::string ending = path.extension().string();
  if (ending == ".gguf") return "model";
  if (ending == ".rlproj") return "project";
  return data::source_of_file(path) != nullptr ? "data" : "";
}

double seconds_of(fs::file_time_type time) {
  const auto system = std::chrono::file_clock::to_sys(time);
  return std::chrono::duration<double>(system.time_since_epoch()).count();
}

// Names that are not UTF-8 cannot travel; they are shown with U+FFFD and cannot be opened.
api::FolderEntry entry_of(const fs::directory_entry& found) {
  std::error_code ignored;
  api::FolderEntry entry;
  entry.name = found.path().filename().string();
  entry.is_folder = found.is_directory(ignored);
  if (!entry.is_folder) {
    const auto size = found.file_size(ignored);
    entry.size = ignored ? 0 : static_cast<double>(size);
  }
  const auto time = found.last_write_time(ignored);
  entry.modified = ignored ? 0 : seconds_of(time);
  entry.kind = kind_of(found.path(), entry.is_folder);
  return entry;
}

}  // namespace

Result<api::FolderListing> list_folder(const std::string& given) {
  fs::path path = given;
  if (given.empty() || given == "~")
    path = home_folder();
  else if (given.starts_with("~/"))
    path = home_folder() / given.substr(2);
  else if (path.is_relative())
    path = home_folder() / path;
  std::error_code error;
  path = fs::weakly_canonical(path, error);
  if (!error && fs::exists(path, error) && !fs::is_directory(path, error))
    path = path.parent_path();
  api::FolderListing listing;
  listing.path = path.string();
  listing.home = home_folder().string();
  if (path.has_relative_path()) listing.parent = path.parent_path().string();
  fs::directory_iterator iterator(path, error);
  if (error)
    return Error{
        error == std::errc::no_such_file_or_directory ? ErrorCode::not_found : ErrorCode::io,
        "the folder cannot be read: " + error.message(), path.string(), "choose another folder"};
  for (; iterator != fs::directory_iterator(); iterator.increment(error)) {
    if (error) break;
    if (listing.entries.size() == kMaxEntries) {
      listing.truncated = true;
      break;
    }
    listing.entries.push_back(entry_of(*iterator));
  }
  const auto rank = [](const api::FolderEntry& e) {
    return std::tuple(!e.is_folder, e.name.starts_with("."), std::string_view(e.name));
  };
  std::sort(listing.entries.begin(), listing.entries.end(),
            [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  return listing;
}

Result<api::Project> show_project(const std::string& path) {
  LOUPE_TRY(const auto project, data::load_project(path));
  LOUPE_TRY(const auto data, project_data(project, ""));
  LOUPE_TRY(const auto train, data::load_spec(data.train));
  api::Project out;
  out.path = project.path.string();
  out.name = project.name;
  out.title = project.title;
  out.description = project.description;
  out.model = project.model;
  out.recipe = project.recipe;
  for (const uint64_t seed : project.seeds) out.seeds.push_back(static_cast<int64_t>(seed));
  for (const auto& spec : data.eval) out.sets.push_back(spec.value("name", ""));
  out.train_pairs = static_cast<int64_t>(train.pairs.size());
  return out;
}

std::vector<api::Project> list_sample_projects() {
  std::vector<api::Project> out;
  std::vector<fs::path> files;
  std::error_code ignored;
  for (const auto& folder : fs::directory_iterator(sample_projects(), ignored)) {
    if (!folder.is_directory(ignored)) continue;
    for (const auto& file : fs::directory_iterator(folder.path(), ignored))
      if (file.path().extension() == ".rlproj") files.push_back(file.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    auto project = show_project(file.string());
    if (project)
      out.push_back(std::move(*project));
    else
      log_warning("a sample project was left out: " + project.error().text());
  }
  return out;
}

}  // namespace loupe::engine
