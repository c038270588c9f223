// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <new>
#include <system_error>
#include <utility>
#include <vector>

#include "core/base/os_error.h"
#include "core/base/sha256.h"

namespace loupe {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

// Regular files only: O_NONBLOCK keeps a named pipe from blocking the caller before it is refused.
Result<Descriptor> open_regular(const std::filesystem::path& path, struct stat* status) {
  Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (fd.get() < 0) return os_error(errno, "open the file", path);
  if (::fstat(fd.get(), status) != 0) return os_error(errno, "look at the file", path);
  if (!S_ISREG(status->st_mode)) {
    return Error{
        ErrorCode::invalid_input,
        S_ISDIR(status->st_mode) ? "is a folder, expected a file" : "is not a regular file",
        path.string(),
        {}};
  }
  return fd;
}

// Calls sink(chunk) until the end of the file.
template <class Sink>
Result<void> read_all(int fd, const std::filesystem::path& path, const Sink& sink) {
  std::vector<std::byte> buffer(size_t{1} << 20);
  while (true) {
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got == 0) return {};
    if (got > 0) {
      sink(std::span<const std::byte>(buffer.data(), static_cast<size_t>(got)));
    } else if (errno != EINTR) {
      return os_error(errno, "read the file", path);
    }
  }
}

int64_t mtime_ns(const struct stat& status) {
  return static_cast<int64_t>(status.st_mtim.tv_sec) * 1'000'000'000 + status.st_mtim.tv_nsec;
}

FileIdentity identity_of(const std::filesystem::path& path, const struct stat& status) {
  std::error_code ignored;
  const std::filesystem::path absolute = std::filesystem::absolute(path, ignored);
  FileIdentity identity;
  identity.path = (absolute.empty() ? path : absolute).lexically_normal().string();
  identity.size = static_cast<uint64_t>(status.st_size);
  identity.mtime_ns = mtime_ns(status);
  return identity;
}

}  // namespace

Result<MappedFile> MappedFile::open(const std::filesystem::path& path) {
  struct stat status {};
  LOUPE_TRY(Descriptor fd, open_regular(path, &status));
  MappedFile file;
  file.path_ = path;
  const size_t size = static_cast<size_t>(status.st_size);
  if (size == 0) return file;  // mmap refuses a length of zero
  void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd.get(), 0);
  if (address == MAP_FAILED) return os_error(errno, "map the file", path);
  file.mapping_ = std::shared_ptr<const void>(
      address, [size](const void* mapped) { ::munmap(const_cast<void*>(mapped), size); });
  file.bytes_ = {static_cast<const std::byte*>(address), size};
  return file;
}

Result<std::string> read_text_file(const std::filesystem::path& path) {
  struct stat status {};
  LOUPE_TRY(Descriptor fd, open_regular(path, &status));
  try {
    std::string text;
    text.reserve(static_cast<size_t>(status.st_size));
    LOUPE_CHECK(read_all(fd.get(), path, [&text](std::span<const std::byte> chunk) {
      text.append(reinterpret_cast<const char*>(chunk.data()), chunk.size());
    }));
    return text;
  } catch (const std::bad_alloc&) {
    return os_error(ENOMEM, "read the file", path);
  }
}

Result<FileIdentity> stat_file(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return os_error(errno, "look at the file", path);
  return identity_of(path, status);
}

Result<FileIdentity> identify_file(const std::filesystem::path& path,
                                   const std::function<void(uint64_t)>& seen) {
  struct stat before {};
  LOUPE_TRY(Descriptor fd, open_regular(path, &before));
  ::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  Sha256 hash;
  uint64_t done = 0;
  LOUPE_CHECK(read_all(fd.get(), path, [&](std::span<const std::byte> chunk) {
    hash.add(chunk);
    done += chunk.size();
    if (seen) seen(done);
  }));
  struct stat after {};
  if (::fstat(fd.get(), &after) != 0) return os_error(errno, "look at the file", path);
  if (after.st_size != before.st_size || mtime_ns(after) != mtime_ns(before)) {
    return Error{ErrorCode::io, "the file changed while it was being read", path.string(),
                 "wait until it is complete and try again"};
  }
  FileIdentity identity = identity_of(path, before);
  identity.sha256 = hash.hex();
  return identity;
}

}  // namespace loupe
