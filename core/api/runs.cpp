// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/api/runs.h"

#include "core/api/describe_json.h"

namespace loupe::api {

LOUPE_JSON(EvalSummary)
LOUPE_JSON(Run)
LOUPE_JSON(StepPoint)
LOUPE_JSON(RunMetrics)
LOUPE_JSON(RunsPage)
LOUPE_JSON(MetricsAfter)
LOUPE_JSON(NewName)
LOUPE_JSON(NewNote)
LOUPE_JSON(Deletion)
LOUPE_JSON(Nothing)
LOUPE_JSON(Id)
LOUPE_JSON(Page<Run>)

}  // namespace loupe::api
