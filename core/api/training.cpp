// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/api/training.h"

#include "core/api/describe_json.h"

namespace loupe::api {

LOUPE_JSON(Estimate)
LOUPE_JSON(TrainAsked)
LOUPE_JSON(Started)
LOUPE_JSON(RunId)
LOUPE_JSON(EvalAsked)

}  // namespace loupe::api
