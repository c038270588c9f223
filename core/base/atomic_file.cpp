// SPDX-License-Identifier: GPL-3.0-or-later
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <mutex>
#include <system_error>
#include <utility>

#include "core/base/file.h"
#include "core/base/os_error.h"

namespace loupe {
namespace {

std::atomic<int64_t> g_bytes_until_full{-1};

// How many of `wanted` bytes the injected disk still takes.
size_t take_from_injected_disk(size_t wanted) {
  int64_t left = g_bytes_until_full.load();
  while (left >= 0) {
    const int64_t taken = std::min(left, static_cast<int64_t>(wanted));
    if (g_bytes_until_full.compare_exchange_weak(left, left - taken))
      return static_cast<size_t>(taken);
  }
  return wanted;
}

// Without this a write beyond RLIMIT_FSIZE kills the process instead of failing with EFBIG.
void ignore_file_size_signal() {
  static std::once_flag once;
  std::call_once(once, [] { std::signal(SIGXFSZ, SIG_IGN); });
}

std::filesystem::path folder_of(const std::filesystem::path& file) {
  const std::filesystem::path folder = file.parent_path();
  return folder.empty() ? std::filesystem::path(".") : folder;
}

// A rename is durable only once the folder that holds the name is.
Result<void> sync_folder(const std::filesystem::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return os_error(errno, "open the folder", folder);
  const int error = ::fsync(fd) == 0 ? 0 : errno;
  ::close(fd);
  // Some file systems cannot sync a folder; there is nothing better to do on them.
  if (error != 0 && error != EINVAL && error != ENOTSUP)
    return os_error(error, "sync the folder", folder);
  return {};
}

// Own names rather than mkstemp's: mkstemp creates 0600 whatever the umask says.
int open_new_beside(const std::filesystem::path& target, std::filesystem::path* temporary) {
  static std::atomic<uint64_t> counter{0};
  while (true) {
    *temporary = folder_of(target) / (".loupe-" + std::to_string(::getpid()) + "-" +
                                      std::to_string(counter++) + ".tmp");
    const int fd = ::open(temporary->c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0 || errno != EEXIST) return fd;
  }
}

Error already_closed(const std::filesystem::path& target) {
  return {ErrorCode::internal,
          "cannot write: the file was committed already, or an earlier write failed",
          target.string(),
          {}};
}

}  // namespace

void inject_disk_full_after(int64_t bytes) {
  g_bytes_until_full = bytes;
}

Result<AtomicFile> AtomicFile::create(const std::filesystem::path& target) {
  ignore_file_size_signal();
  AtomicFile file;
  file.target_ = target;
  std::error_code ignored;
  // Replace what a link points to, not the link.
  if (std::filesystem::is_symlink(target, ignored)) {
    std::filesystem::path real = std::filesystem::canonical(target, ignored);
    if (!real.empty()) file.target_ = std::move(real);
  }
  struct stat existing {};
  const bool exists = ::stat(file.target_.c_str(), &existing) == 0;
  if (exists && !S_ISREG(existing.st_mode)) {
    return Error{ErrorCode::invalid_input, "something that is not a file has this name",
                 target.string(), "choose another name"};
  }
  file.fd_ = open_new_beside(file.target_, &file.temporary_);
  if (file.fd_ < 0) return os_error(errno, "create a file in the folder", folder_of(file.target_));
  if (exists) {
    // Best effort: a file system without modes is no reason to refuse the write.
    [[maybe_unused]] const int mode_kept = ::fchmod(file.fd_, existing.st_mode & 07777);
  }
  return file;
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      target_(std::move(other.target_)),
      temporary_(std::move(other.temporary_)) {}

AtomicFile& AtomicFile::operator=(AtomicFile&& other) noexcept {
  if (this != &other) {
    discard();
    fd_ = std::exchange(other.fd_, -1);
    target_ = std::move(other.target_);
    temporary_ = std::move(other.temporary_);
  }
  return *this;
}

AtomicFile::~AtomicFile() {
  discard();
}

void AtomicFile::discard() {
  if (fd_ < 0) return;
  ::close(std::exchange(fd_, -1));
  ::unlink(temporary_.c_str());
}

Error AtomicFile::fail(int errno_value, const char* doing) {
  discard();
  return os_error(errno_value, doing, target_);
}

Result<void> AtomicFile::write(std::span<const std::byte> bytes) {
  if (fd_ < 0) return already_closed(target_);
  while (!bytes.empty()) {
    const size_t allowed = take_from_injected_disk(bytes.size());
    if (allowed == 0) return fail(ENOSPC, "write");
    const ssize_t put = ::write(fd_, bytes.data(), allowed);
    if (put >= 0) {
      bytes = bytes.subspan(static_cast<size_t>(put));
    } else if (errno != EINTR) {
      return fail(errno, "write");
    }
  }
  return {};
}

Result<void> AtomicFile::write(std::string_view text) {
  return write(std::as_bytes(std::span(text.data(), text.size())));
}

Result<void> AtomicFile::commit() {
  if (fd_ < 0) return already_closed(target_);
  // A file system may report a full disk only here or at close.
  if (::fsync(fd_) != 0) return fail(errno, "sync the file");
  const int closed = ::close(std::exchange(fd_, -1));
  const int close_error = closed == 0 || errno == EINTR ? 0 : errno;
  if (close_error != 0 || std::rename(temporary_.c_str(), target_.c_str()) != 0) {
    const int error = close_error != 0 ? close_error : errno;
    ::unlink(temporary_.c_str());
    return os_error(error, "save the file", target_);
  }
  return sync_folder(folder_of(target_));
}

Result<void> write_text_file(const std::filesystem::path& path, std::string_view text) {
  LOUPE_TRY(AtomicFile file, AtomicFile::create(path));
  LOUPE_CHECK(file.write(text));
  return file.commit();
}

}  // namespace loupe
