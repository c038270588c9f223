// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/store/workspace.h"

namespace loupe::engine {

// Writes how a job ended into its row, and into its run's where the job owns it. False when that
// could not be written: a full disk may refuse it. The next reader then finds a running job that
// nobody holds, and says interrupted.
bool finish_job(store::Workspace& workspace, const store::JobRow& job,
                const Result<store::JobStatus>& status);

Error no_such_kind(const store::JobRow& job);

}  // namespace loupe::engine
