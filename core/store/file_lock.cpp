// SPDX-License-Identifier: GPL-3.0-or-later
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

#include "core/store/workspace.h"

namespace loupe::store {

namespace {

// is_held() holds a shared lock for microseconds; a taker must not mistake it for a rival.
constexpr int kTries = 20;
constexpr std::chrono::milliseconds kBetweenTries{5};

int flock_retrying(int fd, int operation) {
  int rc = 0;
  do {
    rc = flock(fd, operation);
  } while (rc != 0 && errno == EINTR);
  return rc;
}

int open_lock_file(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd >= 0 || (errno != EACCES && errno != EROFS)) return fd;
  return ::open(path.c_str(), O_RDONLY | O_CLOEXEC);  // enough for flock on a local file system
}

Error lock_error(const std::filesystem::path& path, int errno_value) {
  return {ErrorCode::io, std::string("The lock file cannot be used: ") + std::strerror(errno_value),
          path.string(), "Check that the folder exists and that you may write to it."};
}

}  // namespace

Result<FileLock> FileLock::try_acquire(const std::filesystem::path& path, Mode mode) {
  FileLock lock;
  lock.fd_ = open_lock_file(path);
  if (lock.fd_ < 0) return lock_error(path, errno);
  const int operation = (mode == Mode::shared ? LOCK_SH : LOCK_EX) | LOCK_NB;
  for (int i = 0; i < kTries; ++i) {
    if (flock_retrying(lock.fd_, operation) == 0) return lock;
    if (errno != EWOULDBLOCK) return lock_error(path, errno);
    std::this_thread::sleep_for(kBetweenTries);
  }
  return Error{ErrorCode::busy, "Another process holds the lock", path.string(), ""};
}

Result<FileLock> FileLock::acquire(const std::filesystem::path& path) {
  FileLock lock;
  lock.fd_ = open_lock_file(path);
  if (lock.fd_ < 0 || flock_retrying(lock.fd_, LOCK_EX) != 0) return lock_error(path, errno);
  return lock;
}

Result<FileLock> FileLock::adopt(const std::filesystem::path& path, int descriptor) {
  struct stat ours {
  }, named{};
  if (::fstat(descriptor, &ours) != 0 || ::stat(path.c_str(), &named) != 0 ||
      ours.st_dev != named.st_dev || ours.st_ino != named.st_ino)
    return Error{ErrorCode::not_found, "No lock was handed over", path.string(), ""};
  ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  FileLock lock;
  lock.fd_ = descriptor;
  return lock;
}

bool FileLock::is_held(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  // A lock that cannot be looked at counts as held: a living job must not be taken for dead.
  if (fd < 0) return errno != ENOENT && errno != ENOTDIR;
  const bool held = flock_retrying(fd, LOCK_SH | LOCK_NB) != 0;
  ::close(fd);
  return held;
}

FileLock::FileLock(FileLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

FileLock::~FileLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace loupe::store
