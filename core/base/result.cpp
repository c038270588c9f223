// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/result.h"

#include <array>
#include <cerrno>
#include <system_error>

#include "core/base/os_error.h"

namespace loupe {
namespace {

struct CodeName {
  ErrorCode code;
  const char* name;
};

constexpr std::array<CodeName, 12> kCodeNames{{
    {ErrorCode::invalid_input, "invalid_input"},
    {ErrorCode::not_found, "not_found"},
    {ErrorCode::corrupt, "corrupt"},
    {ErrorCode::unsupported, "unsupported"},
    {ErrorCode::io, "io"},
    {ErrorCode::disk_full, "disk_full"},
    {ErrorCode::cancelled, "cancelled"},
    {ErrorCode::superseded, "superseded"},
    {ErrorCode::busy, "busy"},
    {ErrorCode::out_of_memory, "out_of_memory"},
    {ErrorCode::newer_version, "newer_version"},
    {ErrorCode::internal, "internal"},
}};

}  // namespace

std::string Error::text() const {
  std::string text = where.empty() ? what : where + ": " + what;
  if (!hint.empty()) text += " (" + hint + ")";
  return text;
}

const char* error_code_name(ErrorCode code) {
  for (const CodeName& entry : kCodeNames)
    if (entry.code == code) return entry.name;
  return "internal";
}

ErrorCode error_code_from_name(const std::string& name) {
  for (const CodeName& entry : kCodeNames)
    if (name == entry.name) return entry.code;
  return ErrorCode::internal;
}

Error os_error(int errno_value, const std::string& doing, const std::filesystem::path& path) {
  Error error{ErrorCode::io,
              "cannot " + doing + ": " + std::generic_category().message(errno_value),
              path.string(),
              {}};
  switch (errno_value) {
    case ENOENT:
    case ENOTDIR:
      error.code = ErrorCode::not_found;
      error.hint = "check the path";
      break;
    case ENOSPC:
    case EDQUOT:
      error.code = ErrorCode::disk_full;
      error.hint = "free some space or choose another folder";
      break;
    case EFBIG:
      error.code = ErrorCode::disk_full;
      error.hint = "the file-size limit is too low; raise it (ulimit -f) or choose another folder";
      break;
    case EACCES:
    case EPERM:
      error.hint = "check the permissions";
      break;
    case ENOMEM:
      error.code = ErrorCode::out_of_memory;
      break;
    default:
      break;
  }
  return error;
}

}  // namespace loupe
