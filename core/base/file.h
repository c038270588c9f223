// SPDX-License-Identifier: GPL-3.0-or-later
// Files as the engine needs them: read-only mappings, writes that are all or nothing, SHA-256.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace loupe {

// A whole file mapped read-only; unmapped when the last copy goes. An empty file maps to an empty
// span.
class MappedFile {
 public:
  static Result<MappedFile> open(const std::filesystem::path& path);
  std::span<const std::byte> bytes() const { return bytes_; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::shared_ptr<const void> mapping_;
  std::span<const std::byte> bytes_;
  std::filesystem::path path_;
};

// Writes beside the target (same folder), fsyncs, then renames over it. Destroyed before commit(),
// it leaves no trace. ENOSPC, EDQUOT and EFBIG become ErrorCode::disk_full; SIGXFSZ is ignored
// process-wide.
class AtomicFile {
 public:
  static Result<AtomicFile> create(const std::filesystem::path& target);
  AtomicFile(AtomicFile&&) noexcept;
  AtomicFile& operator=(AtomicFile&&) noexcept;
  ~AtomicFile();
  Result<void> write(std::span<const std::byte> bytes);
  Result<void> write(std::string_view text);
  Result<void> commit();

 private:
  AtomicFile() = default;
  void discard();  // closes and removes the temporary file
  Error fail(int errno_value, const char* doing);

  int fd_ = -1;
  std::filesystem::path target_, temporary_;
};

Result<std::string> read_text_file(const std::filesystem::path& path);
Result<void> write_text_file(const std::filesystem::path& path, std::string_view text);  // atomic

struct FileIdentity {
  std::string path;  // absolute
  uint64_t size = 0;
  int64_t mtime_ns = 0;
  std::string sha256;  // lower-case hex
};
// `seen` is told how many bytes were hashed so far; what it throws ends it.
Result<FileIdentity> identify_file(const std::filesystem::path& path,
                                   const std::function<void(uint64_t)>& seen = {});
// Size and mtime only (sha256 stays empty): what a quick "is it still the same?" looks at.
Result<FileIdentity> stat_file(const std::filesystem::path& path);
std::string sha256_hex(std::span<const std::byte> bytes);
std::string sha256_hex(std::string_view text);

// Test hook: every write beyond this many further bytes fails as if the disk were full. < 0: off.
void inject_disk_full_after(int64_t bytes);

}  // namespace loupe
