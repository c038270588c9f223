// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/workspace.h"

#include <system_error>

#include "core/store/impl.h"

namespace loupe::store {

namespace fs = std::filesystem;

Workspace::Workspace(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Workspace::Workspace(Workspace&&) noexcept = default;
Workspace& Workspace::operator=(Workspace&&) noexcept = default;
Workspace::~Workspace() = default;

Result<Workspace> Workspace::open(const fs::path& folder, Mode mode) {
  std::error_code error;
  const fs::path absolute = fs::absolute(folder, error);
  if (folder.empty() || error) {
    return Error{ErrorCode::invalid_input, "The workspace folder has no usable name",
                 folder.string(), ""};
  }
  constexpr std::chrono::seconds kLockWait{10};
  LOUPE_TRY(Connection connection, open_connection(absolute, mode, schema_steps(), kLockWait));
  return Workspace(std::make_unique<Impl>(Impl{absolute, std::move(connection)}));
}

const fs::path& Workspace::folder() const {
  return impl_->folder;
}

fs::path Workspace::artifacts(int64_t job_id) const {
  fs::path path = impl_->artifacts_folder() / std::to_string(job_id);
  std::error_code ignored;  // whoever writes there reports it, with the file's name
  fs::create_directories(path, ignored);
  return path;
}

fs::path Workspace::artifact_path(const std::string& relative) const {
  // Rooted before it is normalised, so that no ".." climbs out.
  return impl_->artifacts_folder() / fs::path("/" + relative).lexically_normal().relative_path();
}

Result<int64_t> Workspace::change_counter() const {
  return impl_->read([&](SQLite::Database& database) -> Result<int64_t> {
    return database.execAndGet("PRAGMA data_version").getInt64() + impl_->commits;
  });
}

int Workspace::schema_version() {
  return static_cast<int>(schema_steps().size());
}

}  // namespace loupe::store
