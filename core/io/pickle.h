// SPDX-License-Identifier: GPL-3.0-or-later
// PyTorch's pickled checkpoints are not read: opening one runs whatever code its author put in.
#pragma once

#include <filesystem>

#include "core/base/result.h"

namespace loupe::io {

// An Error (unsupported) with the reason and a safe way out when `path` is a pickled checkpoint
// (by its name, or by what it begins with), or a folder whose only weights are such. Anything else,
// what is not there included, is fine here: the reader that comes next says what it makes of it.
Result<void> refuse_pickle(const std::filesystem::path& path);

}  // namespace loupe::io
