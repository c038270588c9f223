// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/api/server.h"

#include "core/api/describe_json.h"

namespace loupe::api {

LOUPE_JSON(ServerInfo)

}  // namespace loupe::api
