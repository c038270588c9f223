// SPDX-License-Identifier: GPL-3.0-or-later
// The job that brings the demo model: from where it already lies, or through the fetch script.
#pragma once

#include <atomic>

#include "core/engine/jobs.h"

namespace loupe::engine {

Result<store::JobStatus> fetch_body(store::Workspace& workspace, const store::JobRow& job,
                                    const std::atomic<bool>& terminated);

}  // namespace loupe::engine
