// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/file_system.h"

#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace loupe::store {

namespace {

constexpr unsigned long kFuseMagic = 0x65735546;

// The numbers are those of statfs(2).
struct Known {
  unsigned long magic;
  const char* name;
};
constexpr Known kNetworkFileSystems[] = {
    {0x6969, "NFS"},        {0x517B, "SMB"},        {0xFF534D42, "CIFS"},  {0xFE534D42, "SMB 2"},
    {0x5346414F, "AFS"},    {0x6B414653, "AFS"},    {0x73757245, "Coda"},  {0x564C, "NCP"},
    {0x00C36400, "CephFS"}, {0x0BD00BD0, "Lustre"}, {0x47504653, "GPFS"},  {0x19830326, "BeeGFS"},
    {0x7461636F, "OCFS2"},  {0x01161970, "GFS2"},   {0xAAD7AAEA, "PanFS"},
};

constexpr std::string_view kNetworkFuse[] = {
    "sshfs",     "s3fs",   "gcsfuse", "rclone",   "glusterfs", "ceph",     "davfs",     "davfs2",
    "curlftpfs", "goofys", "juicefs", "smbnetfs", "moosefs",   "blobfuse", "blobfuse2",
};

std::string mount_type_of(dev_t device) {
  const std::string wanted = std::to_string(major(device)) + ":" + std::to_string(minor(device));
  std::ifstream mounts("/proc/self/mountinfo");
  std::string line;
  while (std::getline(mounts, line)) {
    std::istringstream fields(line);
    std::string id, parent, number;
    fields >> id >> parent >> number;
    const size_t dash = line.find(" - ");
    if (number != wanted || dash == std::string::npos) continue;
    std::istringstream rest(line.substr(dash + 3));
    std::string type;
    rest >> type;
    return type;
  }
  return "";
}

}  // namespace

std::string network_file_system_name(unsigned long magic, std::string_view mount_type) {
  // f_type is a signed 32-bit number on some architectures: compare its low half only.
  const unsigned long low = magic & 0xFFFFFFFFul;
  for (const Known& known : kNetworkFileSystems) {
    if (low == known.magic) return known.name;
  }
  constexpr std::string_view prefix = "fuse.";
  if (low != kFuseMagic || !mount_type.starts_with(prefix)) return "";
  const std::string_view program = mount_type.substr(prefix.size());
  for (std::string_view name : kNetworkFuse) {
    if (program == name) return std::string(mount_type);
  }
  return "";
}

Result<void> refuse_network_file_system(const std::filesystem::path& folder) {
  struct statfs info {};
  struct stat identity {};
  if (statfs(folder.c_str(), &info) != 0 || stat(folder.c_str(), &identity) != 0) {
    return Error{ErrorCode::io,
                 std::string("The folder cannot be examined: ") + std::strerror(errno),
                 folder.string(), ""};
  }
  const auto magic = static_cast<unsigned long>(info.f_type);
  const std::string name = network_file_system_name(
      magic, (magic & 0xFFFFFFFFul) == kFuseMagic ? mount_type_of(identity.st_dev) : "");
  if (name.empty()) return {};
  return Error{
      ErrorCode::unsupported,
      "The folder is on a network file system (" + name + "), where the database can lose data",
      folder.string(),
      "Put the workspace on a local disk; its artifacts folder may be a link to here."};
}

}  // namespace loupe::store
