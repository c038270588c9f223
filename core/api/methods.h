// SPDX-License-Identifier: GPL-3.0-or-later
// The wire, whole. JSON-RPC 2.0, one message a line. A request may carry "slot" beside its params:
// a newer request of the same slot cancels the older one.
//
// Numbers that are not finite travel as the texts "NaN", "Infinity", "-Infinity". A token travels
// as bytes (base64) and a printable form. Offsets are UTF-8 bytes. Times are seconds since 1970,
// UTC. Paths are paths on the engine's machine.
#pragma once

#include "core/api/data.h"
#include "core/api/jobs.h"
#include "core/api/models.h"
#include "core/api/runs.h"
#include "core/api/scores.h"
#include "core/api/server.h"
#include "core/api/training.h"

namespace loupe::api {

using AllMethods = decltype(joined(
    joined(joined(RunMethods(), JobMethods()), joined(DataMethods(), ScoreMethods())),
    joined(TrainMethods(), ModelMethods())));

}  // namespace loupe::api
