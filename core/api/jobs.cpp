// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/api/jobs.h"

#include "core/api/describe_json.h"

namespace loupe::api {

LOUPE_JSON(Job)
LOUPE_JSON(LogEnd)
LOUPE_JSON(LogText)
LOUPE_JSON(Rows<Job>)

}  // namespace loupe::api
